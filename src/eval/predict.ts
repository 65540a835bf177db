import { setImmediate as otherWork } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { requireExamples } from "../data/examples.js";
import { batches, type Examples, type Normalization } from "../data/index.js";
import type { Network } from "../models/index.js";
import { DivergenceError } from "./divergence-error.js";
import { abortSignal, callback, check, count, optional, positive, type Rule } from "../options.js";

export interface PredictOptions {
  /** What the network was trained with. */
  readonly normalization: Normalization;
  /** Images at a time. Default 500. */
  readonly batchSize?: number;
  /** Ends it between two batches, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how many images are done. */
  readonly onProgress?: (images: number) => void;
}

/** What computes batches that are alike, and may record the first and replay the others: `CompiledSteps`. */
export interface Recorder {
  run<T extends Tensor>(
    program: string,
    inputs: readonly Tensor[],
    step: (inputs: readonly Tensor[]) => T,
  ): T | Promise<T>;
}

export interface ProbabilityOptions extends PredictOptions {
  /**
   * Factor of the logits: LDAM's s (30 unless it was chosen) for the cosines of a network with a cosine head, which must be
   * given; without it no probability is far from 1 / classes. Default for other heads 1.
   */
  readonly scale?: number;
}

const normalization: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
export const predictRules = {
  normalization,
  batchSize: optional(count),
  signal: optional(abortSignal),
  onProgress: optional(callback),
};

/** In place of a class, where logits are NaN: no class is the largest. */
const NONE = -1;

/**
 * The class of the largest logit of each example, no augmentation, running statistics.
 * @param recorder of a training, which evaluates the network again and again. Default: batches are computed as they stand
 * @throws RangeError; DivergenceError where logits are NaN; the signal's reason
 */
export async function predict(
  network: Network,
  examples: Examples,
  options: PredictOptions,
  recorder?: Recorder,
): Promise<Uint16Array> {
  requireExamples("predict", examples);
  check("predict", options, predictRules);
  const predictions = new Uint16Array(examples.length);
  const largest = (features: Tensor2D): tf.Tensor => {
    const logits = network.classify(features);
    return tf.where(tf.isNaN(tf.sum(logits, 1)), tf.scalar(NONE, "int32"), tf.argMax(logits, 1));
  };
  const how = { ...options, ...(recorder && { recorder, program: "predict" }) };
  await overBatches(network, examples, how, largest, {
    keep(values, position) {
      const at = Array.from(values).indexOf(NONE);
      if (at >= 0) throw diverged("predict", position + at);
      predictions.set(values, position);
    },
  });
  return predictions;
}

/** @throws RangeError for a network of cosines without their factor, whose probabilities would be wrong without a word */
export function requireScale(caller: string, { head, name }: Network, scale: number | undefined): void {
  if (head === "cosine" && scale === undefined)
    throw new RangeError(
      `${caller}: expected scale, the factor of the cosines that "${name}" gives with its cosine head, found none. Pass the loss's, ` +
        "fit.classifier.about.scale (LDAM's default is scale: 30), or ask fit.classifier.probabilities(examples), which knows it",
    );
}

/**
 * Softmax of the logits times `scale`: float32 [examples, classes], row after row. `fit.classifier.probabilities(examples)`
 * knows normalization and scale by itself.
 * @throws RangeError, for a cosine head without `scale` too; DivergenceError where logits are NaN; the signal's reason
 */
export async function probabilities(
  network: Network,
  examples: Examples,
  options: ProbabilityOptions,
): Promise<Float32Array> {
  requireExamples("probabilities", examples);
  check("probabilities", options, { ...predictRules, scale: optional(positive) });
  requireScale("probabilities", network, options.scale);
  const { scale = 1 } = options;
  const out = new Float32Array(examples.length * network.classes);
  await overBatches(network, examples, options, (features) => tf.softmax(tf.mul(network.classify(features), scale)), {
    keep(values, position) {
      const at = Array.from(values).findIndex(Number.isNaN);
      if (at >= 0) throw diverged("probabilities", position + Math.floor(at / network.classes));
      out.set(values, position * network.classes);
    },
  });
  return out;
}

function diverged(caller: string, example: number): DivergenceError {
  return new DivergenceError(
    `${caller}: expected numbers, found NaN in the logits of example ${example}: the network diverged (a ` +
      `lower learning rate or a longer warm-up helps), or the normalization is not one`,
  );
}

/**
 * Features of the penultimate layer: float32 [examples, network.width], row after row.
 * @param recorder as `predict`
 * @throws RangeError, the signal's reason
 */
export async function features(
  network: Network,
  examples: Examples,
  options: PredictOptions,
  recorder?: Recorder,
): Promise<Float32Array> {
  requireExamples("features", examples);
  check("features", options, predictRules);
  const out = new Float32Array(examples.length * network.width);
  const how = { ...options, ...(recorder && { recorder, program: "features" }) };
  await overBatches(network, examples, how, (found) => tf.clone(found), {
    keep: (values, position) => out.set(values, position * network.width),
  });
  return out;
}

/** A batch whose numbers are being read. */
interface Reading {
  readonly made: tf.Tensor;
  readonly values: Promise<ArrayLike<number>>;
  readonly images: number;
}

interface Recorded {
  readonly recorder: Recorder;
  /** What is computed of a network's features. */
  readonly program: string;
}

/** While the numbers of a batch are read, the next is on its way: a GPU does not wait. */
async function overBatches(
  network: Network,
  examples: Examples,
  { normalization, batchSize = 500, signal, onProgress, recorder, program }: PredictOptions & Partial<Recorded>,
  compute: (features: Tensor2D) => tf.Tensor,
  { keep }: { readonly keep: (values: ArrayLike<number>, position: number) => void },
): Promise<void> {
  let done = 0;
  let before: Reading | undefined;
  // A recorder may be shown several networks.
  const named = `${program} ${network.weights[0]?.variable.id}`;
  const finish = async ({ values, images }: Reading): Promise<void> => {
    keep(await values, done);
    done += images;
    onProgress?.(done);
  };
  try {
    for (const { images, positions } of batches(examples, { normalization, batchSize })) {
      const step = ([images]: readonly Tensor[]) => tf.tidy(() => compute(network.features(images as Tensor4D)));
      const made = recorder ? await recorder.run(named, [images], step) : step([images]);
      const now = { made, values: made.data(), images: positions.length };
      // It may fail before it is waited for, or be waited for no more.
      now.values.catch(() => undefined);
      const last = before;
      before = now;
      if (last) await finish(last).finally(() => last.made.dispose());
      await otherWork();
      signal?.throwIfAborted();
    }
    if (before) await finish(before);
    signal?.throwIfAborted();
  } finally {
    before?.made.dispose();
  }
}
