/**
 * exp(-5 (1 - t)^2) with t = done / length up to 1, then 1: how the weight of a consistency term grows (Laine & Aila 2017).
 * @param length steps of the ramp; 0 is none
 */
export function rampUp(done: number, length: number): number {
  return done < length ? Math.exp(-5 * (1 - done / length) ** 2) : 1;
}
