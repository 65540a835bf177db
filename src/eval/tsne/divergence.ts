import type { Affinities } from "./affinities.js";

/**
 * KL(P || Q) in nats, q_ij = w_ij / Z with w_ij = 1 / (1 + |y_i - y_j|^2) and Z over all pairs (no approximation).
 * @param positions [count, 2]
 */
export function divergence({ count, starts, others, values }: Affinities, positions: Float64Array): number {
  let z = 0;
  for (let i = 0; i < count; i++) {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
    for (let j = i + 1; j < count; j++) z += 2 / (1 + (x - positions[2 * j]!) ** 2 + (y - positions[2 * j + 1]!) ** 2);
  }
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      const p = values[at]!; // p_ij + p_ji, beside q_ij + q_ji = 2 w_ij / Z
      const j = others[at]!;
      const square =
        (positions[2 * i]! - positions[2 * j]!) ** 2 + (positions[2 * i + 1]! - positions[2 * j + 1]!) ** 2;
      if (p > 0) sum += p * Math.log((p * (1 + square) * z) / 2);
    }
  }
  return sum;
}
