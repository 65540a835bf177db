// The passes of a residual block that no convolution can take along; each reads what it needs once.
import { add, load4, madd, store4, zero4 } from "./vector";
import { addSums, addShortcutRow, Epilogue } from "./epilogue";

/**
 * out = k0 * u + k2 + shortcut, then ReLU: what an epilogue of kind AFFINE says, for a convolution that was finished before its
 * statistics were known. Items are rows of the images [height][width][channels].
 */
export function normalize(
  u: usize, out: usize, height: i32, width: i32, channels: i32, finish: Epilogue, begin: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>channels * 4, length = <usize>width * bytes;
  const identity = finish.x != 0 && finish.channels == channels && finish.stride == 1;
  const relu = finish.relu != 0;
  for (let r = begin; r < end; r++) {
    const offset = <usize>r * length, from = u + offset, to = out + offset;
    if (identity) {
      addNormalized(from, finish.x + offset, to, length, bytes, finish, relu);
      continue;
    }
    const early = relu && finish.x == 0;
    for (let c: usize = 0; c < bytes; c += 16) {
      const k0 = load4(finish.k0 + c), k2 = load4(finish.k2 + c);
      if (early) for (let i = c; i < length; i += bytes) store4(to + i, f32x4.max(madd(load4(from + i), k0, k2), zero4()));
      else for (let i = c; i < length; i += bytes) store4(to + i, madd(load4(from + i), k0, k2));
    }
    if (finish.x == 0) continue;
    addShortcutRow(finish, to, r / height, r % height, width, channels);
    if (relu) for (let i: usize = 0; i < length; i += 16) store4(to + i, f32x4.max(load4(to + i), zero4()));
  }
}

@inline function addNormalized(from: usize, x: usize, to: usize, length: usize, bytes: usize, finish: Epilogue, relu: bool): void {
  for (let c: usize = 0; c < bytes; c += 16) {
    const k0 = load4(finish.k0 + c), k2 = load4(finish.k2 + c);
    for (let i = c; i < length; i += bytes) {
      const sum = madd(load4(from + i), k0, add(load4(x + i), k2));
      store4(to + i, relu ? f32x4.max(sum, zero4()) : sum);
    }
  }
}

/**
 * Sums over all pixels, for each channel, of dy and of dy * u, dy counted only where y > 0 (y = 0: everywhere).
 * Items are groups of rows [width][channels], with sums of their own: sums[groups][2][channels].
 */
export function gradientSums(
  dy: usize, y: usize, u: usize, rows: i32, width: i32, channels: i32, groups: i32, sums: usize,
  begin: i32, end: i32, thread: i32,
): void {
  const bytes = <usize>channels * 4, length = <usize>width * bytes;
  for (let group = begin; group < end; group++) {
    const mine = sums + <usize>group * bytes * 4, last = <i32>(<i64>rows * (group + 1) / groups);
    memory.fill(mine, 0, bytes * 4);
    for (let r = <i32>(<i64>rows * group / groups); r < last; r++) {
      const offset = <usize>r * length;
      for (let c: usize = 0; c < bytes; c += 16) {
        let sum = zero4(), products = zero4();
        if (y) for (let i = offset + c; i < offset + length; i += bytes) {
          const passed = v128.and(load4(dy + i), f32x4.gt(load4(y + i), zero4()));
          sum = add(sum, passed);
          products = madd(passed, load4(u + i), products);
        } else for (let i = offset + c; i < offset + length; i += bytes) {
          const passed = load4(dy + i);
          sum = add(sum, passed);
          products = madd(passed, load4(u + i), products);
        }
        addSums(mine, channels, c, sum, products);
      }
    }
  }
}

/** [images][pixels][channels] -> means [images][channels]; items are images. */
export function globalAveragePool(x: usize, out: usize, pixels: i32, channels: i32, begin: i32, end: i32, thread: i32): void {
  const bytes = <usize>channels * 4, scale = f32x4.splat(1 / <f32>pixels);
  for (let image = begin; image < end; image++) {
    const from = x + <usize>image * <usize>pixels * bytes, to = out + <usize>image * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      let sum = zero4();
      for (let p = 0; p < pixels; p++) sum = add(sum, load4(from + <usize>p * bytes + c));
      store4(to + c, f32x4.mul(sum, scale));
    }
  }
}

/** Its gradient: each pixel gets the same share. */
export function globalAveragePoolGradient(dy: usize, out: usize, pixels: i32, channels: i32, begin: i32, end: i32, thread: i32): void {
  const bytes = <usize>channels * 4, scale = f32x4.splat(1 / <f32>pixels);
  for (let image = begin; image < end; image++) {
    const to = out + <usize>image * <usize>pixels * bytes, from = dy + <usize>image * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      const share = f32x4.mul(load4(from + c), scale);
      for (let p = 0; p < pixels; p++) store4(to + <usize>p * bytes + c, share);
    }
  }
}
