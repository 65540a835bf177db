import { stream as random, type Stream } from "../../random/index.js";
import { Canvas, type Light, type Pose } from "./canvas.js";
import { between, chance } from "./chance.js";
import type { Draw } from "./figure.js";
import { anyColour, coat, type Paint } from "./paint.js";
import { ellipse, line, polygon, rectangle, type Shape } from "./shape.js";

/**
 * How hard it is to see what an image shows. None of it tells up from down but the figure itself, and all of it is alike in the
 * mirror.
 */
export interface Difficulty {
  /** Half the height of a figure, pixels of 32. */
  readonly size: readonly [number, number];
  /** Of width to height, and its inverse. */
  readonly stretch: number;
  /** Radians to each side. */
  readonly tilt: number;
  /** Of the middle, pixels to each side. */
  readonly shift: number;
  readonly bend: number;
  /** Waves in which the background's two colours run into each other. */
  readonly waves: number;
  /** Things in the background, at most. */
  readonly clutter: number;
  /** Share of figures that something lies over. */
  readonly occlusion: number;
  /** Opacity of a figure, at least. */
  readonly opacity: number;
  /** Share of patterned backgrounds, before half of those are plain after all. */
  readonly patterned: number;
  /** Contrast of the whole image. */
  readonly contrast: readonly [number, number];
  /** Standard deviation of the noise, at most. */
  readonly noise: number;
}

/** What is learned from either is measured: see the README of datasets/. */
export const SCENES: Readonly<Record<"any" | "plain", Difficulty>> = {
  any: {
    ...{ size: [11, 15], stretch: 1.3, tilt: 0.25, shift: 3, bend: 0.1, waves: 3, clutter: 2, occlusion: 0.25 },
    ...{ opacity: 0.9, patterned: 0.25, contrast: [0.75, 1.1], noise: 0.045 },
  },
  plain: {
    ...{ size: [13, 15], stretch: 1.1, tilt: 0.1, shift: 1, bend: 0.05, waves: 0, clutter: 0, occlusion: 0 },
    ...{ opacity: 1, patterned: 0, contrast: [0.9, 1.1], noise: 0.02 },
  },
};

let noise: Float32Array | undefined;

/** Normal numbers. Drawing new ones for each image would take most of the time; each image takes a part of these instead. */
function noiseOf(): Float32Array {
  return (noise ??= random(0, "stickers' noise").fillNormal(new Float32Array(1 << 18)));
}

/**
 * Draws one image: a figure before a background, under some light, perhaps behind something, through a poor lens.
 * @param size height and width of the image; `out` holds as many pixels
 */
export function drawScene(
  stream: Stream,
  draw: Draw,
  size: number,
  out: Uint8ClampedArray,
  difficulty = SCENES.any,
): void {
  const canvas = new Canvas(size);
  background(canvas, stream, difficulty);
  clutter(canvas, stream, difficulty);
  const pose = poseOf(canvas, stream, difficulty);
  const opacity = between(stream, difficulty.opacity, 1);
  const light = lighting(canvas, stream);
  for (const part of draw(stream)) canvas.paint(part, pose, opacity, light);
  if (chance(stream, difficulty.occlusion)) occlude(canvas, stream);
  if (chance(stream, 0.25)) blur(canvas);
  develop(canvas, stream, out, difficulty);
}

function poseOf({ size: side, scale }: Canvas, stream: Stream, difficulty: Difficulty): Pose {
  const { size, stretch, tilt, shift, bend } = difficulty;
  const height = scale * between(stream, ...size);
  const aspect = stretch ** between(stream, -0.5, 0.5);
  return {
    x: side / 2 + scale * between(stream, -shift, shift),
    y: side / 2 + scale * between(stream, -shift, shift),
    width: height * aspect,
    height: height / aspect,
    tilt: between(stream, -tilt, tilt),
    mirrored: chance(stream, 0.5),
    bend: between(stream, 0, bend),
    phase: between(stream, 0, 6),
  };
}

/** Brighter towards a side, any side, by up to a half. */
function lighting({ size }: Canvas, stream: Stream): Light {
  const [angle, strength] = [stream.uniform() * 2 * Math.PI, between(stream, 0, 0.9) / size];
  return { across: strength * Math.cos(angle), down: strength * Math.sin(angle) };
}

/** Two colours that run into each other in waves, now and then with a pattern, and things strewn over it. */
function background({ pixels, size, scale }: Canvas, stream: Stream, { patterned, waves }: Difficulty): void {
  const [one, other] = [anyColour(stream), anyColour(stream)];
  const plain: Paint = { colour: one };
  const { pattern, second = one } = chance(stream, patterned) ? coat(stream, one) : plain;
  const mix = new Float32Array(size * size).fill(0.5);
  for (let i = 0; i < waves; i++) addWave(mix, size, scale, stream);
  const unit = 14 * scale;
  for (let i = 0; i < size * size; i++) {
    const share = Math.min(1, Math.max(0, mix[i]!));
    const isSecond = pattern !== undefined && pattern((i % size) / unit - 1.14, i / size / unit - 1.14) > 0;
    const base = isSecond ? second : one;
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = base[c]! + share * (other[c]! - base[c]!);
  }
}

/** size sin(fx x + fy y + phase), of any direction: by the sum of two angles, since sines of every pixel take long. */
function addWave(mix: Float32Array, side: number, scale: number, stream: Stream): void {
  const [angle, frequency] = [stream.uniform() * 2 * Math.PI, between(stream, 0.05, 0.35) / scale];
  const [fx, fy] = [frequency * Math.cos(angle), frequency * Math.sin(angle)];
  const [phase, size] = [6 * stream.uniform(), between(stream, 0.1, 0.4)];
  const sines = Float32Array.from({ length: side }, (_, x) => size * Math.sin(fx * x));
  const cosines = Float32Array.from({ length: side }, (_, x) => size * Math.cos(fx * x));
  for (let y = 0; y < side; y++) {
    const [sine, cosine] = [Math.sin(fy * y + phase), Math.cos(fy * y + phase)];
    for (let x = 0; x < side; x++) mix[y * side + x]! += sines[x]! * cosine + cosines[x]! * sine;
  }
}

/** Things without a meaning, anywhere. */
function clutter(canvas: Canvas, stream: Stream, { clutter: most }: Difficulty): void {
  const things = stream.integer(most + 1);
  for (let i = 0; i < things; i++)
    strew(canvas, stream, between(stream, 2, 7), [stream.uniform() * canvas.size, stream.uniform() * canvas.size]);
}

/** One thing without a meaning, of any colour. @param size in pixels of a sticker */
function strew(canvas: Canvas, stream: Stream, size: number, [x, y]: readonly [number, number]): void {
  const side = between(stream, 0.3, 0.9);
  const shapes: (() => Shape)[] = [
    () => ellipse(0, 0, 1, side),
    () => rectangle(0, 0, 1, side),
    () => polygon([-1, -side], [1, -side], [between(stream, -1, 1), 1]),
    () => line([-1, 0], [1, 0], 0.15),
  ];
  const shape = shapes[stream.integer(shapes.length)]!();
  const tilt = stream.uniform() * 2 * Math.PI;
  const length = canvas.scale * size;
  const pose = { x, y, width: length, height: length, tilt, mirrored: false, bend: 0, phase: 0 };
  canvas.paint(
    { shape, paint: coat(stream, anyColour(stream)) },
    pose,
    between(stream, 0.5, 1),
    lighting(canvas, stream),
  );
}

/** Something lies over the figure: over an edge of it rather than its middle. */
function occlude(canvas: Canvas, stream: Stream): void {
  const angle = stream.uniform() * 2 * Math.PI;
  const reach = canvas.scale * between(stream, 6, 12);
  strew(canvas, stream, between(stream, 4, 8), [
    canvas.size / 2 + reach * Math.cos(angle),
    canvas.size / 2 + reach * Math.sin(angle),
  ]);
}

/** Every pixel runs into its neighbours. */
function blur({ pixels, size }: Canvas): void {
  const before = pixels.slice();
  for (let row = 1; row < size - 1; row++)
    for (let i = (row * size + 1) * 3; i < (row * size + size - 1) * 3; i++) {
      const around = before[i - 3]! + before[i + 3]! + before[i - size * 3]! + before[i + size * 3]!;
      pixels[i] = 0.5 * before[i]! + 0.125 * around;
    }
}

/** Brightness, contrast and noise of the whole image, which becomes bytes. */
function develop({ pixels }: Canvas, stream: Stream, out: Uint8ClampedArray, difficulty: Difficulty): void {
  const contrast = between(stream, ...difficulty.contrast);
  const brightness = between(stream, -0.12, 0.12);
  const level = 255 * between(stream, 0.005, difficulty.noise);
  const normal = noiseOf();
  const from = stream.integer(normal.length - out.length);
  const [factor, offset] = [255 * contrast, 255 * (0.5 + brightness - 0.5 * contrast)];
  for (let i = 0; i < out.length; i++) out[i] = offset + factor * pixels[i]! + level * normal[from + i]!;
}
