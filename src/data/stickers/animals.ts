import type { Stream } from "../../random/index.js";
import { between, chance } from "./chance.js";
import { DARK, LIGHT, type Draw, type Part } from "./figure.js";
import { anyColour, coat, hsv, shade, type Colour } from "./paint.js";
import { ellipse, half, line, polygon } from "./shape.js";

/** Fur and feathers: brown, grey and now and then anything. */
function fur(stream: Stream): Colour {
  if (chance(stream, 0.3)) return anyColour(stream);
  return hsv(between(stream, 0.02, 0.14), between(stream, 0.05, 0.7), between(stream, 0.3, 0.95));
}

function eye(x: number, y: number, size: number): Part[] {
  return [
    { shape: ellipse(x, y, size, size), paint: LIGHT },
    { shape: ellipse(x, y, size * 0.55, size * 0.55), paint: DARK },
  ];
}

export const bird: Draw = (stream) => {
  const colour = chance(stream, 0.5) ? anyColour(stream) : fur(stream);
  const paint = coat(stream, colour);
  const [length, height] = [between(stream, 0.45, 0.65), between(stream, 0.28, 0.42)];
  const head = between(stream, 0.18, 0.27);
  const [hx, hy] = [length * 0.75, between(stream, 0.3, 0.6)];
  const bill = { colour: hsv(between(stream, 0.05, 0.14), 0.8, between(stream, 0.6, 0.95)) };
  const legs = between(stream, 0.25, 0.6);
  return [
    ...[-0.1, 0.15].map((x) => ({ shape: line([x, -height * 0.7], [x + 0.08, -height - legs], 0.04), paint: bill })),
    {
      shape: polygon([-length * 0.7, 0.1], [-length - 0.4, 0.3], [-length - 0.35, -0.05]),
      paint: { colour: shade(colour, 0.7) },
    },
    { shape: ellipse(0, 0, length, height), paint },
    {
      shape: ellipse(-0.1, 0.05, length * 0.55, height * 0.5),
      paint: { colour: shade(colour, between(stream, 0.5, 0.85)) },
    },
    {
      shape: polygon([hx + head * 0.6, hy + 0.1], [hx + head * 0.6, hy - 0.1], [hx + head + 0.28, hy - 0.04]),
      paint: bill,
    },
    { shape: ellipse(hx, hy, head, head), paint: { colour } },
    ...eye(hx + 0.06, hy + 0.06, 0.07),
  ];
};

export const fish: Draw = (stream) => {
  const colour = anyColour(stream);
  const [length, height] = [between(stream, 0.5, 0.72), between(stream, 0.22, 0.46)];
  const fin = { colour: shade(colour, between(stream, 0.5, 1.4)) };
  const tail = between(stream, 0.25, 0.45);
  return [
    { shape: polygon([-length * 0.8, 0], [-length - 0.3, tail], [-length - 0.2, -tail]), paint: fin },
    {
      shape: polygon(
        [length * 0.3, height * 0.7],
        [-0.1, height + between(stream, 0.15, 0.35)],
        [-length * 0.4, height * 0.6],
      ),
      paint: fin,
    },
    { shape: ellipse(0, 0, length, height), paint: coat(stream, colour, "stripes") },
    { shape: polygon([0.05, -0.05], [-0.25, -0.05 - height * 0.5], [0.15, -height * 0.55]), paint: fin },
    ...eye(length * 0.6, height * 0.25, 0.08),
    { shape: line([length * 0.75, -height * 0.3], [length * 0.95, -height * 0.2], 0.03), paint: DARK },
  ];
};

/** Body, head and legs of what goes on four legs; ears, tail and the rest make the kind. */
function quadruped(stream: Stream, colour: Colour, headSize: number): { parts: Part[]; head: [number, number] } {
  const [length, height] = [between(stream, 0.42, 0.58), between(stream, 0.2, 0.32)];
  const leg = between(stream, 0.3, 0.5);
  const dark = { colour: shade(colour, 0.75) };
  const head: [number, number] = [length + 0.1, between(stream, 0.25, 0.45)];
  return {
    head,
    parts: [
      ...[-0.75, -0.5, 0.5, 0.75].map((at, i) => ({
        shape: line([length * at, -0.1], [length * at + between(stream, -0.08, 0.08), -height - leg], 0.07),
        paint: i % 2 === 0 ? dark : { colour },
      })),
      { shape: ellipse(0, 0, length, height), paint: coat(stream, colour, "spots") },
      { shape: line([length * 0.7, 0.05], head, headSize * 0.6), paint: { colour } },
      { shape: ellipse(head[0], head[1], headSize, headSize * 0.9), paint: { colour } },
      ...eye(head[0] + 0.08, head[1] + 0.06, 0.06),
    ],
  };
}

export const cat: Draw = (stream) => {
  const colour = fur(stream);
  const size = between(stream, 0.2, 0.28);
  const { parts, head } = quadruped(stream, colour, size);
  const [x, y] = head;
  const ear = between(stream, 0.16, 0.28);
  const lift = between(stream, 0.2, 0.7);
  const ears = [-0.55, 0.55].map((side) => ({
    shape: polygon(
      [x + size * (side - 0.4), y + size * 0.5],
      [x + size * (side + 0.4), y + size * 0.5],
      [x + size * side, y + size * 0.6 + ear],
    ),
    paint: { colour: shade(colour, 0.8) },
  }));
  return [{ shape: line([-0.4, 0.05], [-0.75, lift], 0.06), paint: { colour } }, ...ears, ...parts];
};

export const rabbit: Draw = (stream) => {
  const colour = fur(stream);
  const size = between(stream, 0.2, 0.27);
  const { parts, head } = quadruped(stream, colour, size);
  const [x, y] = head;
  const ear = between(stream, 0.35, 0.6);
  const lean = between(stream, -0.35, 0.05);
  const ears = [-0.45, 0.3].map((side) => ({
    shape: line([x + size * side, y + size * 0.4], [x + size * side + lean, y + size * 0.5 + ear], 0.075),
    paint: { colour: shade(colour, 0.85) },
  }));
  return [...parts, ...ears, { shape: ellipse(-0.55, 0.1, 0.13, 0.13), paint: LIGHT }];
};

export const snail: Draw = (stream) => {
  const [body, shell] = [fur(stream), anyColour(stream)];
  const size = between(stream, 0.38, 0.52);
  const reach = between(stream, 0.5, 0.7);
  return [
    { shape: line([-0.8, -0.5], [reach, -0.5], 0.14), paint: { colour: body } },
    { shape: line([reach, -0.5], [reach + 0.12, 0], 0.11), paint: { colour: body } },
    ...[0, 0.2].map((dx) => ({ shape: line([reach + 0.1, 0], [reach + dx, 0.3], 0.03), paint: { colour: body } })),
    { shape: ellipse(-0.15, -0.05, size, size), paint: coat(stream, shell, "stripes") },
    { shape: ellipse(-0.15, -0.05, size * 0.5, size * 0.5), paint: { colour: shade(shell, 0.6) } },
    { shape: ellipse(-0.15, -0.05, size * 0.2, size * 0.2), paint: { colour: shade(shell, 1.4) } },
  ];
};

export const butterfly: Draw = (stream) => {
  const colour = anyColour(stream);
  const [upper, lower] = [between(stream, 0.35, 0.5), between(stream, 0.2, 0.35)];
  const paint = coat(stream, colour, "spots");
  const wing = { colour: shade(colour, between(stream, 0.6, 1.3)) };
  return [
    ...[-1, 1].flatMap((side) => [
      { shape: ellipse(side * upper * 0.95, 0.25, upper, upper * 0.8), paint },
      { shape: ellipse(side * lower * 1.1, -0.35, lower, lower), paint: wing },
      { shape: line([0, 0.35], [side * 0.25, 0.8], 0.03), paint: DARK },
    ]),
    { shape: half(ellipse(0, 0, 0.09, 0.6), 0.7, -1), paint: DARK },
  ];
};
