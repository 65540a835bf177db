import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { check, count, numberWhere, optional, probability } from "../../options.js";
import { hasKernel, runKernel } from "./kernel.js";
import { key, normalOf, philox } from "./random.js";

/** Rows of standard normal numbers, each of which is a place in the generator's sequence: any of them, anywhere, in any order. */
export interface NormalRows {
  /** From 0 to 2^53 - 1. */
  readonly seed: number;
  /** The first row. Default 0. */
  readonly from?: number;
  /** How many rows, from 1. `from + rows` is below 2^31. */
  readonly rows: number;
  /** Numbers in a row, 1 to 2^31 - 1. */
  readonly length: number;
  /** Each number has a label besides, right with this probability (to the nearest 2^-31). Default: none, as 0. */
  readonly chance?: number;
}

/** Of each row. */
export interface RowSums {
  /** How many labels are right. */
  readonly hits: Float64Array;
  /** The numbers' sum. */
  readonly sums: Float64Array;
  /** The sum of their squares. */
  readonly squares: Float64Array;
}

/** Rows are summed in parts of so many numbers in single precision, and their sums in double. */
export const PART = 65_536;
/** Words of the counter that tell the uses of the generator apart; 0 and 1 are `randomUniform` and `randomNormal`. */
const [NORMALS, LABELS] = [2, 3];

const row = numberWhere("an integer from 0 to 2147483647", (v) => Number.isInteger(v) && v >= 0 && v < 2 ** 31);
const rules = { from: optional(row), rows: count, length: count, chance: optional(probability) };

/**
 * Draws normal numbers on the device and sums them there, so that nothing but the sums leaves it: Philox 4x32-10 with Box and
 * Muller's transform, in single precision. The labels are the same everywhere, the sums to single precision.
 *
 * @throws RangeError for an unknown option or a value out of range
 */
export async function normalSums(options: NormalRows): Promise<RowSums> {
  check("normalSums", options, { seed: numberWhere("an integer from 0 to 2^53 - 1", Number.isSafeInteger), ...rules });
  const { seed, from = 0, rows, length, chance = 0 } = options;
  const keys = key(seed);
  if (from + rows > 2 ** 31)
    throw new RangeError(`normalSums: there are 2^31 rows; expected from + rows within them, found ${from} + ${rows}`);
  const parts = Math.ceil(length / PART);
  const request: SumsRequest = {
    shape: [rows, parts, 3],
    key: keys,
    from,
    length,
    threshold: Math.round(chance * 2 ** 31),
  };
  const tensor = hasKernel("PhiloxSums")
    ? runKernel("PhiloxSums", {}, { ...request })[0]!
    : normalSumsReference(request);
  try {
    return added(await tensor.data(), rows, parts);
  } finally {
    tensor.dispose();
  }
}

/** What a kernel is told: hits, sum and squares of each part of each row are its output. */
export interface SumsRequest {
  readonly shape: [rows: number, parts: number, three: 3];
  readonly key: [number, number];
  readonly from: number;
  readonly length: number;
  /** Of 2^31. */
  readonly threshold: number;
}

function added(parts: ArrayLike<number>, rows: number, count: number): RowSums {
  const [hits, sums, squares] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0, at = 0; row < rows; row++)
    for (let part = 0; part < count; part++) {
      hits[row]! += parts[at++]!;
      sums[row]! += parts[at++]!;
      squares[row]! += parts[at++]!;
    }
  return { hits, sums, squares };
}

/** The same in plain JavaScript. */
export function normalSumsReference({ shape, key, from, length, threshold }: SumsRequest): Tensor {
  const [rows, parts] = shape;
  const out = new Float64Array(rows * parts * 3);
  for (let row = 0; row < rows; row++)
    for (let block = 0; 4 * block < length; block++) {
      const at = 3 * (row * parts + Math.floor((4 * block) / PART));
      const words = philox([block, NORMALS, from + row, 0], key);
      const labels = threshold > 0 ? philox([block, LABELS, from + row, 0], key) : [];
      for (let i = 0; i < 4 && 4 * block + i < length; i++) {
        const value = normalOf(words, i);
        if (threshold > 0 && labels[i]! >>> 1 < threshold) out[at]!++;
        out[at + 1]! += value;
        out[at + 2]! += value * value;
      }
    }
  return tf.tensor(Float32Array.from(out), shape);
}
