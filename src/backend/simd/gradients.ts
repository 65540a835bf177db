import {
  customGrad,
  div,
  engine,
  getGradient,
  getKernel,
  getBackend,
  registerGradient,
  reshape,
  sum,
  tile,
  util,
  type GradFunc,
  type Tensor,
} from "@tensorflow/tfjs-core";

/**
 * TensorFlow.js's gradients of sums and means multiply by tensors of ones that plain JavaScript fills, and its gradient of
 * batch normalization takes a dozen passes. These replace them, for every backend: the same numbers with less work.
 * Does nothing for gradients that are not registered (by importing @tensorflow/tfjs).
 */
export function improveGradients(): void {
  replace("Sum", () => reduced(false));
  replace("Mean", () => reduced(true));
  replace("FusedBatchNorm", batchNorm);
}

const replaced = new WeakSet<GradFunc>();

function replace(kernelName: string, better: (before: GradFunc) => GradFunc): void {
  const known = getGradient(kernelName);
  if (!known || replaced.has(known.gradFunc)) return;
  const gradFunc = better(known.gradFunc);
  replaced.add(gradFunc);
  registerGradient({ ...known, gradFunc });
}

/** dy, repeated along the axes that were summed over. */
function reduced(isMean: boolean): GradFunc {
  return (dy, [x], attrs) => {
    const { shape } = x!;
    const axes = util.parseAxisParam((attrs as { axis?: number[] }).axis as number[], shape);
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const count = isMean ? axes.reduce((product, axis) => product * shape[axis]!, 1) : 1;
    return {
      x: () => {
        const small = reshape(dy as Tensor, kept);
        return repeated(count === 1 ? small : div(small, count), axes, shape);
      },
    };
  };
}

/** Repeats a tensor along axes of size 1. Its gradient is one sum; that of `tile` adds up slices, of four axes at most. */
function repeated(small: Tensor, axes: readonly number[], shape: readonly number[]): Tensor {
  const times = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const op = customGrad((x) => ({
    value: tile(x as Tensor, times),
    gradFunc: (dy: Tensor) => sum(dy, axes as number[], true),
  }));
  return op(small);
}

function batchNorm(before: GradFunc): GradFunc {
  return (dy, saved, attrs) => {
    const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor];
    const one = (tensor: Tensor): boolean => tensor.rank === 1 && tensor.size === x.shape.at(-1);
    const fits = x.rank === 4 && x.size > 0 && x.shape[3]! % 4 === 0 && [mean, variance, scale].every(one);
    // Within another gradient, operations that have gradients themselves are needed.
    const once = engine().state.gradientDepth === 0;
    if (!fits || !once || !getKernel("FusedBatchNormGradient", getBackend())) return before(dy, saved, attrs);
    const inputs = { dy: dy as Tensor, x, mean, variance, scale };
    const made = engine().runKernel("FusedBatchNormGradient", inputs, attrs) as unknown as Tensor[];
    const [dx, dMean, dVariance, dScale, dOffset] = made as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return { x: () => dx, mean: () => dMean, variance: () => dVariance, scale: () => dScale, offset: () => dOffset };
  };
}
