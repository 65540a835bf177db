import { tile4x8 } from "./tile";
import { transpose4x4 } from "./transposition";
import { add, load4, madd, splatAt, store4, zero4 } from "./vector";

// Matrix products. The right matrix is packed into panels of 8 columns, [panel][depth][8], so that the inner loop reads it
// in order; the left one is read where it lies. Every number of a product is the same sum in the same order wherever it lies
// in a tile, so that a product may be cut anywhere.

/** Columns of a panel. */
const WIDTH: i32 = 8;
/** Bytes of a panel per unit of depth. */
const PANEL_ROW: usize = 32;
/** Depth summed at a time: a panel of it (16 KiB) stays in the first-level cache. */
const DEPTH: i32 = 512;
/** Rows at a time: DEPTH numbers of each (128 KiB) stay in the second-level cache. */
const ROWS: i32 = 64;

/**
 * Packs a matrix (element (k, n) at b + k * rowBytes + n * columnBytes) into panels, and fills the last with zeros.
 * Items are panels.
 */
export function packPanels(
  b: usize, rowBytes: usize, columnBytes: usize, depth: i32, columns: i32, packed: usize,
  begin: i32, end: i32, thread: i32,
): void {
  for (let panel = begin; panel < end; panel++) {
    const from = b + <usize>panel * (columnBytes << 3);
    const to = packed + <usize>panel * <usize>depth * PANEL_ROW;
    const width = min(WIDTH, columns - panel * WIDTH);
    if (width == WIDTH && columnBytes == 4) packRows(from, rowBytes, depth, to);
    else if (width == WIDTH && rowBytes == 4) packColumns(from, columnBytes, depth, to);
    else packElements(from, rowBytes, columnBytes, depth, width, to);
  }
}

function packRows(from: usize, rowBytes: usize, depth: i32, to: usize): void {
  for (let k = 0; k < depth; k++, from += rowBytes, to += PANEL_ROW) {
    store4(to, load4(from));
    store4(to + 16, load4(from + 16));
  }
}

function packColumns(from: usize, columnBytes: usize, depth: i32, to: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4, from += 16, to += 4 * PANEL_ROW) {
    transpose4x4(from, columnBytes, to, PANEL_ROW);
    transpose4x4(from + (columnBytes << 2), columnBytes, to + 16, PANEL_ROW);
  }
  packElements(from, 4, columnBytes, depth - k, WIDTH, to);
}

function packElements(from: usize, rowBytes: usize, columnBytes: usize, depth: i32, width: i32, to: usize): void {
  for (let k = 0; k < depth; k++, from += rowBytes, to += PANEL_ROW) {
    for (let n = 0; n < WIDTH; n++)
      store<f32>(to + (<usize>n << 2), n < width ? load<f32>(from + <usize>n * columnBytes) : 0);
  }
}

/**
 * out[rows x columns] = A x packed panels, or added to it. Element (m, k) of A lies at a + m * aRowBytes + k * aDepthBytes,
 * row m of out at out + m * outRowBytes.
 */
export function panelProduct(
  a: usize, aRowBytes: usize, aDepthBytes: usize, packed: usize, out: usize, outRowBytes: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  for (let m0 = 0; m0 < rows; m0 += ROWS) {
    const m1 = min(m0 + ROWS, rows);
    let k0 = 0;
    do { // at depth 0 too: a sum of nothing is 0
      const deep = min(DEPTH, depth - k0);
      const from = a + <usize>k0 * aDepthBytes;
      const further = accumulate || k0 > 0;
      for (let n = 0; n < columns; n += WIDTH) {
        const panel = packed + (<usize>(n >> 3) * <usize>depth + <usize>k0) * PANEL_ROW;
        const whole = n + WIDTH <= columns;
        let m = m0;
        if (whole)
          for (; m + 4 <= m1; m += 4)
            tile4x8(from + <usize>m * aRowBytes, aRowBytes, aDepthBytes, panel, PANEL_ROW, deep,
              out + <usize>m * outRowBytes + (<usize>n << 2), outRowBytes, further);
        for (; m < m1; m += 4)
          tileAtEdge(from + <usize>m * aRowBytes, aRowBytes, aDepthBytes, panel, deep,
            out + <usize>m * outRowBytes + (<usize>n << 2), outRowBytes, further, min(4, m1 - m), min(WIDTH, columns - n));
      }
      k0 += DEPTH;
    } while (k0 < depth);
  }
}

function tileAtEdge(
  a: usize, rowBytes: usize, depthBytes: usize, panel: usize, depth: i32, out: usize, outRowBytes: usize, accumulate: bool,
  rows: i32, columns: i32,
): void {
  tile(a, rowBytes, depthBytes, panel, depth, out, outRowBytes, accumulate, rows, columns);
}

/** Of 1 to 4 rows and 1 to 8 columns. Missing rows are computed as copies of the first, and not stored. */
@inline function tile(
  a: usize, rowBytes: usize, depthBytes: usize, panel: usize, depth: i32, out: usize, outRowBytes: usize, accumulate: bool,
  rows: i32, columns: i32,
): void {
  let a0 = a;
  let a1 = rows > 1 ? a + rowBytes : a;
  let a2 = rows > 2 ? a + 2 * rowBytes : a;
  let a3 = rows > 3 ? a + 3 * rowBytes : a;
  let c00 = zero4(), c01 = zero4(), c10 = zero4(), c11 = zero4();
  let c20 = zero4(), c21 = zero4(), c30 = zero4(), c31 = zero4();
  for (let k = depth; k > 0; k--) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let s = splatAt(a0);
    c00 = madd(s, b0, c00);
    c01 = madd(s, b1, c01);
    s = splatAt(a1);
    c10 = madd(s, b0, c10);
    c11 = madd(s, b1, c11);
    s = splatAt(a2);
    c20 = madd(s, b0, c20);
    c21 = madd(s, b1, c21);
    s = splatAt(a3);
    c30 = madd(s, b0, c30);
    c31 = madd(s, b1, c31);
    a0 += depthBytes;
    a1 += depthBytes;
    a2 += depthBytes;
    a3 += depthBytes;
    panel += PANEL_ROW;
  }
  storeRow(out, c00, c01, columns, accumulate);
  if (rows > 1) storeRow(out + outRowBytes, c10, c11, columns, accumulate);
  if (rows > 2) storeRow(out + 2 * outRowBytes, c20, c21, columns, accumulate);
  if (rows > 3) storeRow(out + 3 * outRowBytes, c30, c31, columns, accumulate);
}

@inline function storeRow(out: usize, low: v128, high: v128, columns: i32, accumulate: bool): void {
  if (columns == WIDTH) {
    store4(out, accumulate ? add(load4(out), low) : low);
    store4(out + 16, accumulate ? add(load4(out + 16), high) : high);
  } else storePart(out, low, high, columns, accumulate);
}

function storePart(out: usize, low: v128, high: v128, columns: i32, accumulate: bool): void {
  for (let n = 0; n < columns; n++, out += 4) {
    const value = f32x4.extract_lane(low, 0);
    store<f32>(out, accumulate ? load<f32>(out) + value : value);
    low = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
    high = v128.shuffle<f32>(high, high, 1, 2, 3, 0);
  }
}
