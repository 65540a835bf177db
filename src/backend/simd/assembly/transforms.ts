// The linear maps of Winograd's F(4x4, 3x3) (Lavin and Gray 2016), in one dimension each. They come from interpolation at
// the points 0, a, -a, b, -b and infinity with a = 5/8 and b = 3/2, not at the usual 0, 1, -1, 2, -2 and infinity: just as many
// operations, and rounding errors three times smaller. The powers of a and b are exact in binary.
import { add, load4, madd, mul, splat, store4, sub } from "./vector";

const A: f32 = 0.625, A2: f32 = A * A, A3: f32 = A2 * A;
const B: f32 = 1.5, B2: f32 = B * B, B3: f32 = B2 * B;
/** Factors of the weights: 1 over the product of a point's differences to the others. */
const AT_0: f64 = 1.0 / (0.390625 * 2.25), AT_A: f64 = 1.0 / (2.0 * 0.390625 * (0.390625 - 2.25)), AT_B: f64 = 1.0 / (2.0 * 2.25 * (2.25 - 0.390625));

/** B^T: six input values, at distance `step` from each other, to six, at distance `outStep`. */
@inline export function inputTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const d1 = load4(from + step), d2 = load4(from + 2 * step), d3 = load4(from + 3 * step), d4 = load4(from + 4 * step);
  const minusA = splat(-A2), minusB = splat(-B2), middle = splat(-A2 - B2), ends = splat(A2 * B2);
  const even = madd(minusB, d2, d4), odd = mul(splat(A), madd(minusB, d1, d3));
  const evenB = madd(minusA, d2, d4), oddB = mul(splat(B), madd(minusA, d1, d3));
  store4(to, madd(ends, load4(from), madd(middle, d2, d4)));
  store4(to + outStep, add(even, odd));
  store4(to + 2 * outStep, sub(even, odd));
  store4(to + 3 * outStep, add(evenB, oddB));
  store4(to + 4 * outStep, sub(evenB, oddB));
  store4(to + 5 * outStep, madd(ends, d1, madd(middle, d3, load4(from + 5 * step))));
}

/** A^T: six products to four output values. */
@inline export function outputTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const m1 = load4(from + step), m2 = load4(from + 2 * step), m3 = load4(from + 3 * step), m4 = load4(from + 4 * step);
  const even = add(m1, m2), odd = sub(m1, m2), evenB = add(m3, m4), oddB = sub(m3, m4);
  store4(to, add(load4(from), add(even, evenB)));
  store4(to + outStep, madd(splat(B), oddB, mul(splat(A), odd)));
  store4(to + 2 * outStep, madd(splat(B2), evenB, mul(splat(A2), even)));
  store4(to + 3 * outStep, madd(splat(B3), oddB, madd(splat(A3), odd, load4(from + 5 * step))));
}

/** A: four output gradients to six. */
@inline export function gradientTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const y0 = load4(from), y1 = load4(from + step), y2 = load4(from + 2 * step), y3 = load4(from + 3 * step);
  const even = madd(splat(A2), y2, y0), odd = mul(splat(A), madd(splat(A2), y3, y1));
  const evenB = madd(splat(B2), y2, y0), oddB = mul(splat(B), madd(splat(B2), y3, y1));
  store4(to, y0);
  store4(to + outStep, add(even, odd));
  store4(to + 2 * outStep, sub(even, odd));
  store4(to + 3 * outStep, add(evenB, oddB));
  store4(to + 4 * outStep, sub(evenB, oddB));
  store4(to + 5 * outStep, y3);
}

/**
 * G: three weights to six, two at a time and in double precision: they are few, and what they lose would be lost in every
 * product.
 */
@inline export function weightTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const g0 = load4(from), g1 = load4(from + step), g2 = load4(from + 2 * step);
  const even = scaled(AT_A, f64x2.add(g0, scaled(0.390625, g2))), odd = scaled(AT_A * 0.625, g1);
  const evenB = scaled(AT_B, f64x2.add(g0, scaled(2.25, g2))), oddB = scaled(AT_B * 1.5, g1);
  store4(to, scaled(AT_0, g0));
  store4(to + outStep, f64x2.add(even, odd));
  store4(to + 2 * outStep, f64x2.sub(even, odd));
  store4(to + 3 * outStep, f64x2.add(evenB, oddB));
  store4(to + 4 * outStep, f64x2.sub(evenB, oddB));
  store4(to + 5 * outStep, g2);
}

@inline function scaled(factor: f64, value: v128): v128 {
  return f64x2.mul(f64x2.splat(factor), value);
}

/** G^T: six gradients to three. */
@inline export function weightGradientTransform(from: usize, step: usize, to: usize, outStep: usize): void {
  const m1 = load4(from + step), m2 = load4(from + 2 * step), m3 = load4(from + 3 * step), m4 = load4(from + 4 * step);
  const even = mul(splat(<f32>AT_A), add(m1, m2)), evenB = mul(splat(<f32>AT_B), add(m3, m4));
  const odd = mul(splat(<f32>(AT_A * 0.625)), sub(m1, m2)), oddB = splat(<f32>(AT_B * 1.5));
  store4(to, madd(splat(<f32>AT_0), load4(from), add(even, evenB)));
  store4(to + outStep, madd(oddB, sub(m3, m4), odd));
  store4(to + 2 * outStep, madd(splat(A2), even, madd(splat(B2), evenB, load4(from + 5 * step))));
}
