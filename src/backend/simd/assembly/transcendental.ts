import { add, madd, mul, splat, sub } from "./vector";

// Polynomials of the Cephes library (S. Moshier, netlib.org/cephes), four numbers at a time. Within 2 ulp of the true value
// everywhere, subnormal numbers among them; infinities and NaN as in IEEE 754.

const LOG2E: f32 = 1.44269504088896341;
// ln 2 in two parts, the first so short that its products with exponents are exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

// Added to a number, it rounds it to a whole one, which its lowest bits then hold: faster than instructions that do so.
const ROUNDER: f32 = 12582912;

/** The remainder of x by ln 2, given the whole quotient. */
@inline function remainder(x: v128, quotient: v128): v128 {
  return sub(sub(x, mul(quotient, splat(LN2_HIGH))), mul(quotient, splat(LN2_LOW)));
}

/** exp(r) - 1 for |r| up to ln 2 / 2. */
@inline function small(r: v128): v128 {
  let p = splat(1.9875691500e-4);
  p = madd(p, r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  return madd(mul(r, r), p, r);
}

/** 2 to a whole power from -126 to 127. */
@inline function power(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
}

/** x between two bounds; a NaN stays. */
@inline function within(x: v128, least: f32, greatest: f32): v128 {
  return f32x4.pmax(f32x4.pmin(x, splat(greatest)), splat(least));
}

@inline export function exp4(x: v128): v128 {
  const inside = within(x, -104.5, 89);
  const rounded = madd(inside, splat(LOG2E), splat(ROUNDER));
  const quotient = sub(rounded, splat(ROUNDER));
  const value = add(small(remainder(inside, quotient)), splat(1));
  // In two steps, as the power alone may lie beyond what a number holds.
  const exponent = i32x4.sub(rounded, splat(ROUNDER));
  const half = i32x4.shr_s(exponent, 1);
  return mul(mul(value, power(half)), power(i32x4.sub(exponent, half)));
}

@inline export function expm14(x: v128): v128 {
  const inside = within(x, -20, 20);
  const rounded = madd(inside, splat(LOG2E), splat(ROUNDER));
  const quotient = sub(rounded, splat(ROUNDER));
  const scale = power(i32x4.sub(rounded, splat(ROUNDER)));
  const value = madd(small(remainder(inside, quotient)), scale, sub(scale, splat(1)));
  const large = f32x4.gt(x, splat(20));
  if (!v128.any_true(large)) return value;
  return v128.bitselect(exp4(x), value, large);
}

@inline export function log4(x: v128): v128 {
  const subnormal = f32x4.lt(x, splat(1.17549435e-38));
  const normal = v128.bitselect(mul(x, splat(8388608)), x, subnormal);
  let exponent = i32x4.sub(i32x4.shr_s(normal, 23), i32x4.splat(126));
  exponent = i32x4.sub(exponent, v128.and(subnormal, i32x4.splat(23)));
  const half = v128.or(v128.and(normal, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  // The mantissa from sqrt(1/2) to sqrt(2), less 1.
  const low = f32x4.lt(half, splat(0.707106781186547524));
  exponent = i32x4.add(exponent, low); // a mask is -1
  const m = add(sub(half, splat(1)), v128.and(half, low));
  const e = f32x4.convert_i32x4_s(exponent);
  const square = mul(m, m);
  let p = splat(7.0376836292e-2);
  p = madd(p, m, splat(-1.1514610310e-1));
  p = madd(p, m, splat(1.1676998740e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  p = mul(mul(p, m), square);
  p = madd(e, splat(LN2_LOW), p);
  p = madd(square, splat(-0.5), p);
  let result = madd(e, splat(LN2_HIGH), add(m, p));
  result = v128.bitselect(splat(-Infinity), result, f32x4.eq(x, splat(0)));
  result = v128.bitselect(splat(NaN), result, f32x4.lt(x, splat(0)));
  // infinity and NaN are their own logarithms
  return v128.bitselect(result, x, f32x4.lt(x, splat(Infinity)));
}

/** log(1 + x), with what rounding 1 + x lost put back. */
@inline export function log1p4(x: v128): v128 {
  const u = add(x, splat(1));
  const log = log4(u);
  const lost = f32x4.div(sub(x, sub(u, splat(1))), u);
  const inside = v128.and(f32x4.gt(u, splat(0)), f32x4.lt(u, splat(Infinity)));
  const result = v128.bitselect(add(log, lost), log, inside);
  return v128.bitselect(x, result, f32x4.eq(x, splat(0)));
}

@inline export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const above = v128.bitselect(splat(1), e, f32x4.ge(x, splat(0)));
  return f32x4.div(above, add(e, splat(1)));
}

@inline export function tanh4(x: v128): v128 {
  const z = mul(x, x);
  let p = splat(-5.70498872745e-3);
  p = madd(p, z, splat(2.06390887954e-2));
  p = madd(p, z, splat(-5.37397155531e-2));
  p = madd(p, z, splat(1.33314422036e-1));
  p = madd(p, z, splat(-3.33332819422e-1));
  const near = madd(mul(p, z), x, x);
  const size = f32x4.abs(x);
  const far = sub(splat(1), f32x4.div(splat(2), add(exp4(add(size, size)), splat(1))));
  const signed = v128.bitselect(x, far, i32x4.splat(0x80000000));
  return v128.bitselect(near, signed, f32x4.lt(size, splat(0.625)));
}

/** log(1 + exp(x)), outside of [-13.94, 13.94] exp(x) and x, as TensorFlow has it. */
@inline export function softplus4(x: v128): v128 {
  const limit: f32 = 13.942385;
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const middle = add(f32x4.max(x, splat(0)), log1p4(e));
  const result = v128.bitselect(e, middle, f32x4.lt(x, splat(-limit)));
  return v128.bitselect(x, result, f32x4.gt(x, splat(limit)));
}
