import { add, load4, splat, splatAt, store4, zero4 } from "./vector";

// Pooling of images [batch, height, width, channels]. What lies outside of an image does not count.

/** The largest number of each window, or -Infinity; NaN counts for nothing. Items are rows of the output. */
export function maxPool(
  x: usize, out: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32,
  begin: i32, end: i32, thread: i32,
): void {
  poolRows(false, x, out, height, width, channels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth,
    top, left, begin, end);
}

/** The mean of each window. Items are rows of the output. */
export function averagePool(
  x: usize, out: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32,
  begin: i32, end: i32, thread: i32,
): void {
  poolRows(true, x, out, height, width, channels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth,
    top, left, begin, end);
}

@inline function poolRows(
  average: bool, x: usize, out: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32, begin: i32, end: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>width * pixelBytes;
  let to = out + <usize>begin * <usize>outWidth * pixelBytes;
  for (let item = begin; item < end; item++) {
    const image = x + <usize>(item / outHeight) * <usize>height * rowBytes;
    const row = (item % outHeight) * strideHeight - top;
    const r0 = max(0, row);
    const rows = max(0, min(height, row + filterHeight) - r0);
    for (let n = 0, column = -left; n < outWidth; n++, column += strideWidth, to += pixelBytes) {
      const c0 = max(0, column);
      const columns = max(0, min(width, column + filterWidth) - c0);
      const from = image + <usize>r0 * rowBytes + <usize>c0 * pixelBytes;
      window(average, from, rowBytes, rows, columns, channels, <f32>(rows * columns), to);
    }
  }
}

/** Each number of the input gets its part of every window's mean that it is in. Items are rows of the input. */
export function averagePoolGradient(
  dy: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32,
  begin: i32, end: i32, thread: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>outWidth * pixelBytes;
  const share = <f32>(filterHeight * filterWidth);
  let to = dx + <usize>begin * <usize>width * pixelBytes;
  for (let item = begin; item < end; item++) {
    const image = dy + <usize>(item / height) * <usize>outHeight * rowBytes;
    const row = item % height + top;
    const r0 = first(row, filterHeight, strideHeight);
    const rows = max(0, min(outHeight, row / strideHeight + 1) - r0);
    for (let n = 0; n < width; n++, to += pixelBytes) {
      const c0 = first(n + left, filterWidth, strideWidth);
      const columns = max(0, min(outWidth, (n + left) / strideWidth + 1) - c0);
      const from = image + <usize>r0 * rowBytes + <usize>c0 * pixelBytes;
      window(true, from, rowBytes, rows, columns, channels, share, to);
    }
  }
}

/** The first window that reaches a place. */
@inline function first(place: i32, filter: i32, stride: i32): i32 {
  return place < filter ? 0 : (place - filter) / stride + 1;
}

/** Of each channel, the largest number of rows x columns pixels, or their sum divided by `divisor`. */
@inline function window(
  average: bool, from: usize, rowBytes: usize, rows: i32, columns: i32, channels: i32, divisor: f32, out: usize,
): void {
  const pixelBytes = <usize>channels << 2;
  let c: usize = 0;
  for (; c + 64 <= pixelBytes; c += 64)
    sixteen(average, from + c, rowBytes, pixelBytes, rows, columns, splat(divisor), out + c);
  if (channels >= 4)
    for (; c < pixelBytes; c += 16) {
      const at = min(c, pixelBytes - 16); // the last four overlap those before
      store4(out + at, few(average, true, from + at, rowBytes, pixelBytes, rows, columns, splat(divisor)));
    }
  for (; c < pixelBytes; c += 4) {
    const one = few(average, false, from + c, rowBytes, pixelBytes, rows, columns, splat(divisor));
    store<f32>(out + c, f32x4.extract_lane(one, 0));
  }
}

/** Sums are taken row by row: fewer roundings follow each other. */
@inline function few(
  average: bool, four: bool, from: usize, rowBytes: usize, pixelBytes: usize, rows: i32, columns: i32, divisor: v128,
): v128 {
  let all = average ? zero4() : splat(-Infinity);
  for (let r = 0; r < rows; r++, from += rowBytes) {
    let part = average ? zero4() : all;
    for (let c = 0, at = from; c < columns; c++, at += pixelBytes) part = taken(average, part, four ? load4(at) : splatAt(at));
    all = average ? add(all, part) : part;
  }
  return average ? f32x4.div(all, divisor) : all;
}

@inline function sixteen(
  average: bool, from: usize, rowBytes: usize, pixelBytes: usize, rows: i32, columns: i32, divisor: v128, out: usize,
): void {
  const start = average ? zero4() : splat(-Infinity);
  let a = start, b = start, c = start, d = start;
  for (let r = 0; r < rows; r++, from += rowBytes) {
    let ra = average ? zero4() : a, rb = average ? zero4() : b, rc = average ? zero4() : c, rd = average ? zero4() : d;
    for (let n = 0, at = from; n < columns; n++, at += pixelBytes) {
      ra = taken(average, ra, v128.load(at));
      rb = taken(average, rb, v128.load(at, 16));
      rc = taken(average, rc, v128.load(at, 32));
      rd = taken(average, rd, v128.load(at, 48));
    }
    a = average ? add(a, ra) : ra;
    b = average ? add(b, rb) : rb;
    c = average ? add(c, rc) : rc;
    d = average ? add(d, rd) : rd;
  }
  v128.store(out, average ? f32x4.div(a, divisor) : a);
  v128.store(out, average ? f32x4.div(b, divisor) : b, 16);
  v128.store(out, average ? f32x4.div(c, divisor) : c, 32);
  v128.store(out, average ? f32x4.div(d, divisor) : d, 48);
}

/** pmax(a, b) is a < b ? b : a, so that NaN is passed over. */
@inline function taken(average: bool, sum: v128, x: v128): v128 {
  return average ? add(sum, x) : f32x4.pmax(sum, x);
}
