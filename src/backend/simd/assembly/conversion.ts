import { load4, store4 } from "./vector";

/** Numbers of one type from those of another. kind: 0 float to int, 1 int to float, 2 float to bool, 3 int to bool,
 * 4 bool to float, 5 bool to int. */
export function convert(kind: i32, x: usize, out: usize, begin: i32, end: i32, thread: i32): void {
  let i = <usize>begin;
  const stop = <usize>end;
  switch (kind) {
    case 0:
      for (; i + 4 <= stop; i += 4) {
        const value = load4(x + (i << 2));
        const inside = f32x4.lt(f32x4.abs(value), f32x4.splat(2147483648));
        if (i32x4.all_true(inside)) store4(out + (i << 2), i32x4.trunc_sat_f32x4_s(value));
        else for (let j = i; j < i + 4; j++) store<i32>(out + (j << 2), wrapped(load<f32>(x + (j << 2))));
      }
      for (; i < stop; i++) store<i32>(out + (i << 2), wrapped(load<f32>(x + (i << 2))));
      return;
    case 1:
      for (; i + 4 <= stop; i += 4) store4(out + (i << 2), f32x4.convert_i32x4_s(load4(x + (i << 2))));
      for (; i < stop; i++) store<f32>(out + (i << 2), <f32>load<i32>(x + (i << 2)));
      return;
    case 2:
      for (; i < stop; i++) store<u8>(out + i, <u8>(load<f32>(x + (i << 2)) != 0));
      return;
    case 3:
      for (; i < stop; i++) store<u8>(out + i, <u8>(load<i32>(x + (i << 2)) != 0));
      return;
    case 4:
      for (; i < stop; i++) store<f32>(out + (i << 2), <f32>load<u8>(x + i));
      return;
    default:
      for (; i < stop; i++) store<i32>(out + (i << 2), <i32>load<u8>(x + i));
  }
}

/** What JavaScript makes of a number in an Int32Array: the whole part modulo 2^32, and 0 of NaN and infinities. */
function wrapped(value: f32): i32 {
  if (abs(value) < 2147483648) return <i32>value;
  const bits = reinterpret<u32>(value);
  const shift = ((bits >> 23) & 0xff) - 150;
  if (shift > 31) return 0;
  const size = <i32>(((bits & 0x7fffff) | 0x800000) << shift);
  return value < 0 ? -size : size;
}

/** Four bytes, again and again; items are four bytes each. */
export function fill(out: usize, word: i32, begin: i32, end: i32, thread: i32): void {
  let i = <usize>begin << 2;
  const stop = <usize>end << 2;
  const words = i32x4.splat(word);
  for (; i + 16 <= stop; i += 16) store4(out + i, words);
  for (; i < stop; i += 4) store<i32>(out + i, word);
}

/** out = condition ? a : b, four bytes each; a condition is a byte, and holds where it is 1. */
export function select4(condition: usize, a: usize, b: usize, out: usize, begin: i32, end: i32, thread: i32): void {
  let i = <usize>begin;
  const stop = <usize>end;
  for (; i + 4 <= stop; i += 4) {
    const at = i << 2;
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition + i)));
    store4(out + at, v128.bitselect(load4(a + at), load4(b + at), i32x4.eq(wide, i32x4.splat(1))));
  }
  for (; i < stop; i++) store<i32>(out + (i << 2), load<i32>((load<u8>(condition + i) == 1 ? a : b) + (i << 2)));
}
