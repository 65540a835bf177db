// The linear maps of Winograd's F(4x4, 3x3) (Lavin and Gray 2016): points 0, 1, -1, 2, -2 and infinity, in one dimension each.
import { add, load4, madd, mul, splat, store4, sub } from "./vector";

/** B^T: six input values, at distance `step` from each other, to six, at distance `outStep`. */
@inline export function inputTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const d0 = load4(from), d1 = load4(from + step), d2 = load4(from + 2 * step);
  const d3 = load4(from + 3 * step), d4 = load4(from + 4 * step), d5 = load4(from + 5 * step);
  const minus4 = splat(-4), minus5 = splat(-5), four = splat(4);
  const a = madd(minus4, d2, d4), b = madd(minus4, d1, d3), c = sub(d4, d2);
  let e = sub(d3, d1);
  e = add(e, e);
  store4(to, madd(four, d0, madd(minus5, d2, d4)));
  store4(to + outStep, add(a, b));
  store4(to + 2 * outStep, sub(a, b));
  store4(to + 3 * outStep, add(c, e));
  store4(to + 4 * outStep, sub(c, e));
  store4(to + 5 * outStep, madd(four, d1, madd(minus5, d3, d5)));
}

/** A^T: six products to four output values. */
@inline export function outputTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const m1 = load4(from + step), m2 = load4(from + 2 * step), m3 = load4(from + 3 * step), m4 = load4(from + 4 * step);
  const s1 = add(m1, m2), e1 = sub(m1, m2), s2 = add(m3, m4), four = splat(4);
  let e2 = sub(m3, m4);
  e2 = add(e2, e2);
  store4(to, add(add(load4(from), s1), s2));
  store4(to + outStep, add(e1, e2));
  store4(to + 2 * outStep, madd(four, s2, s1));
  store4(to + 3 * outStep, add(madd(four, e2, e1), load4(from + 5 * step)));
}

/** A: four output gradients to six. */
@inline export function gradientTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const y0 = load4(from), y1 = load4(from + step), y2 = load4(from + 2 * step), y3 = load4(from + 3 * step);
  const even = add(y0, y2), odd = add(y1, y3), four = splat(4);
  const even2 = madd(four, y2, y0), odd2 = mul(splat(2), madd(four, y3, y1));
  store4(to, y0);
  store4(to + outStep, add(even, odd));
  store4(to + 2 * outStep, sub(even, odd));
  store4(to + 3 * outStep, add(even2, odd2));
  store4(to + 4 * outStep, sub(even2, odd2));
  store4(to + 5 * outStep, y3);
}

/** G: three weights to six. */
@inline export function weightTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const g0 = load4(from), g1 = load4(from + step), g2 = load4(from + 2 * step);
  const sixth = splat(1.0 / 6.0), sum = mul(sixth, add(g0, g2)), middle = mul(sixth, g1);
  const outer = madd(splat(1.0 / 24.0), g0, mul(sixth, g2)), half = mul(splat(1.0 / 12.0), g1);
  store4(to, mul(splat(0.25), g0));
  store4(to + outStep, sub(splat(0), add(sum, middle)));
  store4(to + 2 * outStep, sub(middle, sum));
  store4(to + 3 * outStep, add(outer, half));
  store4(to + 4 * outStep, sub(outer, half));
  store4(to + 5 * outStep, g2);
}

/** G^T: six gradients to three. */
@inline export function weightGradientTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const m1 = load4(from + step), m2 = load4(from + 2 * step), m3 = load4(from + 3 * step), m4 = load4(from + 4 * step);
  const sixth = splat(1.0 / 6.0), sum = mul(sixth, add(m1, m2)), outer = add(m3, m4);
  store4(to, sub(madd(splat(0.25), load4(from), mul(splat(1.0 / 24.0), outer)), sum));
  store4(to + outStep, madd(splat(1.0 / 12.0), sub(m3, m4), mul(sixth, sub(m2, m1))));
  store4(to + 2 * outStep, add(sub(mul(sixth, outer), sum), load4(from + 5 * step)));
}
