import { exp4, expm14, log1p4, log4, sigmoid4, softplus4, tanh4 } from "./transcendental";
import { load4, mul, splat, store4, sub } from "./vector";

/** out = op(x) of float32; items are numbers, and chunks of them start at multiples of 4. p and q: parameters of some. */
export function unary(op: i32, x: usize, out: usize, p: f32, q: f32, begin: i32, end: i32, thread: i32): void {
  const from = x + (<usize>begin << 2);
  const to = out + (<usize>begin << 2);
  const n = <usize>(end - begin) << 2;
  // Each case has its own loop, in which op is a constant.
  switch (op) {
    case 0: return loop(0, from, to, n, p, q);
    case 1: return loop(1, from, to, n, p, q);
    case 2: return loop(2, from, to, n, p, q);
    case 3: return loop(3, from, to, n, p, q);
    case 4: return loop(4, from, to, n, p, q);
    case 5: return loop(5, from, to, n, p, q);
    case 6: return loop(6, from, to, n, p, q);
    case 7: return loop(7, from, to, n, p, q);
    case 8: return loop(8, from, to, n, p, q);
    case 9: return loop(9, from, to, n, p, q);
    case 10: return loop(10, from, to, n, p, q);
    case 11: return loop(11, from, to, n, p, q);
    case 12: return loop(12, from, to, n, p, q);
    case 13: return loop(13, from, to, n, p, q);
    case 14: return loop(14, from, to, n, p, q);
    case 15: return loop(15, from, to, n, p, q);
    case 16: return loop(16, from, to, n, p, q);
    case 17: return loop(17, from, to, n, p, q);
    case 18: return loop(18, from, to, n, p, q);
    case 19: return loop(19, from, to, n, p, q);
    case 20: return loop(20, from, to, n, p, q);
    case 21: return loop(21, from, to, n, p, q);
    case 22: return loop(22, from, to, n, p, q);
    case 23: return loop(23, from, to, n, p, q);
    default: return loop(24, from, to, n, p, q);
  }
}

@inline function loop(op: i32, x: usize, out: usize, n: usize, p: f32, q: f32): void {
  const p4 = splat(p);
  const q4 = splat(q);
  let i: usize = 0;
  for (; i + 16 <= n; i += 16) store4(out + i, apply(op, load4(x + i), p4, q4));
  if (i == n) return;
  // The last few: blocks of memory are a whole number of vectors long, so reading all four is allowed.
  let rest = apply(op, load4(x + i), p4, q4);
  for (; i < n; i += 4) {
    v128.store_lane<u32>(out + i, rest, 0);
    rest = i8x16.shuffle(rest, rest, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
  }
}

@inline function apply(op: i32, x: v128, p: v128, q: v128): v128 {
  const zero = splat(0);
  const one = splat(1);
  switch (op) {
    case 0: return f32x4.max(zero, x);
    case 1: return f32x4.min(f32x4.max(zero, x), splat(6));
    case 2: return v128.bitselect(x, expm14(x), f32x4.ge(x, zero));
    case 3: // SELU
      return v128.bitselect(
        mul(x, splat(1.0507009873554804934)),
        mul(expm14(x), splat(1.7580993408473768599)),
        f32x4.ge(x, zero),
      );
    case 4: { // step
      const step = v128.bitselect(one, p, f32x4.gt(x, zero));
      return v128.bitselect(step, x, f32x4.eq(x, x));
    }
    case 5: return f32x4.abs(x);
    case 6: return f32x4.neg(x);
    case 7: return mul(x, x);
    case 8: return f32x4.sqrt(x);
    case 9: return f32x4.div(one, f32x4.sqrt(x));
    case 10: return f32x4.div(one, x);
    case 11: return sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
    case 12: return f32x4.floor(x);
    case 13: return f32x4.ceil(x);
    case 14: return f32x4.nearest(x);
    case 15: return exp4(x);
    case 16: return log4(x);
    case 17: return log1p4(x);
    case 18: return expm14(x);
    case 19: return sigmoid4(x);
    case 20: return tanh4(x);
    case 21: return softplus4(x);
    case 22: { // clipped to [p, q]
      const above = v128.bitselect(p, x, f32x4.lt(x, p));
      return v128.bitselect(q, above, f32x4.gt(x, q));
    }
    case 23: return v128.bitselect(mul(x, p), x, f32x4.lt(x, zero)); // leaky ReLU
    default: // to the power of 1/2: unlike the square root, infinity for -infinity
      return v128.bitselect(splat(Infinity), f32x4.add(f32x4.sqrt(x), zero), f32x4.eq(x, splat(-Infinity)));
  }
}
