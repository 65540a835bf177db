import { load4, store4 } from "./vector";

/** Matrices of rows x columns numbers, each into its transpose. Items are blocks of 4 rows, batch after batch. */
export function transposeMatrices(
  from: usize, to: usize, rows: i32, columns: i32, begin: i32, end: i32, thread: i32,
): void {
  const blocks = (rows + 3) >> 2;
  const bytes = (<usize>rows * <usize>columns) << 2;
  const rowBytes = <usize>columns << 2;
  const columnBytes = <usize>rows << 2;
  for (let item = begin; item < end; item++) {
    const m = (item % blocks) << 2;
    const start = <usize>(item / blocks) * bytes;
    transposeRows(from + start + <usize>m * rowBytes, rowBytes, to + start + (<usize>m << 2), columnBytes,
      min(4, rows - m), columns);
  }
}

function transposeRows(from: usize, rowBytes: usize, to: usize, columnBytes: usize, rows: i32, columns: i32): void {
  let n = 0;
  if (rows == 4)
    for (; n + 4 <= columns; n += 4, from += 16, to += columnBytes << 2) transpose4x4(from, rowBytes, to, columnBytes);
  for (; n < columns; n++, from += 4, to += columnBytes)
    for (let m: usize = 0; m < <usize>rows; m++) store<f32>(to + (m << 2), load<f32>(from + m * rowBytes));
}

/** 4 rows of 4 numbers, `fromBytes` apart, into 4 rows `toBytes` apart. */
@inline export function transpose4x4(from: usize, fromBytes: usize, to: usize, toBytes: usize): void {
  const a = load4(from);
  const b = load4(from + fromBytes);
  const c = load4(from + 2 * fromBytes);
  const d = load4(from + 3 * fromBytes);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  store4(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  store4(to + toBytes, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  store4(to + 2 * toBytes, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  store4(to + 3 * toBytes, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
