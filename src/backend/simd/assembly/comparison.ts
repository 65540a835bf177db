import { load4, splatAt } from "./vector";

/** One byte, 0 or 1, for each pair of numbers. op: 0 to 7 on float32, 8 to 13 on int32; see `holds`. */
export function comparisonRow(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, out: usize, n: u32): void {
  switch (op) {
    case 0: return numbers(0, a, aStep, b, bStep, out, n);
    case 1: return numbers(1, a, aStep, b, bStep, out, n);
    case 2: return numbers(2, a, aStep, b, bStep, out, n);
    case 3: return numbers(3, a, aStep, b, bStep, out, n);
    case 4: return numbers(4, a, aStep, b, bStep, out, n);
    case 5: return numbers(5, a, aStep, b, bStep, out, n);
    case 6: return numbers(6, a, aStep, b, bStep, out, n);
    case 7: return numbers(7, a, aStep, b, bStep, out, n);
    case 8: return numbers(8, a, aStep, b, bStep, out, n);
    case 9: return numbers(9, a, aStep, b, bStep, out, n);
    case 10: return numbers(10, a, aStep, b, bStep, out, n);
    case 11: return numbers(11, a, aStep, b, bStep, out, n);
    case 12: return numbers(12, a, aStep, b, bStep, out, n);
    default: return numbers(13, a, aStep, b, bStep, out, n);
  }
}

@inline function numbers(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, out: usize, n: u32): void {
  let i: usize = 0;
  if (aStep && bStep)
    for (; i + 16 <= <usize>n; i += 16) {
      const x = a + (i << 2);
      const y = b + (i << 2);
      v128.store(
        out + i,
        bytes(
          holds(op, load4(x), load4(y)),
          holds(op, load4(x + 16), load4(y + 16)),
          holds(op, load4(x + 32), load4(y + 32)),
          holds(op, load4(x + 48), load4(y + 48)),
        ),
      );
    }
  else if (aStep) {
    const y = splatAt(b);
    for (; i + 16 <= <usize>n; i += 16) {
      const x = a + (i << 2);
      v128.store(
        out + i,
        bytes(
          holds(op, load4(x), y),
          holds(op, load4(x + 16), y),
          holds(op, load4(x + 32), y),
          holds(op, load4(x + 48), y),
        ),
      );
    }
  }
  for (; i < <usize>n; i++) {
    const x = splatAt(aStep ? a + (i << 2) : a);
    const y = splatAt(bStep ? b + (i << 2) : b);
    store<u8>(out + i, i32x4.extract_lane(holds(op, x, y), 0) & 1);
  }
}

@inline function holds(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case 0: return f32x4.eq(a, b);
    case 1: return f32x4.ne(a, b);
    case 2: return f32x4.gt(a, b);
    case 3: return f32x4.ge(a, b);
    case 4: return f32x4.lt(a, b);
    case 5: return f32x4.le(a, b);
    case 6: return f32x4.lt(f32x4.abs(a), f32x4.splat(Infinity)); // finite
    case 7: return f32x4.eq(f32x4.abs(a), f32x4.splat(Infinity)); // infinite
    case 8: return i32x4.eq(a, b);
    case 9: return i32x4.ne(a, b);
    case 10: return i32x4.gt_s(a, b);
    case 11: return i32x4.ge_s(a, b);
    case 12: return i32x4.lt_s(a, b);
    default: return i32x4.le_s(a, b);
  }
}

/** Sixteen masks of numbers as sixteen bytes, 0 or 1. */
@inline function bytes(m0: v128, m1: v128, m2: v128, m3: v128): v128 {
  const narrow = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3));
  return v128.and(narrow, i8x16.splat(1));
}

/** Bytes from bytes. op: 0 and, 1 or, 2 not a, 3 equal, 4 not equal, 5 greater, 6 greater or equal, 7 less, 8 less or equal. */
export function byteRow(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, out: usize, n: u32): void {
  let i: usize = 0;
  if (aStep && bStep)
    for (; i + 16 <= <usize>n; i += 16) v128.store(out + i, logic(op, v128.load(a + i), v128.load(b + i)));
  for (; i < <usize>n; i++) {
    const x = v128.load8_splat(aStep ? a + i : a);
    const y = v128.load8_splat(bStep ? b + i : b);
    v128.store_lane<u8>(out + i, logic(op, x, y), 0);
  }
}

// TensorFlow.js gives a or b itself where JavaScript's && and || do.
@inline function logic(op: i32, a: v128, b: v128): v128 {
  const none = i8x16.splat(0);
  switch (op) {
    case 0: return v128.andnot(b, i8x16.eq(a, none));
    case 1: return v128.bitselect(b, a, i8x16.eq(a, none));
    case 2: return v128.and(i8x16.eq(a, none), i8x16.splat(1));
    case 3: return v128.and(i8x16.eq(a, b), i8x16.splat(1));
    case 4: return v128.and(i8x16.ne(a, b), i8x16.splat(1));
    case 5: return v128.and(i8x16.gt_u(a, b), i8x16.splat(1));
    case 6: return v128.and(i8x16.ge_u(a, b), i8x16.splat(1));
    case 7: return v128.and(i8x16.lt_u(a, b), i8x16.splat(1));
    default: return v128.and(i8x16.le_u(a, b), i8x16.splat(1));
  }
}
