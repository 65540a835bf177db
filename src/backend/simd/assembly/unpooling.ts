import { add, load4, splat, splatAt, store4 } from "./vector";

/**
 * The gradient of maxPool: each window's goes to the first of its largest numbers. Items are blocks of `block`
 * channels, image after image, since windows may overlap.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, top: i32, left: i32,
  block: i32, begin: i32, end: i32, thread: i32,
): void {
  const blocks = (channels + block - 1) / block;
  const pixelBytes = <usize>channels << 2;
  const imageBytes = <usize>height * <usize>width * pixelBytes;
  const outBytes = <usize>outHeight * <usize>outWidth * pixelBytes;
  for (let item = begin; item < end; item++) {
    const channel = (item % blocks) * block;
    const count = min(block, channels - channel);
    const start = <usize>(item / blocks) * imageBytes + (<usize>channel << 2);
    clear(dx + start, pixelBytes, height * width, count);
    let gradient = dy + <usize>(item / blocks) * outBytes + (<usize>channel << 2);
    for (let m = 0, row = -top; m < outHeight; m++, row += strideHeight) {
      const r0 = max(0, row), r1 = min(height, row + filterHeight);
      for (let n = 0, column = -left; n < outWidth; n++, column += strideWidth, gradient += pixelBytes) {
        const c0 = max(0, column), c1 = min(width, column + filterWidth);
        let c = 0;
        for (; c + 4 <= count; c += 4) {
          const at = <usize>c << 2;
          const place = largest(true, x + start + at, pixelBytes, width, r0, r1, c0, c1);
          spread(dx + start + at, pixelBytes, width, r0, r1, c0, c1, place, load4(gradient + at));
        }
        for (; c < count; c++) {
          const at = <usize>c << 2;
          const place = largest(false, x + start + at, pixelBytes, width, r0, r1, c0, c1);
          give(dx + start + at, pixelBytes, i32x4.extract_lane(place, 0), gradient + at);
        }
      }
    }
  }
}

function clear(dx: usize, pixelBytes: usize, pixels: i32, count: i32): void {
  const bytes = <usize>count << 2;
  if (bytes == pixelBytes) memory.fill(dx, 0, <usize>pixels * bytes);
  else for (let p = 0; p < pixels; p++, dx += pixelBytes) memory.fill(dx, 0, bytes);
}

/** The pixels of the largest numbers in a window; -1 where there is none but NaN and -Infinity. */
@inline function largest(
  four: bool, x: usize, pixelBytes: usize, width: i32, r0: i32, r1: i32, c0: i32, c1: i32,
): v128 {
  let most = splat(-Infinity);
  let place = i32x4.splat(-1);
  for (let r = r0; r < r1; r++) {
    let pixel = r * width + c0;
    let at = x + <usize>pixel * pixelBytes;
    for (let c = c0; c < c1; c++, pixel++, at += pixelBytes) {
      const value = four ? load4(at) : splatAt(at);
      const more = f32x4.gt(value, most);
      most = v128.bitselect(value, most, more);
      place = v128.bitselect(i32x4.splat(pixel), place, more);
    }
  }
  return place;
}

/** Adds each of four gradients to its place in a window, and 0 elsewhere. */
@inline function spread(
  dx: usize, pixelBytes: usize, width: i32, r0: i32, r1: i32, c0: i32, c1: i32, place: v128, gradient: v128,
): void {
  for (let r = r0; r < r1; r++) {
    let pixel = r * width + c0;
    let at = dx + <usize>pixel * pixelBytes;
    for (let c = c0; c < c1; c++, pixel++, at += pixelBytes)
      store4(at, add(load4(at), v128.and(gradient, i32x4.eq(place, i32x4.splat(pixel)))));
  }
}

@inline function give(dx: usize, pixelBytes: usize, pixel: i32, gradient: usize): void {
  if (pixel < 0) return;
  const at = dx + <usize>pixel * pixelBytes;
  store<f32>(at, load<f32>(at) + load<f32>(gradient));
}
