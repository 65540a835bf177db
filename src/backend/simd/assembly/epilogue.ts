// What is done to a convolution's result while it is still in the cache.
import { add, highDouble, load4, lowDouble, madd, store4, zero4 } from "./vector";

/** Kinds of epilogue; the same numbers stand in ../kernels/stage.ts. */
export const NONE: i32 = 0;
/** Adds up each channel and its squares, for batch norm. */
export const SUMS: i32 = 1;
/** out = k0 * out + k2 + shortcut, then ReLU: batch norm with known statistics. */
export const AFFINE: i32 = 2;
/** out counts where k0 * u + k2 > 0 (a ReLU), and its sums with 1 and u: the backward pass of batch norm. */
export const MASK: i32 = 3;
/** Adds x, where y > 0: the gradient that a shortcut brings. */
export const SHORTCUT: i32 = 4;

/** Addresses; a shortcut may have fewer channels and `stride` times the size, as option A of ResNet has it. */
@unmanaged export class Epilogue {
  kind: i32;
  relu: i32;
  k0: usize;
  k2: usize;
  u: usize;
  x: usize;
  y: usize;
  /** [groups][2][channels] sums in double precision */
  sums: usize;
  /** Of x: its channels and size; `stride` is the larger of the two sizes over the smaller. */
  channels: i32;
  height: i32;
  width: i32;
  stride: i32;
}

/** Sets the sums of a group to 0. */
@inline export function clearSums(e: Epilogue, channels: i32, group: i32): void {
  if (e.sums) memory.fill(e.sums + <usize>group * <usize>channels * 16, 0, <usize>channels * 16);
}

/** Sums of one row of pixels in single precision are added to these in double precision. */
@inline export function addSums(sums: usize, channels: i32, c: usize, first: v128, second: v128): void {
  const p = sums + c * 2, q = p + <usize>channels * 8;
  store4(p, f64x2.add(load4(p), lowDouble(first)));
  store4(p + 16, f64x2.add(load4(p + 16), highDouble(first)));
  store4(q, f64x2.add(load4(q), lowDouble(second)));
  store4(q + 16, f64x2.add(load4(q + 16), highDouble(second)));
}

/** Applies it to row `row` (of image `image`) of a result [height][width][channels], in place. */
export function finishRow(
  e: Epilogue, out: usize, image: i32, row: i32, height: i32, width: i32, channels: i32, group: i32,
): void {
  const kind = e.kind;
  if (kind == NONE) return;
  const bytes = <usize>channels * 4, length = <usize>width * bytes;
  const offset = (<usize>image * <usize>height + <usize>row) * length;
  const sums = e.sums + <usize>group * bytes * 4;
  for (let c: usize = 0; c < bytes; c += 16) {
    if (kind == SUMS) {
      let sum = zero4(), squares = zero4();
      for (let i = out + c; i < out + length; i += bytes) {
        const v = load4(i);
        sum = add(sum, v);
        squares = madd(v, v, squares);
      }
      addSums(sums, channels, c, sum, squares);
    } else if (kind == MASK) {
      const k0 = load4(e.k0 + c), k2 = load4(e.k2 + c), u = e.u + offset;
      let sum = zero4(), products = zero4();
      for (let i = c; i < length; i += bytes) {
        const before = load4(u + i);
        const passed = v128.and(load4(out + i), f32x4.gt(madd(before, k0, k2), zero4()));
        store4(out + i, passed);
        sum = add(sum, passed);
        products = madd(passed, before, products);
      }
      addSums(sums, channels, c, sum, products);
    } else if (kind == AFFINE) {
      const k0 = load4(e.k0 + c), k2 = load4(e.k2 + c);
      for (let i = out + c; i < out + length; i += bytes) store4(i, madd(load4(i), k0, k2));
    }
  }
  if (kind == AFFINE) {
    if (e.x) addShortcutRow(e, out, image, row, width, channels);
    if (e.relu) for (let i = out; i < out + length; i += 16) store4(i, f32x4.max(load4(i), zero4()));
  } else if (kind == SHORTCUT) addGradientRow(e, out, image, row, height, width, channels);
}

/** out += x, subsampled by the stride, in the middle channels. */
export function addShortcutRow(e: Epilogue, out: usize, image: i32, row: i32, width: i32, channels: i32): void {
  const stride = e.stride, bytes = <usize>e.channels * 4;
  const first = out + (<usize>((channels - e.channels) >> 1) << 2);
  let x = e.x + <usize>(image * e.height + row * stride) * <usize>e.width * bytes;
  for (let p = 0; p < width; p++) {
    const o = first + <usize>p * <usize>channels * 4;
    for (let c: usize = 0; c < bytes; c += 16) store4(o + c, add(load4(o + c), load4(x + c)));
    x += bytes * <usize>stride;
  }
}

/** The other way round: out (the gradient of x) += the gradient of the block's result, where that is positive. */
function addGradientRow(
  e: Epilogue, out: usize, image: i32, row: i32, height: i32, width: i32, channels: i32,
): void {
  const stride = e.stride, wide = e.channels;
  if (stride == 1 && wide == channels) {
    const length = <usize>width * <usize>channels * 4;
    const offset = (<usize>image * <usize>height + <usize>row) * length;
    for (let i: usize = 0; i < length; i += 16) {
      const passed = v128.and(load4(e.x + offset + i), f32x4.gt(load4(e.y + offset + i), zero4()));
      store4(out + i, add(load4(out + i), passed));
    }
    return;
  }
  if (row % stride) return;
  const bytes = <usize>channels * 4, skip = <usize>((wide - channels) >> 1) << 2;
  let offset = <usize>(image * e.height + row / stride) * <usize>e.width * <usize>wide * 4 + skip;
  for (let p = 0; p < width; p += stride) {
    const o = out + <usize>p * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      const passed = v128.and(load4(e.x + offset + c), f32x4.gt(load4(e.y + offset + c), zero4()));
      store4(o + c, add(load4(o + c), passed));
    }
    offset += <usize>wide * 4;
  }
}
