import * as tf from "@tensorflow/tfjs-core";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { check, count, optional, positive } from "../options.js";

/** Features with their classes, row after row. */
export interface LabeledFeatures {
  readonly features: Float32Array;
  readonly labels: ArrayLike<number>;
}

export interface NearestNeighboursOptions {
  /** Number of classes. */
  readonly classes: number;
  /** How many neighbours vote. Default 200, or as many as there are. */
  readonly k?: number;
  /** A neighbour's vote is exp(cosine / temperature). Default 0.1. */
  readonly temperature?: number;
}

/** Queries at a time. */
const CHUNK = 250;

/**
 * Classes of features by a vote of their nearest neighbours, weighted by cosine similarity (Wu et al. 2018): how well features
 * tell classes apart, before any classifier was trained.
 * @param known features that vote; @param queries float32 [queries, width], row after row
 * @throws RangeError for numbers that do not fit together, or an option out of range
 */
export async function nearestNeighbours(
  known: LabeledFeatures,
  queries: Float32Array,
  options: NearestNeighboursOptions,
): Promise<Uint16Array> {
  check("nearestNeighbours", options, { classes: count, k: optional(count), temperature: optional(positive) });
  const { features, labels } = known;
  const { classes, temperature = 0.1 } = options;
  const width = features.length / labels.length;
  if (!Number.isInteger(width) || width < 1 || queries.length % width !== 0)
    throw new RangeError(
      `nearestNeighbours: expected rows of one width, found ${features.length} numbers for ${labels.length} labels and ` +
        `${queries.length} numbers of queries`,
    );
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
        const least = order.sort()[labels.length - k]!;
        const votes = new Float64Array(classes);
        row.forEach((similarity, at) => {
          if (similarity >= least) votes[labels[at]!]! += Math.exp((similarity - 1) / temperature);
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
