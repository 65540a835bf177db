import { load4, splatAt, store4 } from "./vector";

// Tensors are seen as [outer, length, inner], of which the greatest (op 0) or least (op 1) along length are found. NaN wins.

/** Extremes of parts of rows; items are parts. */
export function extremeRows(
  op: i32, x: usize, out: usize, length: u32, parts: u32, partLength: u32, begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const row = item / parts;
    const first = (item - row * parts) * partLength;
    const from = x + ((<usize>row * length + first) << 2);
    const n = min(partLength, length - first);
    store<f32>(out + (<usize>item << 2), op == 0 ? extremeOf(0, from, n) : extremeOf(1, from, n));
  }
}

@inline function extremeOf(op: i32, x: usize, n: u32): f32 {
  const bytes = <usize>n << 2;
  let i: usize = 0;
  let result = splatAt(x);
  let other = result;
  for (; i + 32 <= bytes; i += 32) {
    result = better(op, result, load4(x + i));
    other = better(op, other, load4(x + i + 16));
  }
  result = better(op, result, other);
  result = better(op, result, i8x16.shuffle(result, result, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  result = better(op, result, i8x16.shuffle(result, result, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  for (; i < bytes; i += 4) result = better(op, result, splatAt(x + i));
  return f32x4.extract_lane(result, 0);
}

@inline function better(op: i32, a: v128, b: v128): v128 {
  return op == 0 ? f32x4.max(a, b) : f32x4.min(a, b);
}

/** Extremes of parts of columns; an item is `width` columns of a part. */
export function extremeColumns(
  op: i32, x: usize, out: usize, length: u32, inner: u32, parts: u32, partLength: u32, width: u32,
  begin: i32, end: i32, thread: i32,
): void {
  const blocks = (inner + width - 1) / width;
  const rowBytes = <usize>inner << 2;
  for (let item = <u32>begin; item < <u32>end; item++) {
    const slice = item / blocks;
    const column = (item - slice * blocks) * width;
    const outer = slice / parts;
    const first = (slice - outer * parts) * partLength;
    const bytes = <usize>min(width, inner - column) << 2;
    const to = out + ((<usize>slice * inner + column) << 2);
    let row = x + ((<usize>(outer * length + first) * inner + column) << 2);
    memory.copy(to, row, bytes);
    for (let rows = min(partLength, length - first) - 1; rows > 0; rows--) {
      row += rowBytes;
      if (op == 0) columns(0, row, to, bytes);
      else columns(1, row, to, bytes);
    }
  }
}

@inline function columns(op: i32, x: usize, out: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) store4(out + i, better(op, load4(out + i), load4(x + i)));
  for (; i < bytes; i += 4) v128.store_lane<u32>(out + i, better(op, splatAt(out + i), splatAt(x + i)), 0);
}

/** Places of the first extremes, int32; items are numbers of out. A NaN counts only where it comes first. */
export function extremePlace(
  op: i32, x: usize, out: usize, length: u32, inner: u32, begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const outer = item / inner;
    let at = x + ((<usize>outer * length * inner + (item - outer * inner)) << 2);
    let extreme = load<f32>(at);
    let place: u32 = 0;
    for (let i: u32 = 1; i < length; i++) {
      at += <usize>inner << 2;
      const value = load<f32>(at);
      if (op == 0 ? value > extreme : value < extreme) {
        extreme = value;
        place = i;
      }
    }
    store<u32>(out + (<usize>item << 2), place);
  }
}
