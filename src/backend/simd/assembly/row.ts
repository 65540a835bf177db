import { exp4 } from "./transcendental";
import { highDouble, load4, lowDouble, splat, splatAt, store4, sub } from "./vector";

/** Softmax of rows of n float32; items are rows. */
export function softmax(x: usize, out: usize, n: u32, begin: i32, end: i32, thread: i32): void {
  const bytes = <usize>n << 2;
  for (let row = <usize>begin; row < <usize>end; row++) softmaxRow(x + row * bytes, out + row * bytes, bytes);
}

function softmaxRow(x: usize, out: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let best = splatAt(x);
  let i: usize = 0;
  for (; i < whole; i += 16) best = f32x4.max(best, load4(x + i));
  for (; i < bytes; i += 4) best = f32x4.max(best, splatAt(x + i));
  best = f32x4.max(best, i8x16.shuffle(best, best, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  best = f32x4.max(best, i8x16.shuffle(best, best, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (i = 0; i < whole; i += 16) {
    const e = exp4(sub(load4(x + i), best));
    store4(out + i, e);
    low = f64x2.add(low, lowDouble(e));
    high = f64x2.add(high, highDouble(e));
  }
  low = f64x2.add(low, high);
  let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (; i < bytes; i += 4) {
    const e = f32x4.extract_lane(exp4(sub(splatAt(x + i), best)), 0);
    store<f32>(out + i, e);
    sum += <f64>e;
  }
  const divisor = splat(<f32>sum);
  for (i = 0; i < whole; i += 16) store4(out + i, f32x4.div(load4(out + i), divisor));
  for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(out + i) / <f32>sum);
}

/** Running sums along the middle of [outer, length, inner]; items are lines along it. float: 1 float32, 0 int32. */
export function cumulate(
  float: i32, x: usize, out: usize, length: u32, inner: u32, exclusive: i32, reverse: i32,
  begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const outer = item / inner;
    const step = reverse ? <usize>0 - (<usize>inner << 2) : <usize>inner << 2;
    let at = (<usize>outer * length * inner + (item - outer * inner)) << 2;
    if (reverse) at += (<usize>(length - 1) * inner) << 2;
    if (float) {
      let sum: f64 = 0;
      for (let i: u32 = 0; i < length; i++, at += step) {
        const before = sum;
        sum += <f64>load<f32>(x + at);
        store<f32>(out + at, <f32>(exclusive ? before : sum));
      }
    } else {
      let sum: i32 = 0;
      for (let i: u32 = 0; i < length; i++, at += step) {
        const before = sum;
        sum += load<i32>(x + at);
        store<i32>(out + at, exclusive ? before : sum);
      }
    }
  }
}
