import { add, highDouble, load4, lowDouble } from "./vector";

// Offsets are compared, never addresses: the end of the memory is 2^32, which no address is.
// Tensors are seen as [outer, length, inner], and length is summed away. At most 8 additions in a row are of single
// precision, the rest of double. A long sum is cut into parts, whose number depends on the shape alone.

/** Sums of parts of rows; items are parts. With one part a row, out has scaled float32; else plain float64. */
export function sumRows(
  x: usize, out: usize, length: u32, parts: u32, partLength: u32, scale: f64,
  begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const row = item / parts;
    const first = (item - row * parts) * partLength;
    const sum = sumOf(x + ((<usize>row * length + first) << 2), min(partLength, length - first));
    if (parts == 1) store<f32>(out + (<usize>item << 2), <f32>(sum * scale));
    else store<f64>(out + (<usize>item << 3), sum);
  }
}

function sumOf(x: usize, n: u32): f64 {
  const bytes = <usize>n << 2;
  const whole = bytes & ~63;
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let i: usize = 0;
  while (i < whole) {
    const blockEnd = min(i + 512, whole);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (; i < blockEnd; i += 64) {
      s0 = add(s0, load4(x + i));
      s1 = add(s1, load4(x + i + 16));
      s2 = add(s2, load4(x + i + 32));
      s3 = add(s3, load4(x + i + 48));
    }
    const block = add(add(s0, s1), add(s2, s3));
    low = f64x2.add(low, lowDouble(block));
    high = f64x2.add(high, highDouble(block));
  }
  low = f64x2.add(low, high);
  let sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  for (; i < bytes; i += 4) sum += <f64>load<f32>(x + i);
  return sum;
}

/**
 * Sums of parts of columns; an item is `width` columns of a part. With one part, out has scaled float32, and `space` is room
 * for `width` float64 of each thread; else out has plain float64.
 */
export function sumColumns(
  x: usize, out: usize, space: usize, length: u32, inner: u32, parts: u32, partLength: u32, width: u32, scale: f64,
  begin: i32, end: i32, thread: i32,
): void {
  const blocks = (inner + width - 1) / width;
  const rowBytes = <usize>inner << 2;
  for (let item = <u32>begin; item < <u32>end; item++) {
    const slice = item / blocks;
    const column = (item - slice * blocks) * width;
    const outer = slice / parts;
    const first = (slice - outer * parts) * partLength;
    const n = min(width, inner - column);
    const to = <usize>slice * inner + column;
    const sums = parts == 1 ? space + <usize>thread * width * 8 : out + (to << 3);
    memory.fill(sums, 0, <usize>n << 3);
    let row = x + ((<usize>(outer * length + first) * inner + column) << 2);
    let rows = min(partLength, length - first);
    for (; rows >= 8; rows -= 8, row += 8 * rowBytes) addEight(row, rowBytes, sums, n);
    for (; rows > 0; rows--, row += rowBytes) addOne(row, sums, n);
    if (parts == 1)
      for (let i: usize = 0; i < n; i++) store<f32>(out + ((to + i) << 2), <f32>(load<f64>(sums + (i << 3)) * scale));
  }
}

function addEight(x: usize, step: usize, sums: usize, n: u32): void {
  const all = <usize>n << 2;
  let i: usize = 0;
  for (; i + 16 <= all; i += 16) {
    let at = x + i;
    let sum = add(load4(at), load4(at + step));
    at += 2 * step;
    sum = add(sum, add(load4(at), load4(at + step)));
    at += 2 * step;
    let other = add(load4(at), load4(at + step));
    at += 2 * step;
    other = add(other, add(load4(at), load4(at + step)));
    addTo(sums + (i << 1), add(sum, other));
  }
  for (; i < all; i += 4) {
    let sum: f64 = 0;
    for (let row: usize = 0, at = x + i; row < 8; row++, at += step) sum += <f64>load<f32>(at);
    store<f64>(sums + (i << 1), load<f64>(sums + (i << 1)) + sum);
  }
}

function addOne(x: usize, sums: usize, n: u32): void {
  const all = <usize>n << 2;
  let i: usize = 0;
  for (; i + 16 <= all; i += 16) addTo(sums + (i << 1), load4(x + i));
  for (; i < all; i += 4) store<f64>(sums + (i << 1), load<f64>(sums + (i << 1)) + <f64>load<f32>(x + i));
}

@inline function addTo(sums: usize, value: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), lowDouble(value)));
  v128.store(sums + 16, f64x2.add(v128.load(sums + 16), highDouble(value)));
}

/** Scaled sums of float64 parts, first to last; items are numbers of out. */
export function sumParts(
  x: usize, out: usize, parts: u32, inner: u32, scale: f64, begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const outer = item / inner;
    let at = x + ((<usize>outer * parts * inner + (item - outer * inner)) << 3);
    let sum: f64 = 0;
    for (let part: u32 = 0; part < parts; part++, at += <usize>inner << 3) sum += load<f64>(at);
    store<f32>(out + (<usize>item << 2), <f32>(sum * scale));
  }
}

/** Reductions of int32; items are numbers of out. op: 0 sum, 1 greatest, 2 least. */
export function reduceWhole(
  op: i32, x: usize, out: usize, length: u32, inner: u32, begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const outer = item / inner;
    let at = x + ((<usize>outer * length * inner + (item - outer * inner)) << 2);
    let result = load<i32>(at);
    for (let i: u32 = 1; i < length; i++) {
      at += <usize>inner << 2;
      const value = load<i32>(at);
      result = op == 0 ? result + value : op == 1 ? max(result, value) : min(result, value);
    }
    store<i32>(out + (<usize>item << 2), result);
  }
}

/** Whether all (op 0) or any (op 1) bytes are not 0; items are bytes of out. */
export function reduceBytes(
  op: i32, x: usize, out: usize, length: u32, inner: u32, begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const outer = item / inner;
    let at = x + (<usize>outer * length * inner + (item - outer * inner));
    let i: u32 = 0;
    for (; i < length && (load<u8>(at) != 0) == (op == 0); i++) at += inner;
    store<u8>(out + item, <u8>((i == length) == (op == 0)));
  }
}
