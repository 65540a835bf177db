import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";

/**
 * Holds types and shapes of a batch against what every loss expects. What the tensors hold is not looked at: reading it would
 * wait for the device. A label outside the classes makes a loss NaN instead.
 * @throws RangeError unless logits are float32 [batch, classes], batch >= 1, classes >= 2, and labels int32 [batch]
 */
export function checkBatch(caller: string, logits: Tensor2D, labels: Tensor1D): void {
  const [batch, classes] = logits.shape;
  if (logits.dtype !== "float32" || logits.shape.length !== 2 || !(batch >= 1) || !(classes >= 2)) {
    throw new RangeError(
      `${caller}: expected logits of type float32 and shape [batch, classes] with at least 1 image and 2 classes, ` +
        `found ${described(logits)}`,
    );
  }
  if (labels.dtype !== "int32" || labels.shape.length !== 1 || labels.shape[0] !== batch) {
    throw new RangeError(
      `${caller}: expected labels of type int32 and shape [${batch}], as many as there are rows of logits, ` +
        `found ${described(labels)}; tf.tensor1d(labels, "int32") makes them`,
    );
  }
}

export function described({ dtype, shape }: Tensor): string {
  return `${dtype} [${shape.join(", ")}]`;
}
