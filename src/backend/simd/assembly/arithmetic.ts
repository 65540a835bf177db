import { add, load4, mul, splatAt, store4, sub } from "./vector";

/** out = a (op) b for equal shapes; items are numbers. op: 0 add, 1 subtract, 2 multiply, 3 divide. */
export function binarySame(a: usize, b: usize, out: usize, op: i32, begin: i32, end: i32, thread: i32): void {
  let i = <usize>begin << 2;
  const stop = <usize>end << 2;
  for (; i + 16 <= stop; i += 16) store4(out + i, apply4(op, load4(a + i), load4(b + i)));
  for (; i < stop; i += 4) store<f32>(out + i, f32x4.extract_lane(apply4(op, splatAt(a + i), splatAt(b + i)), 0));
}

@inline function apply4(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case 0: return add(a, b);
    case 1: return sub(a, b);
    case 2: return mul(a, b);
    default: return f32x4.div(a, b);
  }
}
