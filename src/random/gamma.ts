import { normal } from "./normal.js";
import { positiveUniform } from "./uniform.js";
import type { BitSource } from "./xoshiro.js";

/**
 * A gamma number of unit scale (mean = variance = shape), by Marsaglia and Tsang (2000): a normal number pushed
 * through a cube and accepted at least 95 % of the time. Exact for every shape.
 * @param shape a finite number > 0. Below 1 it draws at shape + 1 and multiplies by U^(1/shape).
 */
export function gamma(source: BitSource, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) throw new RangeError(`gamma: shape must be a finite number > 0 (got ${shape})`);
  if (shape < 1) return gamma(source, shape + 1) * positiveUniform(source) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(source);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = positiveUniform(source);
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}
