import { add, load4, mul, splat, splatAt, store4, zero4 } from "./vector";

/** numbers = activation(numbers + bias) in rows of `columns`; items are rows. bias: the address of a row, or 0. */
export function finishRows(
  numbers: usize, columns: i32, bias: usize, activation: i32, alpha: f32, begin: i32, end: i32, thread: i32,
): void {
  const rowBytes = <usize>columns << 2;
  finish(numbers + <usize>begin * rowBytes, rowBytes, end - begin, columns, bias, activation, alpha);
}

export function finish(
  numbers: usize, rowBytes: usize, rows: i32, columns: i32, bias: usize, activation: i32, alpha: f32,
): void {
  const slope = splat(alpha);
  for (let m = 0; m < rows; m++, numbers += rowBytes) {
    let n: usize = 0;
    const stop = <usize>columns << 2;
    for (; n + 16 <= stop; n += 16) {
      const x = bias ? add(load4(numbers + n), load4(bias + n)) : load4(numbers + n);
      store4(numbers + n, activated(x, activation, slope));
    }
    for (; n < stop; n += 4) {
      const x = bias ? add(splatAt(numbers + n), splatAt(bias + n)) : splatAt(numbers + n);
      store<f32>(numbers + n, f32x4.extract_lane(activated(x, activation, slope), 0));
    }
  }
}

/** 0 none, 1 relu, 2 relu6, 3 leaky relu. NaN stays NaN. */
@inline function activated(x: v128, activation: i32, slope: v128): v128 {
  switch (activation) {
    case 0: return x;
    case 1: return f32x4.max(zero4(), x);
    case 2: return f32x4.min(f32x4.max(zero4(), x), splat(6));
    default: return v128.bitselect(mul(x, slope), x, f32x4.lt(x, zero4()));
  }
}
