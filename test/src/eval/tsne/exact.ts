import type { Affinities } from "../../../../src/eval/tsne/affinities.js";

/** P as a dense matrix, [count][count]. */
export function dense({ count, starts, others, values }: Affinities): Float64Array[] {
  const p = Array.from({ length: count }, () => new Float64Array(count));
  for (let i = 0; i < count; i++)
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      p[i]![others[at]!] = values[at]! / 2;
      p[others[at]!]![i] = values[at]! / 2;
    }
  return p;
}

/** 4 sum_j (exaggeration p_ij - q_ij) w_ij (y_i - y_j), pair by pair (van der Maaten and Hinton 2008, equation 5). */
export function exactGradient(p: readonly Float64Array[], y: Float64Array, exaggeration = 1): Float64Array {
  const count = p.length;
  const w = (i: number, j: number): number =>
    i === j ? 0 : 1 / (1 + (y[2 * i]! - y[2 * j]!) ** 2 + (y[2 * i + 1]! - y[2 * j + 1]!) ** 2);
  let z = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) z += w(i, j);
  return y.map((at, axis) => {
    const i = axis >> 1;
    let sum = 0;
    for (let j = 0; j < count; j++)
      sum += 4 * (exaggeration * p[i]![j]! - w(i, j) / z) * w(i, j) * (at - y[2 * j + (axis & 1)]!);
    return sum;
  });
}

/** |a - b| / |b|. */
export function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, at) => value - b[at]!)) / Math.hypot(...b);
}
