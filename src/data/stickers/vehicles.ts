import { between, chance } from "./chance.js";
import { DARK, LIGHT, type Draw, type Part } from "./figure.js";
import { anyColour, coat, shade, glass, wood } from "./paint.js";
import { ellipse, half, line, polygon, rectangle } from "./shape.js";

function wheels(at: readonly number[], y: number, radius: number): Part[] {
  return at.flatMap((x) => [
    { shape: ellipse(x, y, radius, radius), paint: DARK },
    { shape: ellipse(x, y, radius * 0.45, radius * 0.45), paint: { colour: [0.7, 0.7, 0.7] as const } },
  ]);
}

export const car: Draw = (stream) => {
  const colour = anyColour(stream);
  const [length, height] = [between(stream, 0.75, 0.95), between(stream, 0.16, 0.24)];
  const roof = between(stream, 0.28, 0.48);
  const [back, front] = [between(stream, -0.6, -0.35), between(stream, 0.2, 0.45)];
  const top = height - 0.2 + roof;
  const cabin = polygon(
    [back - 0.15, height - 0.25],
    [front + 0.2, height - 0.25],
    [front - 0.05, top],
    [back + 0.1, top],
  );
  const wheel = between(stream, 0.16, 0.24);
  return [
    { shape: cabin, paint: { colour: shade(colour, 0.85) } },
    {
      shape: half(
        polygon(
          [back, height - 0.12],
          [front + 0.05, height - 0.12],
          [front - 0.12, top - 0.07],
          [back + 0.12, top - 0.07],
        ),
        height - 0.15,
      ),
      paint: { colour: glass(stream) },
    },
    { shape: rectangle(0, -0.15, length, height), paint: coat(stream, colour) },
    ...wheels([-length * 0.58, length * 0.58], -0.15 - height, wheel),
    { shape: ellipse(length - 0.06, -0.1, 0.06, 0.06), paint: { colour: [1, 0.9, 0.5] } },
  ];
};

export const truck: Draw = (stream) => {
  const [cab, cargo] = [anyColour(stream), anyColour(stream)];
  const [height, cabHeight] = [between(stream, 0.3, 0.48), between(stream, 0.24, 0.36)];
  const split = between(stream, 0.25, 0.45);
  const wheel = between(stream, 0.13, 0.2);
  const floor = -0.3;
  return [
    { shape: rectangle(0, floor - 0.04, 0.9, 0.07), paint: DARK },
    {
      shape: rectangle((split - 0.92) / 2, floor + height, (split + 0.92) / 2 - 0.03, height),
      paint: coat(stream, cargo),
    },
    { shape: rectangle((split + 0.92) / 2, floor + cabHeight, (0.92 - split) / 2, cabHeight), paint: { colour: cab } },
    {
      shape: rectangle(split + 0.32, floor + cabHeight * 1.35, 0.14, cabHeight * 0.4),
      paint: { colour: glass(stream) },
    },
    ...wheels(chance(stream, 0.5) ? [-0.6, -0.25, 0.6] : [-0.55, 0.6], floor - 0.14, wheel),
  ];
};

export const boat: Draw = (stream) => {
  const hull = anyColour(stream);
  const sail = chance(stream, 0.5) ? LIGHT.colour : anyColour(stream);
  const [width, depth] = [between(stream, 0.6, 0.9), between(stream, 0.2, 0.38)];
  const mast = between(stream, -0.15, 0.15);
  const top = between(stream, 0.6, 0.95);
  return [
    { shape: line([mast, -0.3], [mast, top], 0.04), paint: { colour: wood(stream) } },
    {
      shape: polygon([mast + 0.06, -0.15], [mast + between(stream, 0.4, 0.7), -0.15], [mast + 0.06, top - 0.05]),
      paint: coat(stream, sail, "stripes"),
    },
    ...(chance(stream, 0.6)
      ? [
          {
            shape: polygon([mast - between(stream, 0.3, 0.55), -0.15], [mast - 0.06, -0.15], [mast - 0.06, top * 0.7]),
            paint: { colour: sail },
          },
        ]
      : []),
    {
      shape: polygon([-width, -0.25], [-width * 0.65, -0.25 - depth], [width * 0.65, -0.25 - depth], [width, -0.25]),
      paint: coat(stream, hull),
    },
  ];
};

export const rocket: Draw = (stream) => {
  const [body, fin] = [anyColour(stream), anyColour(stream)];
  const width = between(stream, 0.2, 0.32);
  return [
    { shape: polygon([-0.15, -0.6], [0, -1], [0.15, -0.6]), paint: { colour: [1, 0.6, 0.15] } },
    ...[-1, 1].map((side) => ({
      shape:
        side < 0
          ? polygon([-width, -0.2], [-width - 0.3, -0.7], [-width * 0.5, -0.6])
          : polygon([width, -0.2], [width * 0.5, -0.6], [width + 0.3, -0.7]),
      paint: { colour: fin },
    })),
    { shape: rectangle(0, -0.1, width, 0.5), paint: coat(stream, body) },
    { shape: half(ellipse(0, 0.4, width, between(stream, 0.35, 0.55)), 0.4), paint: { colour: fin } },
    { shape: ellipse(0, 0.15, width * 0.5, width * 0.5), paint: { colour: glass(stream) } },
  ];
};

export const balloon: Draw = (stream) => {
  const colour = anyColour(stream);
  const [rx, ry] = [between(stream, 0.45, 0.62), between(stream, 0.5, 0.66)];
  const basket = between(stream, 0.12, 0.2);
  return [
    ...[-1, 1].map((side) => ({ shape: line([side * rx * 0.6, 0], [side * basket, -0.65], 0.025), paint: DARK })),
    { shape: ellipse(0, 0.3, rx, ry), paint: coat(stream, colour, "stripes") },
    { shape: rectangle(0, -0.75, basket, 0.12), paint: { colour: wood(stream) } },
  ];
};
