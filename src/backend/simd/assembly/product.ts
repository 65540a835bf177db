import { finish } from "./activation";
import { packPanels, panelProduct } from "./gemm";

// Products of batches of matrices. Tables give the place of each batch's matrix among the given ones (int32).

@inline export function placeIn(table: usize, batch: i32): usize {
  return <usize>load<u32>(table + (<usize>batch << 2));
}

/** Packs matrices of depth x columns numbers (see packPanels). Items are panels, matrix after matrix. */
export function packMatrices(
  b: usize, rowBytes: usize, columnBytes: usize, depth: i32, columns: i32, packed: usize,
  begin: i32, end: i32, thread: i32,
): void {
  const panels = (columns + 7) >> 3;
  const bytes = (<usize>depth * <usize>columns) << 2;
  const packedBytes = (<usize>depth * <usize>panels) << 5;
  for (let item = begin; item < end; item++) {
    const panel = item % panels;
    const batch = <usize>(item / panels);
    packPanels(b + batch * bytes, rowBytes, columnBytes, depth, columns, packed + batch * packedBytes,
      panel, panel + 1, thread);
  }
}

/**
 * out[batch] = activation(A[aTable[batch]] x packed[bTable[batch]] + bias), A of rows x depth numbers. Items are blocks of
 * rowBlock x columnBlock numbers (columnBlock: a multiple of 8), batch after batch. bias: an address, or 0.
 */
export function matrixProduct(
  a: usize, aTable: usize, packed: usize, bTable: usize, out: usize, rows: i32, columns: i32, depth: i32,
  rowBlock: i32, columnBlock: i32, bias: usize, activation: i32, alpha: f32, begin: i32, end: i32, thread: i32,
): void {
  const across = (columns + columnBlock - 1) / columnBlock;
  const blocks = ((rows + rowBlock - 1) / rowBlock) * across;
  const panelBytes = <usize>depth << 5;
  const packedBytes = panelBytes * <usize>((columns + 7) >> 3);
  const aRowBytes = <usize>depth << 2;
  const outRowBytes = <usize>columns << 2;
  for (let item = begin; item < end; item++) {
    const batch = item / blocks;
    const block = item % blocks;
    const m = (block / across) * rowBlock;
    const n = (block % across) * columnBlock;
    const height = min(rowBlock, rows - m);
    const width = min(columnBlock, columns - n);
    const left = a + (placeIn(aTable, batch) * <usize>rows + <usize>m) * aRowBytes;
    const right = packed + placeIn(bTable, batch) * packedBytes + <usize>(n >> 3) * panelBytes;
    const to = out + (<usize>batch * <usize>rows + <usize>m) * outRowBytes + (<usize>n << 2);
    panelProduct(left, aRowBytes, 4, right, to, outRowBytes, height, width, depth, false);
    if (bias || activation) finish(to, outRowBytes, height, width, bias ? bias + (<usize>n << 2) : 0, activation, alpha);
  }
}
