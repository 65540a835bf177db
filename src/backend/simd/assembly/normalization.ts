import { load4, madd, splatAt, store4, sub } from "./vector";

/** out = (x - mean) * factor + offset in rows of `columns` numbers, as many as mean, factor and offset have. Items are rows. */
export function normalizeRows(
  x: usize, mean: usize, factor: usize, offset: usize, out: usize, columns: i32, begin: i32, end: i32, thread: i32,
): void {
  const rowBytes = <usize>columns << 2;
  let at = <usize>begin * rowBytes;
  for (let row = begin; row < end; row++, at += rowBytes) {
    let n: usize = 0;
    for (; n + 16 <= rowBytes; n += 16)
      store4(out + at + n, madd(sub(load4(x + at + n), load4(mean + n)), load4(factor + n), load4(offset + n)));
    for (; n < rowBytes; n += 4) {
      const value = madd(sub(splatAt(x + at + n), splatAt(mean + n)), splatAt(factor + n), splatAt(offset + n));
      store<f32>(out + at + n, f32x4.extract_lane(value, 0));
    }
  }
}
