import { show } from "../options.js";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

/**
 * Holds types and shapes of a batch against what every loss expects. What the tensors hold is not looked at: reading it would
 * wait for the device. A label outside the classes makes a loss NaN instead.
 * @throws RangeError unless logits are float32 [batch, classes], batch >= 1, classes >= 2, and labels int32 [batch]
 */
export function checkBatch(caller: string, logits: Tensor2D, labels: Tensor1D): void {
  const [batch, classes] = isTensor(logits) ? logits.shape : [0, 0];
  if (
    !isTensor(logits) ||
    logits.dtype !== "float32" ||
    logits.shape.length !== 2 ||
    !(batch >= 1) ||
    !(classes >= 2)
  ) {
    throw new RangeError(
      `${caller}: expected logits of type float32 and shape [batch, classes] with at least 1 image and 2 classes, ` +
        `found ${described(logits)}`,
    );
  }
  if (!isTensor(labels) || labels.dtype !== "int32" || labels.shape.length !== 1 || labels.shape[0] !== batch) {
    throw new RangeError(
      `${caller}: expected labels of type int32 and shape [${batch}], as many as there are rows of logits, ` +
        `found ${described(labels)}; tf.tensor1d(labels, "int32") makes them`,
    );
  }
}

/** In plain JavaScript anything may be given: an array, most often. */
export function isTensor(given: unknown): given is Tensor {
  return typeof given === "object" && given !== null && "dtype" in given && "shape" in given;
}

export function described(given: unknown): string {
  return isTensor(given) ? `${given.dtype} [${given.shape.join(", ")}]` : `no tensor but ${show(given)}`;
}
