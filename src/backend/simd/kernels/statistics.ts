import type { SimdBackend } from "../backend.js";

/** Channel coefficients in memory, for sources and epilogues: k0, k1, k2 of `channels` numbers each. */
export interface Coefficients {
  readonly k0: number;
  readonly k1: number;
  readonly k2: number;
}

/** Lends memory for the coefficients of some channels. */
export function withCoefficients<T>(backend: SimdBackend, channels: number, use: (k: Coefficients) => T): T {
  const bytes = Math.ceil(channels / 4) * 16;
  return backend.scratch(3 * bytes, (k0) => use({ k0, k1: k0 + bytes, k2: k0 + 2 * bytes }));
}

/** Sums of all groups that an epilogue left, in their order: [2][channels]. */
export function totalSums(backend: SimdBackend, sums: number, groups: number, channels: number): Float64Array {
  const all = backend.memoryOfTensors.float64(sums, groups * 2 * channels);
  const total = new Float64Array(2 * channels);
  for (let g = 0; g < groups; g++) for (let c = 0; c < 2 * channels; c++) total[c]! += all[g * 2 * channels + c]!;
  return total;
}

/**
 * Batch norm of the forward pass: mean and (biased) variance of each channel from the sums of its `count` numbers and of
 * their squares, and with them k0 and k2 (see `affine`: the backward pass has the same, to the bit, from the same numbers).
 */
export function normalization(
  backend: SimdBackend,
  total: Float64Array,
  count: number,
  { gamma, beta, epsilon }: { readonly gamma: Float32Array; readonly beta: Float32Array; readonly epsilon: number },
  k: Coefficients,
  mean: Float32Array,
  variance: Float32Array,
): void {
  const channels = gamma.length;
  for (let c = 0; c < channels; c++) {
    const m = total[c]! / count;
    mean[c] = m;
    variance[c] = Math.max(0, total[channels + c]! / count - m * m);
  }
  affine(backend, gamma, beta, mean, variance, epsilon, k);
}

/** k0 = gamma / sqrt(variance + epsilon) and k2 = beta - mean * k0 of a normalization whose statistics are known. */
export function affine(
  backend: SimdBackend,
  gamma: Float32Array,
  beta: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  epsilon: number,
  k: Coefficients,
): void {
  const channels = gamma.length;
  const k0 = backend.memoryOfTensors.float32(k.k0, channels);
  const k2 = backend.memoryOfTensors.float32(k.k2, channels);
  for (let c = 0; c < channels; c++) {
    k0[c] = gamma[c]! / Math.sqrt(variance[c]! + epsilon);
    k2[c] = beta[c]! - mean[c]! * k0[c]!;
  }
}

/**
 * Batch norm of the backward pass, from the sums of dy and dy * u over the batch: gradients of gamma and beta, and the
 * coefficients of du = k0 * dy + k1 * u + k2.
 */
export function backNormalization(
  backend: SimdBackend,
  total: Float64Array,
  count: number,
  batch: { gamma: Float32Array; mean: Float32Array; variance: Float32Array; epsilon: number },
  k: Coefficients,
  dGamma: Float32Array,
  dBeta: Float32Array,
): void {
  const { gamma, mean, variance, epsilon } = batch;
  const channels = gamma.length;
  const k0 = backend.memoryOfTensors.float32(k.k0, channels);
  const k1 = backend.memoryOfTensors.float32(k.k1, channels);
  const k2 = backend.memoryOfTensors.float32(k.k2, channels);
  for (let c = 0; c < channels; c++) {
    const deviation = 1 / Math.sqrt(variance[c]! + epsilon);
    const [m, sum] = [mean[c]!, total[c]!];
    const slope = (total[channels + c]! - m * sum) * deviation;
    const scale = gamma[c]! * deviation;
    const bend = (-scale * deviation * slope) / count;
    dBeta[c] = sum;
    dGamma[c] = slope;
    k0[c] = scale;
    k1[c] = bend;
    k2[c] = (-scale * sum) / count - bend * m;
  }
}
