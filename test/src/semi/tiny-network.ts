import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { Examples } from "../../../src/data/index.js";
import { Network, type HeadName } from "../../../src/models/index.js";
import { stream } from "../../../src/random/index.js";

/** Of its images. */
export const SIDE = 4;
const PIXELS = SIDE * SIDE;
const WIDTH = 3;

/** features = tanh(pixels * matrix + bias), and a head: no batch normalization, so that each image is by itself. */
export function tinyNetwork(options: { classes?: number; head?: HeadName; seed?: number } = {}): Network {
  const { classes = 3, head = "linear", seed = 0 } = options;
  return new Network("tiny", { classes, head, channels: 1, seed }, (variables) => {
    const matrix = variables.normal<tf.Tensor2D>("matrix", [PIXELS, WIDTH], 0.4);
    const bias = variables.uniform<Tensor1D>("bias", [WIDTH], 0.3);
    return {
      width: WIDTH,
      apply: (images) => tf.tanh(tf.add<tf.Tensor2D>(tf.matMul(tf.reshape(images, [-1, PIXELS]), matrix), bias)),
    };
  });
}

export type Numbers = readonly number[];

/** All weights, in the network's order. */
export function weightsOf(network: Network): Float64Array {
  return Float64Array.from(network.weights.flatMap(({ variable }) => [...variable.dataSync()]));
}

/** Its features in double precision. @param images one row of pixels each */
export function exactFeatures(weights: Float64Array, images: readonly Numbers[]): number[][] {
  return images.map((pixels) =>
    Array.from({ length: WIDTH }, (_, k) =>
      Math.tanh(weights[PIXELS * WIDTH + k]! + pixels.reduce((sum, x, i) => sum + x * weights[i * WIDTH + k]!, 0)),
    ),
  );
}

/** Its logits in double precision. @param images one row of pixels each */
export function exactLogits({ classes, head }: Network, weights: Float64Array, images: readonly Numbers[]): number[][] {
  const classifier = weights.subarray(PIXELS * WIDTH + WIDTH);
  const columns = Array.from({ length: classes }, (_, c) =>
    Array.from({ length: WIDTH }, (_, k) => classifier[k * classes + c]!),
  );
  return exactFeatures(weights, images).map((features) =>
    columns.map((column, c) => {
      const product = features.reduce((sum, x, k) => sum + x * column[k]!, 0);
      if (head === "cosine") return product / Math.hypot(...features) / Math.hypot(...column);
      return product + classifier[WIDTH * classes + c]!;
    }),
  );
}

export function exactLogSoftmax(logits: Numbers): number[] {
  const most = Math.max(...logits);
  const log = most + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - most), 0));
  return logits.map((z) => z - log);
}

/** Mean cross-entropy. */
export function exactCrossEntropy(logits: readonly Numbers[], labels: Numbers): number {
  return logits.reduce((sum, row, i) => sum - exactLogSoftmax(row)[labels[i]!]!, 0) / logits.length;
}

/** By central differences. */
export function exactGradient(f: (at: Float64Array) => number, at: Float64Array): Float64Array {
  const step = 1e-5;
  return at.map((value, i) => {
    const [up, down] = [value + step, value - step].map((moved) => f(at.with(i, moved)));
    return (up! - down!) / (2 * step);
  });
}

/** Images of noise. */
export function tinyExamples(count: number, seed: number, classes = 3): Examples {
  const noise = stream(seed, "noise");
  return Examples.of({
    name: "noise",
    shape: [count, SIDE, SIDE, 1],
    bytes: Uint8Array.from({ length: count * PIXELS }, () => noise.integer(256)),
    labels: Uint16Array.from({ length: count }, (_, i) => i % classes),
    classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
  });
}

export const tinyNormalization = { mean: [0.5], deviation: [0.3] };

/** Rows of pixels. */
export function rowsOf(images: Tensor4D): number[][] {
  return tf.tidy(() => tf.reshape(images, [images.shape[0], -1]).arraySync()) as number[][];
}

/** Length of the difference over length. */
export function relative(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const difference = Array.from(found, (value, i) => value - expected[i]!);
  return Math.hypot(...difference) / Math.hypot(...Array.from(expected));
}
