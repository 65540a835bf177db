import { requireExamples, type Examples } from "./examples.js";

/** What is taken from each channel, and what it is divided by, of values from 0 to 1: (byte / 255 - mean) / deviation. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** The authors' constants for CIFAR. */
export const CIFAR_NORMALIZATION: Normalization = {
  mean: [0.4914, 0.4822, 0.4465],
  deviation: [0.2023, 0.1994, 0.201],
};
/** The authors' constants for SVHN. */
export const SVHN_NORMALIZATION: Normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/**
 * Mean and standard deviation of each channel over all pixels of the examples.
 * @throws RangeError without examples, or for a set of images; a channel that never changes has deviation 1
 */
export function normalizationOf(examples: Examples): Normalization {
  requireExamples("normalizationOf", examples);
  const channels = examples.shape[2];
  if (examples.length === 0) throw new RangeError("normalizationOf: expected one or more examples, found none");
  // Whole numbers below 2^53: exact for 10^11 pixels.
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let pixels = 0;
  for (let i = 0; i < examples.length; i++) {
    const image = examples.image(i);
    for (let at = 0, c = 0; at < image.length; at++, c = c + 1 === channels ? 0 : c + 1) {
      sum[c]! += image[at]!;
      squares[c]! += image[at]! ** 2;
    }
    pixels += image.length / channels;
  }
  const mean = Array.from(sum, (s) => s / pixels / 255);
  // Of a channel that never changes the difference is rounding alone; of any other, the bytes make it larger than that.
  const deviation = Array.from(squares, (s, c) =>
    s === (sum[c]! / pixels) * sum[c]! ? 1 : Math.sqrt(s / pixels / 255 ** 2 - mean[c]! ** 2),
  );
  return { mean, deviation };
}
