// Four numbers at a time, in a few letters: the words that all kernels are written in.

@inline export function load4(address: usize): v128 {
  return v128.load(address);
}

@inline export function store4(address: usize, value: v128): void {
  v128.store(address, value);
}

/** The number at an address, four times. */
@inline export function splatAt(address: usize): v128 {
  return v128.load32_splat(address);
}

@inline export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

@inline export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

@inline export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

@inline export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** a * b + c, in one rounding where the engine can. */
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

@inline export function zero4(): v128 {
  return f32x4.splat(0);
}

/** Sum of the four numbers. */
@inline export function total(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/** The first two and the last two numbers in double precision. */
@inline export function lowDouble(a: v128): v128 {
  return f64x2.promote_low_f32x4(a);
}

@inline export function highDouble(a: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
}

/** Four numbers of two pairs in double precision, each rounded once. */
@inline export function single(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
