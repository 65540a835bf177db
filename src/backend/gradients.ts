import {
  backend_util,
  customGrad,
  div,
  engine,
  getGradient,
  getKernel,
  getBackend,
  mul,
  registerGradient,
  reshape,
  sum,
  tile,
  util,
  type GradFunc,
  type NamedAttrMap,
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
  mendWindowGradients();
}

/**
 * TensorFlow.js's gradients of convolutions and pools forget that a size was rounded up, and with it the last windows; that of
 * means forgets that a mean is of the pixels alone, without the padding.
 */
export function mendWindowGradients(): void {
  for (const name of ["Conv2D", "MaxPool"]) replace(name, roundedAsPadded);
  replace("AvgPool", (before) => roundedAsPadded(meanOfPixels(before)));
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

/** A size that was rounded up is that of a wider padding. */
function roundedAsPadded(before: GradFunc): GradFunc {
  return (dy, saved, attrs) => {
    const { pad, dimRoundingMode, strides, filterSize, dataFormat } = attrs as unknown as Windows;
    const isRounded = dimRoundingMode === "ceil" || dimRoundingMode === "round";
    if (!isRounded || typeof pad !== "number") return before(dy, saved, attrs);
    const [x, filter] = saved as [Tensor, Tensor?];
    const first = dataFormat === "NCHW" ? 2 : 1;
    const padding: [number, number][] = x.shape.map((size, axis) => {
      const i = axis - first;
      if (i !== 0 && i !== 1) return [0, 0];
      const at = (sizes: number | readonly number[]): number => (typeof sizes === "number" ? sizes : sizes[i]!);
      const reach = ((dy as Tensor).shape[axis]! - 1) * at(strides) + at(filterSize ?? filter!.shape);
      return [pad, Math.max(pad, reach - size - pad)];
    });
    return before(dy, saved, { ...attrs, pad: padding, dimRoundingMode: undefined } as unknown as NamedAttrMap);
  };
}

/** The kernels divide by a window's whole size; scaled before, by the pixels in it. TensorFlow's own does that. */
function meanOfPixels(before: GradFunc): GradFunc {
  return (dy, saved, attrs) => {
    const { pad, strides, filterSize } = attrs as unknown as Windows;
    const shape = saved[0]!.shape as [number, number, number, number];
    const sizes = filterSize as number | [number, number];
    const info = backend_util.computePool2DInfo(shape, sizes, strides as number | [number, number], 1, pad);
    const { top, left } = info.padInfo;
    const down = sizeByPixels(info.filterHeight, info.strideHeight, top, info.inHeight, info.outHeight);
    const across = sizeByPixels(info.filterWidth, info.strideWidth, left, info.inWidth, info.outWidth);
    if (getBackend() === "tensorflow" || [...down, ...across].every((ratio) => ratio === 1))
      return before(dy, saved, attrs);
    const ratios = mul(reshape(down, [1, -1, 1, 1]), reshape(across, [1, 1, -1, 1]));
    return before(mul(dy as Tensor, ratios), saved, attrs);
  };
}

/** Of each window along an axis: its size by the pixels in it; 0 where it is padding alone. */
function sizeByPixels(size: number, stride: number, padding: number, pixels: number, windows: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const first = i * stride - padding;
    const inside = Math.min(first + size, pixels) - Math.max(first, 0);
    return inside > 0 ? size / inside : 0;
  });
}

/** How TensorFlow.js says which windows a convolution or a pool has; of a pool, their size too. */
interface Windows {
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly strides: number | readonly [number, number];
  readonly filterSize?: number | readonly [number, number];
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
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
