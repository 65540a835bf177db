import type { Part } from "./figure.js";
import type { Shape } from "./shape.js";

/** Of a sticker, pixels. */
export const SIZE = 32;

/** How a figure lies on the image: its plane is turned, stretched, bent and moved. */
export interface Pose {
  /** Of the figure's middle, pixels from the left and from the top. */
  readonly x: number;
  readonly y: number;
  /** Pixels for a unit of the figure, across and up. */
  readonly width: number;
  readonly height: number;
  /** Turned to the left, radians. */
  readonly tilt: number;
  readonly mirrored: boolean;
  /** Waves that bend the figure: amplitude in units of the figure, and phases. */
  readonly bend: number;
  readonly phase: number;
}

/** Brightness 1 in the middle, and how much more a pixel to the right and a pixel down. */
export interface Light {
  readonly across: number;
  readonly down: number;
}

/** A square image in the making: red, green, blue, from 0 to 1, row by row from the top. */
export class Canvas {
  readonly pixels: Float32Array;
  /** Pixels for one of a sticker. */
  readonly scale: number;

  /** @param size height and width, pixels */
  constructor(readonly size: number) {
    this.pixels = new Float32Array(size * size * 3);
    this.scale = size / SIZE;
  }

  /** Lays a part over what there is. @param opacity 0 to 1; @param light on the part, which changes its colour */
  paint({ shape, paint }: Part, pose: Pose, opacity: number, light: Light): void {
    const { pixels, size } = this;
    const { colour, second = colour, pattern } = paint;
    const { x: cx, y: cy, width, height, tilt, mirrored, bend, phase } = pose;
    const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
    const acrossUnit = (mirrored ? -1 : 1) / width;
    const scale = Math.sqrt(width * height);
    const [left, top, right, bottom] = bounds(shape, pose, size);
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) {
        const dx = column + 0.5 - cx;
        const dy = cy - row - 0.5;
        let x = (cos * dx + sin * dy) * acrossUnit;
        let y = (cos * dy - sin * dx) / height;
        if (bend > 0) {
          const straight = y;
          y += bend * Math.sin(3 * x + 2 * phase);
          x += bend * Math.sin(3 * straight + phase);
        }
        // Half a pixel to each side of the edge is partly covered.
        const inside = 0.5 - shape.distance(x, y) * scale;
        if (inside <= 0) continue;
        const cover = inside < 1 ? inside * opacity : opacity;
        const tint = pattern !== undefined && pattern(x, y) > 0 ? second : colour;
        const lit = 1 + light.across * (column - size / 2) + light.down * (row - size / 2);
        const at = (row * size + column) * 3;
        pixels[at] = pixels[at]! + cover * (tint[0] * lit - pixels[at]!);
        pixels[at + 1] = pixels[at + 1]! + cover * (tint[1] * lit - pixels[at + 1]!);
        pixels[at + 2] = pixels[at + 2]! + cover * (tint[2] * lit - pixels[at + 2]!);
      }
  }
}

/** The pixels that a shape may touch: its box's corners, turned and moved, and a pixel more. */
function bounds(
  { box }: Shape,
  { x: cx, y: cy, width, height, tilt, mirrored, bend }: Pose,
  size: number,
): [number, number, number, number] {
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const [x0, y0, x1, y1] = [box[0] - bend, box[1] - bend, box[2] + bend, box[3] + bend];
  for (const [x, y] of [
    [x0, y0],
    [x1, y0],
    [x0, y1],
    [x1, y1],
  ] as const) {
    const [u, v] = [(mirrored ? -x : x) * width, y * height];
    const [px, py] = [cx + cos * u - sin * v, cy - sin * u - cos * v];
    left = Math.min(left, px);
    right = Math.max(right, px);
    top = Math.min(top, py);
    bottom = Math.max(bottom, py);
  }
  const clamp = (value: number): number => Math.max(0, Math.min(size, value));
  return [
    clamp(Math.floor(left - 1)),
    clamp(Math.floor(top - 1)),
    clamp(Math.ceil(right + 1)),
    clamp(Math.ceil(bottom + 1)),
  ];
}
