import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";

/**
 * Uniform numbers in [0, 1), multiples of 2^-24: Philox 4x32-10 (Salmon et al. 2011) with the seed as its key. The same on
 * every backend and for every number of threads.
 *
 * @param seed a whole number from 0 to 2^53 - 1
 */
export function randomUniform(shape: readonly number[], seed: number): Tensor {
  if (!hasKernel("PhiloxUniform")) return randomUniformReference(shape, seed);
  return runKernel("PhiloxUniform", {}, { shape: shape as number[], key: key(seed) })[0]!;
}

/** Standard normal numbers from the same generator, by Box and Muller's transform. */
export function randomNormal(shape: readonly number[], seed: number): Tensor {
  if (!hasKernel("PhiloxNormal")) return randomNormalReference(shape, seed);
  return runKernel("PhiloxNormal", {}, { shape: shape as number[], key: key(seed) })[0]!;
}

/** The same as `randomUniform` in plain JavaScript. */
export function randomUniformReference(shape: readonly number[], seed: number): Tensor {
  return filled(shape, seed, 0, (words, i) => (words[i]! >>> 8) / 2 ** 24);
}

/** The same as `randomNormal` in plain JavaScript. */
export function randomNormalReference(shape: readonly number[], seed: number): Tensor {
  return filled(shape, seed, 1, normalOf);
}

/** The i-th of the four standard normal numbers that four random words are. */
export function normalOf(words: Uint32Array, i: number): number {
  const pair = i & 2;
  const radius = Math.sqrt(-2 * Math.log((words[pair]! + 0.5) / 2 ** 32));
  const angle = (2 * Math.PI * words[pair + 1]!) / 2 ** 32;
  return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
}

/** Philox 4x32-10: four words of a counter and a key. */
export function philox(
  counter: readonly [number, number, number, number],
  [k0, k1]: readonly [number, number],
): Uint32Array {
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [product(0xd2511f53, c0), product(0xcd9e8d57, c2)];
    [c0, c1, c2, c3] = [(p1.high ^ c1 ^ k0) >>> 0, p1.low, (p0.high ^ c3 ^ k1) >>> 0, p0.low];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return Uint32Array.of(c0, c1, c2, c3);
}

/** All 64 bits of a product of two words. */
function product(a: number, b: number): { readonly high: number; readonly low: number } {
  const [lower, upper] = [(a & 0xffff) * b, (a >>> 16) * b];
  // Both are exact, and so is their sum: below 2^49.
  const middle = upper + Math.floor(lower / 2 ** 16);
  return { high: Math.floor(middle / 2 ** 16), low: Math.imul(a, b) >>> 0 };
}

/** The two words of a seed. */
export function key(seed: number): [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`The seed is ${seed}; expected a whole number from 0 to 2^53 - 1`);
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

function filled(
  shape: readonly number[],
  seed: number,
  stream: number,
  value: (words: Uint32Array, i: number) => number,
): Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape as number[]));
  const keys = key(seed);
  for (let block = 0; 4 * block < values.length; block++) {
    const words = philox([block, stream, 0, 0], keys);
    for (let i = 0; i < 4 && 4 * block + i < values.length; i++) values[4 * block + i] = value(words, i);
  }
  return tf.tensor(values, shape as number[]);
}
