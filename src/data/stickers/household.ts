import { between, chance } from "./chance.js";
import { DARK, type Draw } from "./figure.js";
import { anyColour, coat, hsv, shade, glass, wood } from "./paint.js";
import { ellipse, half, line, outline, polygon, rectangle } from "./shape.js";

export const house: Draw = (stream) => {
  const [wall, roof] = [anyColour(stream), anyColour(stream)];
  const [width, height] = [between(stream, 0.45, 0.75), between(stream, 0.35, 0.5)];
  const top = -0.8 + 2 * height;
  const eaves = width + between(stream, 0.05, 0.18);
  const ridge = between(stream, 0.3, 0.6);
  const opening = { colour: chance(stream, 0.5) ? glass(stream) : DARK.colour };
  const door = between(stream, -0.5, 0.5) * width;
  return [
    ...(chance(stream, 0.5)
      ? [{ shape: rectangle(width * 0.5, top + ridge * 0.6, 0.08, 0.25), paint: { colour: shade(wall, 0.6) } }]
      : []),
    { shape: rectangle(0, -0.8 + height, width, height), paint: coat(stream, wall, "checks") },
    {
      shape: polygon([-eaves, top], [eaves, top], [width * 0.3, top + ridge], [-width * 0.3, top + ridge]),
      paint: coat(stream, roof, "stripes"),
    },
    { shape: rectangle(door, -0.6, 0.11, 0.22), paint: { colour: wood(stream) } },
    ...[-0.55, 0.55].map((x) => ({ shape: rectangle(x * width, top - 0.22, 0.11, 0.1), paint: opening })),
  ];
};

export const cup: Draw = (stream) => {
  const colour = anyColour(stream);
  const [top, bottom, height] = [between(stream, 0.4, 0.55), between(stream, 0.25, 0.42), between(stream, 0.45, 0.65)];
  return [
    { shape: outline(ellipse(top * 0.95, 0, 0.28, height * 0.5), 0.07), paint: { colour: shade(colour, 0.8) } },
    {
      shape: polygon([-bottom, -height], [bottom, -height], [top, height], [-top, height]),
      paint: coat(stream, colour, "stripes"),
    },
    { shape: ellipse(0, height, top, 0.1), paint: { colour: shade(colour, 0.5) } },
  ];
};

export const lamp: Draw = (stream) => {
  const shadeColour = anyColour(stream);
  const [top, bottom] = [between(stream, 0.15, 0.35), between(stream, 0.45, 0.7)];
  const metal = { colour: hsv(between(stream, 0.05, 0.15), between(stream, 0, 0.6), between(stream, 0.3, 0.8)) };
  return [
    { shape: line([0, -0.75], [0, 0.3], 0.05), paint: metal },
    { shape: half(ellipse(0, -0.85, between(stream, 0.25, 0.45), 0.15), -0.85), paint: metal },
    { shape: polygon([-bottom, 0.1], [bottom, 0.1], [top, 0.75], [-top, 0.75]), paint: coat(stream, shadeColour) },
  ];
};

export const umbrella: Draw = (stream) => {
  const colour = anyColour(stream);
  const [width, height] = [between(stream, 0.65, 0.9), between(stream, 0.45, 0.75)];
  const handle = { colour: wood(stream) };
  return [
    { shape: line([0, 0.1], [0, -0.75], 0.04), paint: handle },
    { shape: half(outline(ellipse(0.13, -0.75, 0.13, 0.13), 0.04), -0.75, -1), paint: handle },
    { shape: half(ellipse(0, 0.05, width, height), 0.05), paint: coat(stream, colour, "stripes") },
    { shape: line([0, height], [0, height + 0.12], 0.03), paint: handle },
  ];
};

export const chair: Draw = (stream) => {
  const colour = chance(stream, 0.5) ? wood(stream) : anyColour(stream);
  const [seat, back] = [between(stream, 0.4, 0.55), between(stream, 0.55, 0.8)];
  const paint = { colour };
  return [
    ...[-0.9, 0.9].map((x) => ({ shape: rectangle(x * seat, -0.5, 0.06, 0.4), paint: { colour: shade(colour, 0.7) } })),
    { shape: rectangle(0, -0.1, seat, 0.09), paint },
    { shape: rectangle(-seat * 0.88, back / 2, 0.09, back / 2 + 0.05), paint: coat(stream, colour) },
    ...(chance(stream, 0.5) ? [{ shape: rectangle(0.1 - seat / 2, 0.2, seat / 2, 0.05), paint }] : []),
  ];
};

export const snowman: Draw = (stream) => {
  const snow = { colour: hsv(0.58, between(stream, 0, 0.25), between(stream, 0.75, 1)) };
  const [low, middle, top] = [between(stream, 0.36, 0.46), between(stream, 0.26, 0.34), between(stream, 0.18, 0.25)];
  const [y1, y2] = [-0.45 + (low + middle) * 0.8, -0.45 + (low + middle) * 0.8 + (middle + top) * 0.8];
  const hat = { colour: chance(stream, 0.5) ? DARK.colour : anyColour(stream) };
  return [
    { shape: ellipse(0, -0.45, low, low), paint: snow },
    { shape: ellipse(0, y1, middle, middle), paint: snow },
    { shape: ellipse(0, y2, top, top), paint: snow },
    ...[y1 - 0.08, y1 + 0.1].map((y) => ({ shape: ellipse(0, y, 0.05, 0.05), paint: DARK })),
    { shape: polygon([0.05, y2 + 0.05], [0.05, y2 - 0.06], [0.3, y2 - 0.02]), paint: { colour: [1, 0.5, 0.1] } },
    { shape: rectangle(0, y2 + top * 0.8, top * 1.2, 0.04), paint: hat },
    { shape: rectangle(0, y2 + top * 0.8 + 0.13, top * 0.75, 0.13), paint: hat },
  ];
};
