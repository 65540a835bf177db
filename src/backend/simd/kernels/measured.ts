import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Inputs } from "../kernel.js";
import { convolve, groupCount } from "./convolve.js";
import { withWords, type Geometry } from "./plan.js";
import { epilogueWords, type EpilogueFields } from "./stage.js";
import { backNormalization, normalization, totalSums, type Coefficients } from "./statistics.js";

// Convolutions whose result is normalized by its own statistics, and what their gradients need: the steps that
// conv-batch-norm.ts and residual-block.ts are made of.

/** A convolution padded by half its kernel all round, as residual networks have it. */
export function geometry(x: TensorInfo, filter: TensorInfo, stride: number): Geometry {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = filter.shape as [number, number, number, number];
  const [top, left] = [(kernelHeight - 1) >> 1, (kernelWidth - 1) >> 1];
  return {
    ...{ batch, height, width, channels, kernelHeight, kernelWidth, strideY: stride, strideX: stride },
    ...{ dilationY: 1, dilationX: 1, top, left, outChannels },
    outHeight: Math.floor((height + 2 * top - kernelHeight) / stride) + 1,
    outWidth: Math.floor((width + 2 * left - kernelWidth) / stride) + 1,
  };
}

/** Pixels that a channel of the result has in the whole batch. */
export const count = (g: Geometry): number => g.batch * g.outHeight * g.outWidth;
export const outShape = (g: Geometry): number[] => [g.batch, g.outHeight, g.outWidth, g.outChannels];

/** Convolution and the statistics of its result: fills `k` with what normalizes it. */
export function convolveAndMeasure(
  backend: SimdBackend,
  g: Geometry,
  source: Parameters<typeof convolve>[2],
  { filter, gamma, beta, epsilon }: { filter: TensorInfo; gamma: TensorInfo; beta: TensorInfo; epsilon: number },
  k: Coefficients,
): [u: TensorInfo, mean: TensorInfo, variance: TensorInfo] {
  const [u, mean, variance] = [backend.output(outShape(g)), backend.output(gamma.shape), backend.output(gamma.shape)];
  const groups = groupCount(g);
  backend.scratch(groups * g.outChannels * 16, (sums) => {
    convolve(backend, g, source, backend.address(filter), backend.address(u), { kind: "sums", sums });
    const weights = { gamma: backend.float32(gamma), beta: backend.float32(beta), epsilon };
    const totals = totalSums(backend, sums, groups, g.outChannels);
    normalization(backend, totals, count(g), weights, k, backend.float32(mean), backend.float32(variance));
  });
  return [u, mean, variance];
}

/** y = k0 * u + k2 + shortcut, and ReLU. */
export function normalize(
  backend: SimdBackend,
  g: Pick<Geometry, "batch" | "outHeight" | "outWidth" | "outChannels">,
  u: TensorInfo,
  k: Coefficients,
  finish: Partial<EpilogueFields>,
): TensorInfo {
  const y = backend.output(u.shape);
  withWords(backend, [epilogueWords({ ...finish, kind: "affine", k0: k.k0, k2: k.k2 })], (epilogue) =>
    backend.run(
      "normalize",
      { items: g.batch * g.outHeight, grain: Math.ceil(65_536 / (g.outWidth * g.outChannels)) },
      ...[backend.address(u), backend.address(y), g.outHeight, g.outWidth, g.outChannels, epilogue],
    ),
  );
  return y;
}

/** Sums over the batch of dy and of dy * u, each channel's: [2][channels]; dy counts only where y > 0, if there is a y. */
export function gradientTotals(
  backend: SimdBackend,
  [rows, width, channels]: readonly [number, number, number],
  dy: TensorInfo,
  y: TensorInfo | undefined,
  u: TensorInfo,
): Float64Array {
  const groups = Math.min(rows, 64);
  return backend.scratch(groups * channels * 16, (sums) => {
    const addresses = [backend.address(dy), y ? backend.address(y) : 0, backend.address(u)];
    backend.run("gradientSums", { items: groups }, ...addresses, rows, width, channels, groups, sums);
    return totalSums(backend, sums, groups, channels);
  });
}

/** From the sums of dy and dy * u, the gradients of gamma and beta and the coefficients of du. */
export function backMeasure(
  backend: SimdBackend,
  g: Geometry,
  dy: TensorInfo,
  y: TensorInfo | undefined,
  u: TensorInfo,
  batch: Parameters<typeof backNormalization>[3],
  k: Coefficients,
): [dGamma: TensorInfo, dBeta: TensorInfo] {
  const [dGamma, dBeta] = [backend.output([g.outChannels]), backend.output([g.outChannels])];
  const totals = gradientTotals(backend, [g.batch * g.outHeight, g.outWidth, g.outChannels], dy, y, u);
  backNormalization(backend, totals, count(g), batch, k, backend.float32(dGamma), backend.float32(dBeta));
  return [dGamma, dBeta];
}

export const float32s = (backend: SimdBackend, gamma: TensorInfo, mean: TensorInfo, variance: TensorInfo) => ({
  gamma: backend.float32(gamma),
  mean: backend.float32(mean),
  variance: backend.float32(variance),
});

type Known =
  | ("x" | "filter" | "gamma" | "beta" | "scale" | "dy" | "y" | "u" | "mean" | "variance")
  | ("filter1" | "gamma1" | "beta1" | "filter2" | "gamma2" | "beta2" | "u1" | "u2")
  | ("mean1" | "variance1" | "mean2" | "variance2");

/** Inputs whose presence the op that runs the kernel has made sure of. */
export function named(inputs: Inputs): Record<Known, TensorInfo> & { shortcut?: TensorInfo } {
  return inputs as never;
}
