import * as tf from "@tensorflow/tfjs-core";
import type { NamedAttrMap, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { HandedOut, requireGroups, type Statistics } from "./batch-norm.js";
import { convBatchNormReference, type Normalized } from "./conv-batch-norm.js";
import { hasKernel, isRecording, runKernel } from "./kernel.js";
import { requireOperands, requireStride, type Operand } from "./operands.js";

export interface ResidualBlockInputs {
  /** Images, NHWC. */
  readonly x: Tensor4D;
  /** First convolution [3][3][channels in][channels out] and its batch norm, [channels out]. */
  readonly filter1: Tensor4D;
  readonly gamma1: Tensor1D;
  readonly beta1: Tensor1D;
  /** Second convolution [3][3][channels out][channels out] and its batch norm. */
  readonly filter2: Tensor4D;
  readonly gamma2: Tensor1D;
  readonly beta2: Tensor1D;
}

export interface ResidualBlockOptions {
  /** Of the first convolution and of the shortcut. Default 1. */
  readonly stride?: number;
  /** Added to variances. Default 1e-5. */
  readonly epsilon?: number;
  /** Groups of consecutive images that are normalized each by its own statistics; divides the batch. Default 1. */
  readonly groups?: number;
  /** Normalize by these (evaluation) and not by the batch's own: of the first and the second batch norm. */
  readonly statistics?: readonly [Statistics, Statistics];
}

/**
 * The basic block of a residual network (He et al. 2016), y = relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)), with its
 * gradient. The shortcut is option A: x itself, or where the size changes every `stride`-th pixel of it, padded with channels
 * of zeros on both sides.
 * @throws RangeError for tensors that are not float32 or do not fit together, fewer channels out than in or an odd number more, a
 * stride that is no whole number above 0, groups that do not divide the batch
 */
export function residualBlock(
  inputs: ResidualBlockInputs,
  options: ResidualBlockOptions = {},
): Normalized<readonly [Statistics, Statistics]> {
  const { stride = 1, epsilon = 1e-5, groups = 1, statistics } = options;
  requireGroups("residualBlock", inputs.x.shape[0], groups);
  requireStride("residualBlock", stride);
  const attrs = { stride, epsilon, ...(groups > 1 && { groups }) };
  const kernel = groups === 1 ? "ResidualBlock" : "ResidualBlockInGroups";
  const [channels, wide] = [inputs.x.shape[3], inputs.filter1.shape[3]];
  requireOperands("residualBlock", operandsOf(inputs, statistics));
  if (wide < channels || (wide - channels) % 2 === 1)
    throw new RangeError(
      `residualBlock: expected as many channels out as in, or an even number more, found ${channels} in and ${wide} out`,
    );
  const fits = inputs.x.size > 0 && channels % 4 === 0 && wide % 4 === 0;
  if (!fits || !hasKernel(kernel) || (statistics && isRecording())) return residualBlockReference(inputs, options);
  if (statistics) return { y: inference(inputs, stride, epsilon, statistics), statistics };
  const measured = new HandedOut();
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, filter1, gamma1, beta1, filter2, gamma2, beta2] = args as Tensor[];
    const save = args[7] as tf.GradSaveFunc;
    const named = { x: x!, filter1: filter1!, gamma1: gamma1!, beta1: beta1!, filter2: filter2!, gamma2: gamma2! };
    const [y, ...rest] = runKernel(kernel, { ...named, beta2: beta2! }, attrs);
    measured.keep(...rest.slice(0, 4));
    save([y!, ...Object.values(named), ...rest]);
    return { value: y as Tensor4D, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved, attrs) };
  });
  const { x, filter1, gamma1, beta1, filter2, gamma2, beta2 } = inputs;
  const y = op(x, filter1, gamma1, beta1, filter2, gamma2, beta2);
  const [mean1, variance1, mean2, variance2] = measured.take() as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  return {
    y,
    statistics: [
      { mean: mean1, variance: variance1 },
      { mean: mean2, variance: variance2 },
    ],
  };
}

function operandsOf(
  { x, filter1, gamma1, beta1, filter2, gamma2, beta2 }: ResidualBlockInputs,
  statistics: ResidualBlockOptions["statistics"],
): Readonly<Record<string, Operand>> {
  const [, , depth, channels] = filter1.shape;
  const of = (tensor: Tensor): Operand => [tensor, [channels]];
  return {
    x: [x, ["batch", "height", "width", depth]],
    filter1: [filter1, [3, 3, depth, channels]],
    filter2: [filter2, [3, 3, channels, channels]],
    ...{ gamma1: of(gamma1), beta1: of(beta1), gamma2: of(gamma2), beta2: of(beta2) },
    ...(statistics && {
      ...{ mean1: of(statistics[0].mean), variance1: of(statistics[0].variance) },
      ...{ mean2: of(statistics[1].mean), variance2: of(statistics[1].variance) },
    }),
  };
}

const SAVED = [
  ...["y", "x", "filter1", "gamma1", "beta1", "filter2", "gamma2"],
  ...["mean1", "variance1", "mean2", "variance2", "u1", "u2"],
  "coefficients1", // the first batch norm's, from kernels that keep them
];

function gradient(dy: Tensor, saved: Tensor[], attrs: NamedAttrMap): Tensor[] {
  const named = Object.fromEntries(saved.map((tensor, i) => [SAVED[i]!, tensor]));
  return runKernel("ResidualBlockGradient", { dy, ...named }, attrs);
}

function inference(
  { x, filter1, gamma1, beta1, filter2, gamma2, beta2 }: ResidualBlockInputs,
  stride: number,
  epsilon: number,
  [first, second]: readonly [Statistics, Statistics],
): Tensor4D {
  const one = { x, filter: filter1, gamma: gamma1, beta: beta1, ...first };
  const [middle] = runKernel("ConvBatchNormInference", one, { stride, epsilon, relu: true });
  const two = { x: middle!, filter: filter2, gamma: gamma2, beta: beta2, ...second, shortcut: x };
  const [y] = runKernel("ConvBatchNormInference", two, { stride: 1, epsilon, relu: true, shortcutStride: stride });
  middle!.dispose();
  return y as Tensor4D;
}

/** The same, composed of TensorFlow.js's operations: what every kernel of it is held against. */
export function residualBlockReference(
  { x, filter1, gamma1, beta1, filter2, gamma2, beta2 }: ResidualBlockInputs,
  { stride = 1, epsilon = 1e-5, groups = 1, statistics }: ResidualBlockOptions = {},
): Normalized<readonly [Statistics, Statistics]> {
  const given = (i: 0 | 1) => statistics && { statistics: statistics[i] };
  const one = { x, filter: filter1, gamma: gamma1, beta: beta1 };
  const first = convBatchNormReference(one, { stride, epsilon, groups, ...given(0) });
  const two = { x: first.y, filter: filter2, gamma: gamma2, beta: beta2 };
  const second = convBatchNormReference(two, { epsilon, relu: false, groups, ...given(1) });
  const y = tf.relu(tf.add(second.y, optionA(x, stride, filter1.shape[3]))) as Tensor4D;
  return { y, statistics: [first.statistics, second.statistics] };
}

/** Every `stride`-th pixel, with channels of zeros on both sides. */
function optionA(x: Tensor4D, stride: number, channels: number): Tensor4D {
  // A pooling of single pixels: unlike a strided slice it has a gradient in TensorFlow.js.
  const small = stride === 1 ? x : tf.avgPool(x, 1, stride, "valid");
  const side = (channels - x.shape[3]) / 2;
  return side === 0
    ? small
    : tf.pad4d(small, [
        [0, 0],
        [0, 0],
        [0, 0],
        [side, side],
      ]);
}
