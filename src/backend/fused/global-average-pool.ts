import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";
import { requireOperands } from "./operands.js";

/** Mean over all pixels: float32 NHWC -> [batch, channels]. @throws RangeError for other tensors */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  requireOperands("globalAveragePool", { x: [x, ["batch", "height", "width", "channels"]] });
  const [, height, width, channels] = x.shape;
  if (x.size === 0 || channels % 4 !== 0 || !hasKernel("GlobalAveragePool")) return globalAveragePoolReference(x);
  const op = tf.customGrad((given: unknown) => ({
    value: runKernel("GlobalAveragePool", { x: given as Tensor })[0] as Tensor2D,
    gradFunc: (dy: Tensor) => runKernel("GlobalAveragePoolGradient", { dy }, { height, width }),
  }));
  return op(x) as Tensor2D;
}

/** The same, composed of TensorFlow.js's operations. */
export function globalAveragePoolReference(x: Tensor4D): Tensor2D {
  return tf.mean(x, [1, 2]);
}
