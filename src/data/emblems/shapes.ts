import { ellipse, outline, polygon, rectangle, union, without, type Point, type Shape } from "../stickers/shape.js";

/** A point at an angle counted clockwise from the top, in turns. */
const at = (turns: number, radius: number): Point => [
  radius * Math.sin(2 * Math.PI * turns),
  radius * Math.cos(2 * Math.PI * turns),
];
const regular = (corners: number): Shape =>
  polygon(...Array.from({ length: corners }, (_, i) => at(i / corners, 0.85)));

/** What emblems are, by name. Each is alike in the mirror, but for the crescent. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  disc: ellipse(0, 0, 0.75, 0.75),
  square: rectangle(0, 0, 0.65, 0.65),
  triangle: polygon([-0.8, -0.65], [0.8, -0.65], [0, 0.85]),
  star: union(
    ...[0, 1, 2, 3, 4].map((i) => polygon([0, 0], at(i / 5 - 0.1, 0.4), at(i / 5, 0.95), at(i / 5 + 0.1, 0.4))),
  ),
  cross: union(rectangle(0, 0, 0.8, 0.25), rectangle(0, 0, 0.25, 0.8)),
  ring: outline(ellipse(0, 0, 0.6, 0.6), 0.2),
  diamond: polygon([-0.6, 0], [0, -0.9], [0.6, 0], [0, 0.9]),
  crescent: without(ellipse(0, 0, 0.8, 0.8), ellipse(0.4, 0, 0.7, 0.7)),
  heart: union(
    ellipse(-0.36, 0.3, 0.42, 0.42),
    ellipse(0.36, 0.3, 0.42, 0.42),
    polygon([-0.7, 0.05], [0, 0.3], [0.7, 0.05], [0, -0.85]),
  ),
  pentagon: regular(5),
  arrow: union(rectangle(0, -0.35, 0.25, 0.5), polygon([-0.7, 0.1], [0.7, 0.1], [0, 0.9])),
  hourglass: union(polygon([-0.65, 0.85], [0.65, 0.85], [0, -0.1]), polygon([-0.65, -0.85], [0.65, -0.85], [0, 0.1])),
};
