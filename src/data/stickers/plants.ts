import { between, chance } from "./chance.js";
import { type Draw, type Part } from "./figure.js";
import { anyColour, coat, hsv, shade, wood, leaf } from "./paint.js";
import { ellipse, half, line, polygon, rectangle } from "./shape.js";

export const tree: Draw = (stream) => {
  const green = leaf(stream);
  const trunk = { colour: wood(stream) };
  const thick = between(stream, 0.07, 0.13);
  const parts: Part[] = [{ shape: rectangle(0, -0.55, thick, 0.4), paint: trunk }];
  if (chance(stream, 0.5)) {
    const tiers = 2 + stream.integer(2);
    const width = between(stream, 0.45, 0.65);
    for (let i = 0; i < tiers; i++) {
      const [y, w] = [-0.35 + (i * 0.9) / tiers, width * (1 - (i * 0.6) / tiers)];
      parts.push({
        shape: polygon([-w, y], [w, y], [0, y + 1.1 / tiers + 0.1]),
        paint: coat(stream, shade(green, 1 + 0.15 * i)),
      });
    }
    return parts;
  }
  const blobs = 3 + stream.integer(3);
  for (let i = 0; i < blobs; i++) {
    const size = between(stream, 0.26, 0.42);
    const shape = ellipse(
      between(stream, -0.35, 0.35),
      between(stream, 0, 0.55),
      size,
      size * between(stream, 0.8, 1.1),
    );
    parts.push({ shape, paint: coat(stream, shade(green, between(stream, 0.8, 1.25)), "spots") });
  }
  return parts;
};

export const mushroom: Draw = (stream) => {
  const cap = anyColour(stream);
  const [width, height] = [between(stream, 0.5, 0.8), between(stream, 0.4, 0.8)];
  const base = between(stream, -0.05, 0.15);
  const stem = between(stream, 0.1, 0.22);
  const pale = { colour: hsv(0.1, between(stream, 0, 0.4), between(stream, 0.65, 1)) };
  return [
    { shape: polygon([-stem * 1.3, -0.85], [stem * 1.3, -0.85], [stem, base], [-stem, base]), paint: pale },
    { shape: half(ellipse(0, base, width, height), base), paint: coat(stream, cap, "spots") },
    { shape: rectangle(0, base, width * 0.8, 0.05), paint: { colour: shade(cap, 0.6) } },
  ];
};

export const flower: Draw = (stream) => {
  const petal = anyColour(stream);
  const petals = 5 + stream.integer(4);
  const [size, reach] = [between(stream, 0.14, 0.22), between(stream, 0.25, 0.36)];
  const green = { colour: leaf(stream) };
  return [
    { shape: line([0, 0.3], [between(stream, -0.15, 0.15), -0.9], 0.05), paint: green },
    { shape: ellipse(0.2, -0.4, 0.22, 0.09), paint: green },
    ...Array.from({ length: petals }, (_, i) => {
      const angle = (2 * Math.PI * i) / petals;
      return {
        shape: ellipse(reach * Math.cos(angle), 0.4 + reach * Math.sin(angle), size, size),
        paint: { colour: petal },
      };
    }),
    { shape: ellipse(0, 0.4, 0.17, 0.17), paint: { colour: hsv(0.13, 0.8, between(stream, 0.5, 1)) } },
  ];
};
