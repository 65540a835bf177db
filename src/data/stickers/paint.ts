import type { Stream } from "../../random/index.js";
import { between, chance } from "./chance.js";

/** Red, green, blue, 0 to 1. */
export type Colour = readonly [number, number, number];

/** What a part is painted with: its colour at a point of the figure. */
export interface Paint {
  readonly colour: Colour;
  /** A second colour lies where this is above 0. Absent: there is none. */
  readonly pattern?: (x: number, y: number) => number;
  readonly second?: Colour;
}

/** @param hue 0 to 1, round the circle; @param saturation 0 to 1; @param value 0 to 1 */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (shift: number): number => {
    const k = (((hue * 6 + shift) % 6) + 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(1, k, 4 - k)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Any colour: hues alike, saturation and value in the middle range more often. */
export function anyColour(stream: Stream): Colour {
  return hsv(stream.uniform(), 0.15 + 0.75 * stream.uniform(), 0.25 + 0.7 * stream.uniform());
}

/** A colour of the same kind, a little lighter or darker. */
export function shade(colour: Colour, factor: number): Colour {
  return colour.map((c) => Math.min(1, c * factor)) as unknown as Colour;
}

export const PATTERNS = ["stripes", "spots", "checks"] as const;
export type Pattern = (typeof PATTERNS)[number];

/**
 * The paint of a figure's main part: plain, or one of the patterns.
 * @param favourite how half of the patterned figures are; default any
 */
export function coat(stream: Stream, colour: Colour, favourite?: Pattern): Paint {
  if (stream.uniform() < 0.45) return { colour };
  const any = PATTERNS[stream.integer(PATTERNS.length)]!;
  const kind = favourite !== undefined && stream.uniform() < 0.5 ? favourite : any;
  const second = stream.uniform() < 0.6 ? shade(colour, stream.uniform() < 0.5 ? 0.5 : 1.7) : anyColour(stream);
  return { colour, second, pattern: patternOf(stream, kind) };
}

/** A pattern of some direction and width: above 0 where the second colour lies. */
export function patternOf(stream: Stream, kind: Pattern): (x: number, y: number) => number {
  const [angle, phase] = [stream.uniform() * Math.PI, stream.uniform() * 6];
  const frequency = 6 + 7 * stream.uniform();
  const [cos, sin] = [Math.cos(angle) * frequency, Math.sin(angle) * frequency];
  const patterns: Record<Pattern, (x: number, y: number) => number> = {
    stripes: (x, y) => Math.sin(x * cos + y * sin + phase),
    spots: (x, y) => Math.sin(x * cos + y * sin + phase) * Math.sin(y * cos - x * sin) - 0.35,
    checks: (x, y) => Math.sin(x * cos + y * sin + phase) * Math.sin(y * cos - x * sin),
  };
  return patterns[kind];
}

/** Window panes. */
export const glass = (stream: Stream): Colour => hsv(0.55, between(stream, 0.1, 0.5), between(stream, 0.5, 0.95));

/** Trunks, masts and doors. */
export const wood = (stream: Stream): Colour =>
  hsv(between(stream, 0.04, 0.1), between(stream, 0.3, 0.7), between(stream, 0.2, 0.6));

/** Leaves: mostly green. */
export const leaf = (stream: Stream): Colour =>
  chance(stream, 0.25)
    ? anyColour(stream)
    : hsv(between(stream, 0.2, 0.42), between(stream, 0.3, 0.9), between(stream, 0.25, 0.8));
