import { placeIn } from "./product";
import { add, load4, madd, splatAt, store4, total, zero4 } from "./vector";

// Products where one side is too thin for tiles: what counts is to read the other side once, in order.

/**
 * Dot products of the rows of matrices with a few vectors, all of `depth` numbers: element (row, vector) of a batch lies at
 * out + row * outRowBytes + vector * outVectorBytes. Items are blocks of 4 rows, batch after batch.
 */
export function rowDots(
  matrix: usize, matrixTable: usize, vectors: usize, vectorTable: usize, out: usize, rows: i32, count: i32, depth: i32,
  outRowBytes: usize, outVectorBytes: usize, begin: i32, end: i32, thread: i32,
): void {
  const blocks = (rows + 3) >> 2;
  const rowBytes = <usize>depth << 2;
  const outBytes = (<usize>rows * <usize>count) << 2;
  for (let item = begin; item < end; item++) {
    const batch = item / blocks;
    const row = (item % blocks) << 2;
    const height = min(4, rows - row);
    const from = matrix + (placeIn(matrixTable, batch) * <usize>rows + <usize>row) * rowBytes;
    let vector = vectors + placeIn(vectorTable, batch) * <usize>count * rowBytes;
    let to = out + <usize>batch * outBytes + <usize>row * outRowBytes;
    for (let v = 0; v < count; v++, vector += rowBytes, to += outVectorBytes)
      dots(from, rowBytes, height, vector, depth, to, outRowBytes);
  }
}

/** Of up to 4 rows with one vector; a missing row is computed as a copy of the first, and not stored. */
@inline function dots(a: usize, rowBytes: usize, rows: i32, b: usize, depth: i32, out: usize, outRowBytes: usize): void {
  let a0 = a;
  let a1 = rows > 1 ? a + rowBytes : a;
  let a2 = rows > 2 ? a + 2 * rowBytes : a;
  let a3 = rows > 3 ? a + 3 * rowBytes : a;
  let c0 = zero4(), c1 = zero4(), c2 = zero4(), c3 = zero4();
  let d0 = zero4(), d1 = zero4(), d2 = zero4(), d3 = zero4();
  let k = depth;
  for (; k >= 8; k -= 8, a0 += 32, a1 += 32, a2 += 32, a3 += 32, b += 32) {
    const low = v128.load(b), high = v128.load(b, 16);
    c0 = madd(v128.load(a0), low, c0);
    c1 = madd(v128.load(a1), low, c1);
    c2 = madd(v128.load(a2), low, c2);
    c3 = madd(v128.load(a3), low, c3);
    d0 = madd(v128.load(a0, 16), high, d0);
    d1 = madd(v128.load(a1, 16), high, d1);
    d2 = madd(v128.load(a2, 16), high, d2);
    d3 = madd(v128.load(a3, 16), high, d3);
  }
  let s0 = total(add(c0, d0)), s1 = total(add(c1, d1)), s2 = total(add(c2, d2)), s3 = total(add(c3, d3));
  for (; k > 0; k--, a0 += 4, a1 += 4, a2 += 4, a3 += 4, b += 4) {
    const x = load<f32>(b);
    s0 += load<f32>(a0) * x;
    s1 += load<f32>(a1) * x;
    s2 += load<f32>(a2) * x;
    s3 += load<f32>(a3) * x;
  }
  store<f32>(out, s0);
  if (rows > 1) store<f32>(out + outRowBytes, s1);
  if (rows > 2) store<f32>(out + 2 * outRowBytes, s2);
  if (rows > 3) store<f32>(out + 3 * outRowBytes, s3);
}

/**
 * out[batch] = A[aTable[batch]] x B[bTable[batch]] with few rows in A, as weighted sums of the rows of B. Items are blocks of
 * `block` columns (a multiple of 4), batch after batch.
 */
export function rowSums(
  a: usize, aTable: usize, b: usize, bTable: usize, out: usize, rows: i32, columns: i32, depth: i32, block: i32,
  begin: i32, end: i32, thread: i32,
): void {
  const blocks = (columns + block - 1) / block;
  const rowBytes = <usize>columns << 2;
  for (let item = begin; item < end; item++) {
    const batch = item / blocks;
    const n = (item % blocks) * block;
    const width = min(block, columns - n);
    const left = a + ((placeIn(aTable, batch) * <usize>rows * <usize>depth) << 2);
    const right = b + placeIn(bTable, batch) * <usize>depth * rowBytes + (<usize>n << 2);
    const to = out + <usize>batch * <usize>rows * rowBytes + (<usize>n << 2);
    for (let m: usize = 0; m < <usize>rows; m++) memory.fill(to + m * rowBytes, 0, <usize>width << 2);
    for (let k = 0; k < depth; k += 4)
      for (let m: usize = 0; m < <usize>rows; m++)
        addRows(left + ((m * <usize>depth + <usize>k) << 2), min(4, depth - k), right + <usize>k * rowBytes, rowBytes,
          to + m * rowBytes, width);
  }
}

/** out += up to 4 weighted rows. */
function addRows(weights: usize, count: i32, row: usize, rowBytes: usize, out: usize, width: i32): void {
  if (count < 4) {
    for (let k = 0; k < count; k++, weights += 4, row += rowBytes) addRow(weights, row, out, width);
    return;
  }
  const w0 = splatAt(weights), w1 = splatAt(weights + 4), w2 = splatAt(weights + 8), w3 = splatAt(weights + 12);
  let r0 = row, r1 = row + rowBytes, r2 = row + 2 * rowBytes, r3 = row + 3 * rowBytes;
  let n = width;
  for (; n >= 4; n -= 4, r0 += 16, r1 += 16, r2 += 16, r3 += 16, out += 16) {
    let sum = madd(w0, load4(r0), load4(out));
    sum = madd(w1, load4(r1), sum);
    sum = madd(w2, load4(r2), sum);
    store4(out, madd(w3, load4(r3), sum));
  }
  for (; n > 0; n--, r0 += 4, r1 += 4, r2 += 4, r3 += 4, out += 4) {
    let sum = madd(w0, splatAt(r0), splatAt(out));
    sum = madd(w1, splatAt(r1), sum);
    sum = madd(w2, splatAt(r2), sum);
    store<f32>(out, f32x4.extract_lane(madd(w3, splatAt(r3), sum), 0));
  }
}

function addRow(weight: usize, row: usize, out: usize, width: i32): void {
  const w = splatAt(weight);
  for (; width >= 4; width -= 4, row += 16, out += 16) store4(out, madd(w, load4(row), load4(out)));
  for (; width > 0; width--, row += 4, out += 4)
    store<f32>(out, f32x4.extract_lane(madd(w, splatAt(row), splatAt(out)), 0));
}
