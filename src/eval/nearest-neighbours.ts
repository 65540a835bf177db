import * as tf from "@tensorflow/tfjs-core";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { check, count, numberWhere, optional, positive, type Rule } from "../options.js";
import { checkLabels } from "./labels.js";

/** Features with their classes, row after row. */
export interface LabeledFeatures {
  readonly features: Float32Array;
  readonly labels: ArrayLike<number>;
}

export interface NearestNeighboursOptions {
  /** Number of classes, at most 65,536. */
  readonly classes: number;
  /** How many neighbours vote; those as near as the last of them do too. Default 200, or as many as there are. */
  readonly k?: number;
  /** A neighbour's vote is exp(cosine / temperature). Default 0.1. */
  readonly temperature?: number;
}

const float32: Rule = {
  range: "a Float32Array: Float32Array.from(numbers) makes one, await tensor.data() reads one",
  accepts: (v) => v instanceof Float32Array,
};

/** What a Uint16Array holds: more would be other classes there, without a word. */
const classCount = numberWhere("an integer from 1 to 65536", (v) => Number.isInteger(v) && v >= 1 && v <= 2 ** 16);

/** Queries at a time. */
const CHUNK = 250;

/**
 * Classes of features by a vote of their nearest neighbours, weighted by cosine similarity (Wu et al. 2018): how well features
 * tell classes apart, before any classifier was trained.
 * @param known features that vote; @param queries float32 [queries, width], row after row
 * @returns the class of most votes of each query, the first of several
 * @throws RangeError for numbers that do not fit together, labels that are no classes, features that are not finite, or an
 * option out of range
 */
export async function nearestNeighbours(
  known: LabeledFeatures,
  queries: Float32Array,
  options: NearestNeighboursOptions,
): Promise<Uint16Array> {
  check("nearestNeighbours", options, { classes: classCount, k: optional(count), temperature: optional(positive) });
  const { features, labels } = known;
  check("nearestNeighbours", { features, queries }, { features: float32, queries: float32 });
  const { classes, temperature = 0.1 } = options;
  const width = features.length / labels.length;
  if (!Number.isInteger(width) || width < 1 || queries.length % width !== 0)
    throw new RangeError(
      `nearestNeighbours: expected rows of one width, found ${features.length} numbers for ${labels.length} labels and ` +
        `${queries.length} numbers of queries`,
    );
  checkLabels("nearestNeighbours", "labels", labels, classes);
  for (const [what, rows] of Object.entries({ features, queries })) {
    const wrong = rows.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new RangeError(
        `nearestNeighbours: expected finite numbers, found ${rows[wrong]} in row ${Math.floor(wrong / width)} of ${what}`,
      );
  }
  const k = Math.min(options.k ?? 200, labels.length);
  const bank = tf.tidy(() => unitRows(features, width));
  const found = new Uint16Array(queries.length / width);
  const order = new Float32Array(labels.length);
  try {
    for (let from = 0; from < found.length; from += CHUNK) {
      const chunk = queries.subarray(from * width, (from + CHUNK) * width);
      const product = tf.tidy(() => tf.matMul(unitRows(chunk, width), bank, false, true));
      const similarities = (await product.data()) as Float32Array;
      product.dispose();
      for (let i = 0; i * width < chunk.length; i++) {
        const row = similarities.subarray(i * labels.length, (i + 1) * labels.length);
        order.set(row);
        order.sort();
        const [least, most] = [order[labels.length - k]!, order[labels.length - 1]!];
        const votes = new Float64Array(classes);
        row.forEach((similarity, at) => {
          // Relative to the nearest, as all votes of far ones would be 0.
          if (similarity >= least) votes[labels[at]!]! += Math.exp((similarity - most) / temperature);
        });
        found[from + i] = votes.indexOf(Math.max(...votes));
      }
    }
    return found;
  } finally {
    bank.dispose();
  }
}

function unitRows(rows: Float32Array, width: number): Tensor2D {
  const matrix = tf.tensor2d(rows, [rows.length / width, width]);
  return tf.div(matrix, tf.sqrt(tf.maximum(tf.sum(tf.square(matrix), 1, true), 1e-24)));
}
