import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { augment, type Placement } from "../backend/fused/index.js";
import { requireBackend } from "../backend/required.js";
import { check, count, flag, numberWhere, optional, type Rule } from "../options.js";
import type { Stream } from "../random/index.js";
import { requireExamples, type Examples } from "./examples.js";
import type { Normalization } from "./normalization.js";

/** Images on the device, ready to learn from. They are disposed of when the next batch is asked for. */
export interface Batch {
  /** Normalized, [batch, height, width, channels]. */
  readonly images: Tensor4D;
  /** int32 [batch] */
  readonly labels: Tensor1D;
  /** Which examples these are. */
  readonly positions: Uint32Array;
}

export interface Augmentation {
  /** Where its random choices come from: batch 7 of an epoch draws from the stream's split "batch 7". */
  readonly stream: Stream;
  /** Black pixels on each side, before a window of the image's own size is cut at random. Default 4. */
  readonly pad?: number;
  /** Whether half of the images are mirrored. Default true (the authors mirror SVHN's digits, too). */
  readonly mirror?: boolean;
}

export interface BatchesOptions {
  /** Such as `data.normalizationOf(examples)`. */
  readonly normalization: Normalization;
  /** Which examples, in which order: a sampler's epoch. Default all, in order. */
  readonly positions?: Uint32Array;
  /** Default 128; the last batch may be smaller. */
  readonly batchSize?: number;
  /** A last batch of fewer images joins the one before. Default 1: it never does; training takes `LEAST_BATCH`. */
  readonly leastBatch?: number;
  /** Number of the first batch that is made, where a run goes on in the middle of an epoch. Default 0. */
  readonly first?: number;
  /** Default none: images as they are, for evaluation. */
  readonly augmentation?: Augmentation;
  /**
   * Batches made ahead while the device works on one. Default 1: more takes memory and gains nothing unless the time for a
   * batch varies. Devices that work in the calling thread (a CPU) make each batch when it is asked for.
   */
  readonly prefetch?: number;
}

/**
 * Fewest images of a batch that is learned from. Batch norm takes its statistics of a batch: those of one or two images mislead
 * what is learned and, as an epoch's last, the averages that an evaluation uses. (A tiny network on 513 and 514 plain stickers,
 * batches of 32, six seeds: 39.0 ± 4.4 and 39.5 ± 5.6 % errors; joined 33.6 ± 4.5 and 33.8 ± 3.2. From four images on: no difference.)
 */
export const LEAST_BATCH = 4;

/** How many batches `batches` makes of so many images. */
export function batchCount(images: number, batchSize: number, leastBatch = 1): number {
  const whole = Math.floor(images / batchSize);
  const rest = images - whole * batchSize;
  return rest >= leastBatch || (whole === 0 && rest > 0) ? whole + 1 : whole;
}

const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
const whole = numberWhere("an integer >= 0", (v) => Number.isSafeInteger(v) && v >= 0);
const rules = {
  normalization: object,
  positions: optional({ range: "a Uint32Array", accepts: (v) => v instanceof Uint32Array }),
  batchSize: optional(count),
  leastBatch: optional(count),
  first: optional(whole),
  augmentation: optional(object),
  prefetch: optional(whole),
};
const augmentationRules = {
  stream: object,
  pad: optional(whole),
  mirror: optional(flag),
};

/**
 * Batch after batch of examples, augmented and normalized by one operation of the device:
 * `for (const { images, labels } of batches(examples, { normalization })) ...`
 * What the batches hold depends on the options alone: not on the device, but for the last bits of a number, nor on `prefetch`.
 * @throws RangeError for an option out of range, or a set of images in place of examples
 */
export function* batches(examples: Examples, options: BatchesOptions): Generator<Batch, void> {
  requireExamples("batches", examples);
  check("batches", options, rules);
  requireBackend("batches");
  if (options.augmentation) check("batches: augmentation", options.augmentation, augmentationRules);
  const { positions = Uint32Array.from({ length: examples.length }, (_, i) => i) } = options;
  const { batchSize = 128, leastBatch, first = 0, prefetch = 1 } = options;
  const total = batchCount(positions.length, batchSize, leastBatch);
  const ahead: Batch[] = [];
  let next = first;
  const make = (): void => {
    const end = next === total - 1 ? positions.length : (next + 1) * batchSize;
    ahead.push(makeBatch(examples, positions.slice(next * batchSize, end), next, options));
    next++;
  };
  const queued = worksAside() ? prefetch : 0;
  try {
    for (;;) {
      while (ahead.length <= queued && next < total) make();
      const batch = ahead[0];
      if (batch === undefined) return;
      yield batch;
      ahead.shift();
      dispose(batch);
    }
  } finally {
    ahead.forEach(dispose);
  }
}

/** Whether the device computes while the calling thread goes on: not where it is the processor. */
export const worksAside = (): boolean => !["cpu", "simd"].includes(tf.getBackend());

function dispose({ images, labels }: Batch): void {
  tf.dispose([images, labels]);
}

function makeBatch(
  examples: Examples,
  positions: Uint32Array,
  number: number,
  { normalization, augmentation }: BatchesOptions,
): Batch {
  const stream = augmentation?.stream.split(`batch ${number}`);
  const placements = Array.from(positions, (image) => placement(image, augmentation, stream));
  const images = tf.keep(augment(examples, placements, normalization));
  const labels = tf.keep(
    tf.tensor1d(
      Int32Array.from(positions, (position) => examples.labels[position]!),
      "int32",
    ),
  );
  return { images, labels, positions };
}

function placement(image: number, augmentation: Augmentation | undefined, stream: Stream | undefined): Placement {
  if (!augmentation || !stream) return { image, top: 0, left: 0, mirrored: false };
  const { pad = 4, mirror = true } = augmentation;
  return {
    image,
    top: stream.integer(2 * pad + 1) - pad,
    left: stream.integer(2 * pad + 1) - pad,
    mirrored: mirror && stream.uniform() < 0.5,
  };
}
