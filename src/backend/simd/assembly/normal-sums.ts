// Sums over rows of standard normal numbers that are never stored: Philox and Box and Muller's transform, sixteen at a time.

import { add, highDouble, lowDouble, madd, mul, splat, sub } from "./vector";
import { log4 } from "./transcendental";

const M0: u32 = 0xd2511f53, M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9, W1: u32 = 0xbb67ae85;
/** Blocks of four numbers in a part; ../../fused/normal-sums.ts. */
const PART: i32 = 16384;
const SCALE: f32 = 1.0 / 4294967296.0;

/** The upper words of four products. */
@inline function high(a: v128, b: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, b), upper = i64x2.extmul_high_i32x4_u(a, b);
  return i8x16.shuffle(low, upper, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

/** sqrt(-2 ln((word + 1/2) / 2^32)); near 1 the distance from it is what counts. */
@inline function radius(words: v128): v128 {
  const near = i32x4.lt_s(words, i32x4.splat(0)); // 2^31 and more
  const distance = mul(add(f32x4.convert_i32x4_u(v128.xor(words, near)), splat(0.5)), splat(SCALE));
  const u = v128.bitselect(sub(splat(1), distance), distance, near);
  const lost = f32x4.div(sub(sub(splat(1), u), distance), u);
  const log = add(log4(u), v128.and(lost, near));
  return f32x4.sqrt(f32x4.max(mul(splat(-2), log), splat(0)));
}

/** cos(2 pi words / 2^32), by its quarter and a polynomial; sin is a quarter turn behind. */
@inline function turn(words: v128): v128 {
  const quarter = i32x4.shr_u(i32x4.add(words, i32x4.splat(0x20000000)), 30);
  const rest = i32x4.sub(words, i32x4.shl(quarter, 30));
  const x = mul(f32x4.convert_i32x4_s(rest), splat(1.4629180792671596e-9));
  const q = mul(x, x);
  let c = splat(0.000024801588);
  c = madd(c, q, splat(-0.0013888889));
  c = madd(c, q, splat(0.041666668));
  c = madd(c, q, splat(-0.5));
  c = madd(c, q, splat(1));
  let s = splat(0.0000027557319);
  s = madd(s, q, splat(-0.0001984127));
  s = madd(s, q, splat(0.008333333));
  s = madd(s, q, splat(-0.16666667));
  s = madd(mul(s, q), x, x);
  const odd = i32x4.shl(quarter, 31);
  const value = v128.bitselect(s, c, i32x4.shr_s(odd, 31));
  // cos, -sin, -cos, sin
  const negative = v128.xor(i32x4.shl(i32x4.shr_u(quarter, 1), 31), odd);
  return v128.xor(value, negative);
}

/** Those of four lanes that come before `left` are kept. */
@inline function kept(lane: v128, left: i32): v128 {
  return i32x4.lt_s(lane, i32x4.splat(left));
}

/**
 * Three numbers a part: labels below `threshold` (of 2^31), sum, sum of squares. Items are the parts of all rows, in order;
 * the first row is `from`.
 */
export function normalSums(
  out: usize, key0: u32, key1: u32, from: u32, length: u32, threshold: u32, parts: i32, begin: i32, end: i32, thread: i32,
): void { // prettier-ignore
  const count = <i64>length;
  for (let item = begin; item < end; item++) {
    const row: u32 = from + <u32>(item / parts), part = item % parts;
    const blocks = <i32>min<i64>((count + 3) / 4, (<i64>part + 1) * PART);
    let hits: i32 = 0;
    let sums = f64x2.splat(0), squares = f64x2.splat(0);
    for (let block = part * PART; block < blocks; block += 4) {
      const left = <i32>min<i64>(16, count - 4 * <i64>block);
      // Numbers of four blocks: the first of each, the second of each, ...
      const lane = i32x4(0, 4, 8, 12);
      let label = 0;
      do {
        let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), c1 = i32x4.splat(2 + label);
        let c2 = i32x4.splat(row), c3 = i32x4.splat(0);
        let k0 = key0, k1 = key1;
        for (let round = 0; round < 10; round++) {
          const high0 = high(c0, i32x4.splat(M0)), low0 = i32x4.mul(c0, i32x4.splat(M0));
          const high1 = high(c2, i32x4.splat(M1)), low1 = i32x4.mul(c2, i32x4.splat(M1));
          c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
          c1 = low1;
          c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
          c3 = low0;
          k0 += W0;
          k1 += W1;
        }
        if (label) {
          const most = i32x4.splat(threshold);
          let right = v128.and(i32x4.lt_u(i32x4.shr_u(c0, 1), most), kept(lane, left));
          right = i32x4.add(right, v128.and(i32x4.lt_u(i32x4.shr_u(c1, 1), most), kept(lane, left - 1)));
          right = i32x4.add(right, v128.and(i32x4.lt_u(i32x4.shr_u(c2, 1), most), kept(lane, left - 2)));
          right = i32x4.add(right, v128.and(i32x4.lt_u(i32x4.shr_u(c3, 1), most), kept(lane, left - 3)));
          // a mask is -1
          hits -= i32x4.extract_lane(right, 0) + i32x4.extract_lane(right, 1) + i32x4.extract_lane(right, 2) + i32x4.extract_lane(right, 3);
        } else {
          const quarter = i32x4.splat(0x40000000);
          const r0 = radius(c0), r2 = radius(c2);
          let a = mul(r0, turn(c1)), b = mul(r0, turn(i32x4.sub(c1, quarter)));
          let c = mul(r2, turn(c3)), d = mul(r2, turn(i32x4.sub(c3, quarter)));
          if (left < 16) {
            a = v128.and(a, kept(lane, left));
            b = v128.and(b, kept(lane, left - 1));
            c = v128.and(c, kept(lane, left - 2));
            d = v128.and(d, kept(lane, left - 3));
          }
          const s = add(add(a, b), add(c, d));
          const q = add(add(mul(a, a), mul(b, b)), add(mul(c, c), mul(d, d)));
          sums = f64x2.add(sums, f64x2.add(lowDouble(s), highDouble(s)));
          squares = f64x2.add(squares, f64x2.add(lowDouble(q), highDouble(q)));
        }
      } while (threshold > 0 && ++label < 2);
    }
    const at = out + <usize>item * 12;
    store<f32>(at, <f32>hits);
    store<f32>(at, <f32>(f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)), 4);
    store<f32>(at, <f32>(f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1)), 8);
  }
}
