import { checkLabels } from "./labels.js";

/** float16 and sums of a thousand classes lose about as much. */
const TOLERANCE = 1e-3;

/** The likeliest class of each image, and its probability. */
export interface Predictions {
  /** The first of the likeliest; [images]. */
  readonly classes: Uint32Array;
  readonly confidences: Float64Array;
}

/**
 * @param probabilities [images, classes], one row after another
 * @throws RangeError for a wrong length, labels that are no classes, or rows that are no distributions
 */
export function predictionsOf(
  caller: string,
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Predictions {
  checkLabels(caller, "labels", labels, classes);
  if (probabilities.length !== labels.length * classes) {
    throw new RangeError(
      `${caller}: expected ${labels.length} x ${classes} probabilities (labels x classes), found ${probabilities.length}`,
    );
  }
  const likeliest = new Uint32Array(labels.length);
  const confidences = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    let sum = 0;
    let best = 0;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[i * classes + c]!;
      if (!(p >= 0 && p <= 1 + TOLERANCE)) {
        throw new RangeError(
          `${caller}: expected probabilities, found ${p} for image ${i}, class ${c}; logits need a softmax first`,
        );
      }
      sum += p;
      if (p > probabilities[i * classes + best]!) best = c;
    }
    if (Math.abs(sum - 1) > TOLERANCE) {
      throw new RangeError(`${caller}: expected probabilities that add up to 1, found ${sum} for image ${i}`);
    }
    likeliest[i] = best;
    confidences[i] = Math.min(1, probabilities[i * classes + best]!);
  }
  return { classes: likeliest, confidences };
}
