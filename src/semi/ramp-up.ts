/** exp(-5 (1 - t)^2) up to t = 1, then 1: how the weight of a consistency term grows (Laine & Aila 2017). */
export function rampUp(t: number): number {
  return Math.exp(-5 * (1 - Math.min(1, Math.max(0, t))) ** 2);
}
