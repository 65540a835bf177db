import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { HandedOut, normalized, normalizedInGroups, requireGroups, type Statistics } from "./batch-norm.js";
import { hasKernel, isRecording, runKernel } from "./kernel.js";
import { requireOperands, requireStride } from "./operands.js";

export interface ConvBatchNormInputs {
  /** Images, NHWC. */
  readonly x: Tensor4D;
  /** Weights [height][width][channels in][channels out], of odd height and width. */
  readonly filter: Tensor4D;
  /** Scale and shift of the normalized channels, [channels out]. */
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
}

export interface ConvBatchNormOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Whether a ReLU follows. Default true. */
  readonly relu?: boolean;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Whether the gradient with respect to `x` is wanted: not of the first layer. Default true. */
  readonly inputGradient?: boolean;
  /** Groups of consecutive images that are normalized each by its own statistics; divides the batch. Default 1. */
  readonly groups?: number;
  /** Normalize by these (evaluation) and not by the batch's own. */
  readonly statistics?: Statistics;
}

/** The result, NHWC, and the statistics that it was normalized by, as constants. */
export interface Normalized<S = Statistics> {
  readonly y: Tensor4D;
  readonly statistics: S;
}

/**
 * y = relu(batchNorm(conv(x, filter))): a convolution without bias, padded by half its kernel all round, batch normalization
 * over N, H and W, and ReLU, with its gradient.
 * @throws RangeError for tensors that are not float32 or do not fit together, filters of even height or width, a stride that is no
 * whole number above 0, groups that do not divide the batch
 */
export function convBatchNorm(inputs: ConvBatchNormInputs, options: ConvBatchNormOptions = {}): Normalized {
  const { x, filter, gamma, beta } = inputs;
  const { stride = 1, relu = true, epsilon = 1e-5, inputGradient = true, groups = 1, statistics } = options;
  requireGroups("convBatchNorm", x.shape[0], groups);
  requireStride("convBatchNorm", stride);
  const [height, width, depth, channels] = filter.shape;
  requireOperands("convBatchNorm", {
    x: [x, ["batch", "height", "width", depth]],
    filter: [filter, ["height", "width", depth, channels]],
    gamma: [gamma, [channels]],
    beta: [beta, [channels]],
    ...(statistics && { mean: [statistics.mean, [channels]], variance: [statistics.variance, [channels]] }),
  });
  if (height % 2 === 0 || width % 2 === 0)
    throw new RangeError(`convBatchNorm: expected a filter of odd height and width, found ${height} x ${width}`);
  // Of no images, TensorFlow.js knows what to make.
  const fits = x.size > 0 && channels % 4 === 0;
  const kernel = groups === 1 ? "ConvBatchNorm" : "ConvBatchNormInGroups";
  if (!fits || !hasKernel(kernel) || (statistics && isRecording())) return convBatchNormReference(inputs, options);
  const attrs = { stride, relu, epsilon, ...(groups > 1 && { groups }) };
  if (statistics) {
    const [y] = runKernel("ConvBatchNormInference", { x, filter, gamma, beta, ...statistics }, attrs);
    return { y: y as Tensor4D, statistics };
  }
  const measured = new HandedOut();
  // Without its gradient, x is a constant of the operation and not one of its inputs.
  const constants = inputGradient ? [] : [x];
  const op = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, filter, gamma, beta] = [...constants, ...args] as [Tensor4D, Tensor4D, Tensor1D, Tensor1D];
    const made = runKernel(kernel, { x, filter, gamma, beta }, attrs);
    const [y, mean, variance, u] = made as [Tensor4D, Tensor1D, Tensor1D, Tensor4D];
    measured.keep(mean, variance);
    save([x, filter, gamma, mean, variance, y, u]);
    return { value: y, gradFunc: backward };
  });
  const backward = (dy: Tensor, saved: Tensor[]): Tensor[] => {
    const [x, filter, gamma, mean, variance, y, u] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    const names = { dy, x, filter, gamma, mean, variance, y, u };
    const [dFilter, dGamma, dBeta, dx] = runKernel("ConvBatchNormGradient", names, { ...attrs, needsX: inputGradient });
    return [...(dx ? [dx] : []), dFilter!, dGamma!, dBeta!];
  };
  const y = op(...[x, filter, gamma, beta].slice(constants.length));
  const [mean, variance] = measured.take() as [Tensor1D, Tensor1D];
  return { y, statistics: { mean, variance } };
}

/** The same, composed of TensorFlow.js's operations: what every kernel of it is held against. */
export function convBatchNormReference(
  { x, filter, gamma, beta }: ConvBatchNormInputs,
  { stride = 1, relu = true, epsilon = 1e-5, groups = 1, statistics }: ConvBatchNormOptions = {},
): Normalized {
  const [down, across] = [(filter.shape[0] - 1) / 2, (filter.shape[1] - 1) / 2];
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [down, down],
    [across, across],
    [0, 0],
  ];
  const u = tf.conv2d(x, filter, stride, pad);
  const made =
    groups > 1 && !statistics
      ? normalizedInGroups(u, { gamma, beta }, epsilon, groups)
      : normalized(u, { gamma, beta }, epsilon, statistics);
  return relu ? { ...made, y: tf.relu(made.y) } : made;
}
