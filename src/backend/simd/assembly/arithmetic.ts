import { byteRow, comparisonRow } from "./comparison";
import { add, load4, mul, splatAt, store4, sub } from "./vector";

/**
 * out = a (op) b over five dimensions of sizes d0 to d4 (d0 itself is not needed), where a0 to a4 and b0 to b4 are how many
 * numbers a and b go on by in each: 0 where they repeat, and 0 or 1 in the last. Items are numbers of out, in its order.
 * kind: 0 numbers from numbers, 1 bytes from numbers (comparisons), 2 bytes from bytes; op: see the rows.
 */
export function binary(
  kind: i32, op: i32, a: usize, b: usize, out: usize,
  d1: u32, d2: u32, d3: u32, d4: u32,
  a0: u32, a1: u32, a2: u32, a3: u32, a4: u32,
  b0: u32, b1: u32, b2: u32, b3: u32, b4: u32,
  begin: i32, end: i32, thread: i32,
): void {
  const inputShift: usize = kind == 2 ? 0 : 2;
  const outputShift: usize = kind == 0 ? 2 : 0;
  const first = <u32>begin / d4;
  let column = <u32>begin - first * d4;
  let outer = first / d3;
  let inner = first - outer * d3;
  let atA = offset(outer, d1, d2, a0, a1, a2) + inner * a3;
  let atB = offset(outer, d1, d2, b0, b1, b2) + inner * b3;
  for (let i = <u32>begin; i < <u32>end; ) {
    const n = min(d4 - column, <u32>end - i);
    const from = a + ((atA + column * a4) << inputShift);
    const and = b + ((atB + column * b4) << inputShift);
    const to = out + (i << outputShift);
    if (kind == 0) numberRow(op, from, a4, and, b4, to, n);
    else if (kind == 1) comparisonRow(op, from, a4, and, b4, to, n);
    else byteRow(op, from, a4, and, b4, to, n);
    i += n;
    column = 0;
    if (++inner < d3) {
      atA += a3;
      atB += b3;
    } else {
      inner = 0;
      outer++;
      atA = offset(outer, d1, d2, a0, a1, a2);
      atB = offset(outer, d1, d2, b0, b1, b2);
    }
  }
}

@inline function offset(index: u32, d1: u32, d2: u32, s0: u32, s1: u32, s2: u32): u32 {
  const upper = index / d2;
  return (upper / d1) * s0 + (upper % d1) * s1 + (index - upper * d2) * s2;
}

// Each case has its own loop, in which op is a constant.
function numberRow(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, out: usize, n: u32): void {
  switch (op) {
    case 0: return loop(0, a, aStep, b, bStep, out, n);
    case 1: return loop(1, a, aStep, b, bStep, out, n);
    case 2: return loop(2, a, aStep, b, bStep, out, n);
    case 3: return loop(3, a, aStep, b, bStep, out, n);
    case 4: return loop(4, a, aStep, b, bStep, out, n);
    case 5: return loop(5, a, aStep, b, bStep, out, n);
    case 6: return loop(6, a, aStep, b, bStep, out, n);
    case 7: return loop(7, a, aStep, b, bStep, out, n);
    case 8: return loop(8, a, aStep, b, bStep, out, n);
    case 9: return loop(9, a, aStep, b, bStep, out, n);
    case 10: return loop(10, a, aStep, b, bStep, out, n);
    case 11: return loop(11, a, aStep, b, bStep, out, n);
    case 12: return loop(12, a, aStep, b, bStep, out, n);
    case 13: return loop(13, a, aStep, b, bStep, out, n);
    default: return loop(14, a, aStep, b, bStep, out, n);
  }
}

@inline function loop(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, out: usize, n: u32): void {
  const whole = <usize>(n & ~3) << 2;
  const all = <usize>n << 2;
  let i: usize = 0;
  if (!bStep) {
    const value = splatAt(b);
    for (; i < whole; i += 16) store4(out + i, apply(op, load4(a + i), value));
  } else if (!aStep) {
    const value = splatAt(a);
    for (; i < whole; i += 16) store4(out + i, apply(op, value, load4(b + i)));
  } else {
    for (; i < whole; i += 16) store4(out + i, apply(op, load4(a + i), load4(b + i)));
  }
  for (; i < all; i += 4)
    v128.store_lane<u32>(out + i, apply(op, splatAt(aStep ? a + i : a), splatAt(bStep ? b + i : b)), 0);
}

@inline function apply(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case 0: return add(a, b);
    case 1: return sub(a, b);
    case 2: return mul(a, b);
    case 3: return f32x4.div(a, b);
    case 4: return f32x4.max(a, b);
    case 5: return f32x4.min(a, b);
    case 6: { // squared difference
      const difference = sub(a, b);
      return mul(difference, difference);
    }
    case 7: return v128.bitselect(mul(a, b), a, f32x4.lt(a, f32x4.splat(0))); // PReLU
    case 8: // gradient of ELU: a is that of its output b
      return v128.bitselect(a, mul(a, add(b, f32x4.splat(1))), f32x4.ge(b, f32x4.splat(0)));
    // of whole numbers
    case 9: return i32x4.add(a, b);
    case 10: return i32x4.sub(a, b);
    case 11: return i32x4.mul(a, b);
    case 12: return i32x4.max_s(a, b);
    case 13: return i32x4.min_s(a, b);
    default: {
      const difference = i32x4.sub(a, b);
      return i32x4.mul(difference, difference);
    }
  }
}
