import { add, load4, madd, store4, zero4 } from "./vector";

// Depthwise convolution of images [batch, height, width, channels] by a filter [height, width, channels, multiplier]: each
// channel is convolved by itself, into `multiplier` channels. Where that is one, four channels are computed at a time.

/** Items are rows of the output. */
export function depthwise(
  x: usize, filter: usize, out: usize, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  top: i32, left: i32, begin: i32, end: i32, thread: i32,
): void {
  rows(
    x, filter, false, out, height, width, channels, multiplier, outHeight, outWidth, filterHeight, filterWidth,
    strideHeight, strideWidth, dilationHeight, dilationWidth, top, left, begin, end,
  );
}

/** @param turned whether the filter's taps are taken from the last to the first */
function rows(
  x: usize, filter: usize, turned: bool, out: usize, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32,
  outWidth: i32, filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32,
  dilationWidth: i32, top: i32, left: i32, begin: i32, end: i32,
): void {
  const pixel = <usize>channels << 2;
  const outPixel = pixel * <usize>multiplier;
  const row = <usize>width * pixel;
  const tapStep = turned ? 0 - outPixel : outPixel;
  const tapRow = <usize>filterWidth * tapStep;
  const first = turned ? filter + <usize>(filterHeight * filterWidth - 1) * outPixel : filter;
  let to = out + <usize>begin * <usize>outWidth * outPixel;
  for (let item = begin; item < end; item++) {
    const image = x + <usize>(item / outHeight) * <usize>height * row;
    const r = (item % outHeight) * strideHeight - top;
    const u0 = firstTap(r, dilationHeight);
    const u1 = tapsUpTo(r, height, filterHeight, dilationHeight);
    for (let j = 0; j < outWidth; j++, to += outPixel) {
      const c = j * strideWidth - left;
      const v0 = firstTap(c, dilationWidth);
      const v1 = tapsUpTo(c, width, filterWidth, dilationWidth);
      const from = image + <usize>(r + u0 * dilationHeight) * row + <usize>(c + v0 * dilationWidth) * pixel;
      convolved(
        from, <usize>dilationHeight * row, <usize>dilationWidth * pixel,
        first + <usize>u0 * tapRow + <usize>v0 * tapStep, tapRow, tapStep, u1 - u0, v1 - v0, channels, multiplier, to,
      );
    }
  }
}

/** The first tap that is not before the image. */
@inline function firstTap(at: i32, dilation: i32): i32 {
  return at < 0 ? (dilation - 1 - at) / dilation : 0;
}

/** How many taps are not behind it. */
@inline function tapsUpTo(at: i32, length: i32, filter: i32, dilation: i32): i32 {
  return at >= length ? 0 : min(filter, (length - 1 - at) / dilation + 1);
}

/** One pixel of the output, of rows x columns taps. */
@inline function convolved(
  from: usize, rowStep: usize, step: usize, taps: usize, tapRow: usize, tapStep: usize, rows: i32, columns: i32, channels: i32,
  multiplier: i32, out: usize,
): void {
  const bytes = <usize>channels << 2;
  let c: usize = 0;
  if (multiplier === 1) {
    for (; c + 64 <= bytes; c += 64) {
      let a0 = zero4(), a1 = zero4(), a2 = zero4(), a3 = zero4();
      for (let u = 0; u < rows; u++) {
        let at = from + <usize>u * rowStep + c, tap = taps + <usize>u * tapRow + c;
        for (let v = 0; v < columns; v++, at += step, tap += tapStep) {
          a0 = madd(v128.load(at), v128.load(tap), a0);
          a1 = madd(v128.load(at, 16), v128.load(tap, 16), a1);
          a2 = madd(v128.load(at, 32), v128.load(tap, 32), a2);
          a3 = madd(v128.load(at, 48), v128.load(tap, 48), a3);
        }
      }
      v128.store(out + c, a0);
      v128.store(out + c, a1, 16);
      v128.store(out + c, a2, 32);
      v128.store(out + c, a3, 48);
    }
    if (channels >= 4)
      for (; c < bytes; c += 16) {
        const four = min(c, bytes - 16); // the last four overlap those before
        let a = zero4();
        for (let u = 0; u < rows; u++) {
          let at = from + <usize>u * rowStep + four, tap = taps + <usize>u * tapRow + four;
          for (let v = 0; v < columns; v++, at += step, tap += tapStep) a = madd(load4(at), load4(tap), a);
        }
        store4(out + four, a);
      }
  }
  for (; c < bytes; c += 4)
    for (let q = 0; q < multiplier; q++) {
      const one = c * <usize>multiplier + (<usize>q << 2);
      let a: f32 = 0;
      for (let u = 0; u < rows; u++) {
        let at = from + <usize>u * rowStep + c, tap = taps + <usize>u * tapRow + one;
        for (let v = 0; v < columns; v++, at += step, tap += tapStep) a += load<f32>(at) * load<f32>(tap);
      }
      store<f32>(out + one, a);
    }
}

/** The gradient by the images. Items are rows of the input. */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  top: i32, left: i32, begin: i32, end: i32, thread: i32,
): void {
  if (multiplier === 1 && strideHeight === 1 && strideWidth === 1) {
    // A convolution of the gradient by the filter, turned round.
    rows(
      dy, filter, true, dx, outHeight, outWidth, channels, 1, height, width, filterHeight, filterWidth, 1, 1, dilationHeight,
      dilationWidth, (filterHeight - 1) * dilationHeight - top, (filterWidth - 1) * dilationWidth - left, begin, end,
    );
    return;
  }
  const pixel = <usize>channels << 2;
  const outPixel = pixel * <usize>multiplier;
  const outRow = <usize>outWidth * outPixel;
  let to = dx + <usize>begin * <usize>width * pixel;
  memory.fill(to, 0, <usize>(end - begin) * <usize>width * pixel);
  for (let item = begin; item < end; item++) {
    const image = dy + <usize>(item / height) * <usize>outHeight * outRow;
    for (let s = 0; s < width; s++, to += pixel)
      for (let u = 0; u < filterHeight; u++) {
        const i = place(item % height + top - u * dilationHeight, strideHeight, outHeight);
        if (i < 0) continue;
        for (let v = 0; v < filterWidth; v++) {
          const j = place(s + left - v * dilationWidth, strideWidth, outWidth);
          if (j < 0) continue;
          const from = image + <usize>i * outRow + <usize>j * outPixel;
          addProducts(from, filter + <usize>(u * filterWidth + v) * outPixel, to, channels, multiplier);
        }
      }
  }
}

/** Which window begins so many pixels in; -1 if none does. */
@inline function place(at: i32, stride: i32, windows: i32): i32 {
  if (at < 0 || at % stride !== 0) return -1;
  const window = at / stride;
  return window < windows ? window : -1;
}

/** To each channel, the products of its own numbers are added. */
@inline function addProducts(a: usize, b: usize, sums: usize, channels: i32, multiplier: i32): void {
  const bytes = <usize>channels << 2;
  let c: usize = 0;
  if (multiplier === 1)
    for (; c + 16 <= bytes; c += 16) store4(sums + c, madd(load4(a + c), load4(b + c), load4(sums + c)));
  for (; c < bytes; c += 4) {
    let sum = load<f32>(sums + c);
    for (let q = 0; q < multiplier; q++) {
      const one = c * <usize>multiplier + (<usize>q << 2);
      sum += load<f32>(a + one) * load<f32>(b + one);
    }
    store<f32>(sums + c, sum);
  }
}

/**
 * The gradient by the filter, in parts: [parts][filter], each of its own rows of the output, of which there are `rows`. Items are
 * parts.
 */
export function depthwiseFilterGradient(
  x: usize, dy: usize, sums: usize, height: i32, width: i32, channels: i32, multiplier: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  top: i32, left: i32, rows: i32, parts: i32, begin: i32, end: i32, thread: i32,
): void {
  const pixel = <usize>channels << 2;
  const outPixel = pixel * <usize>multiplier;
  const row = <usize>width * pixel;
  const bytes = <usize>(filterHeight * filterWidth) * outPixel;
  for (let part = begin; part < end; part++) {
    const out = sums + <usize>part * bytes;
    memory.fill(out, 0, bytes);
    const last = <i32>(<i64>rows * (part + 1) / parts);
    for (let item = <i32>(<i64>rows * part / parts); item < last; item++) {
      const image = x + <usize>(item / outHeight) * <usize>height * row;
      const slopes = dy + <usize>item * <usize>outWidth * outPixel;
      for (let u = 0; u < filterHeight; u++) {
        const r = (item % outHeight) * strideHeight - top + u * dilationHeight;
        if (r < 0 || r >= height) continue;
        for (let v = 0; v < filterWidth; v++) {
          const before = left - v * dilationWidth;
          const j0 = before > 0 ? (before + strideWidth - 1) / strideWidth : 0;
          const j1 = width + before <= 0 ? 0 : min(outWidth, (width - 1 + before) / strideWidth + 1);
          if (j1 <= j0) continue;
          rowOfProducts(
            image + <usize>r * row + <usize>(j0 * strideWidth - before) * pixel, <usize>strideWidth * pixel,
            slopes + <usize>j0 * outPixel, outPixel, j1 - j0, channels, multiplier, out + <usize>(u * filterWidth + v) * outPixel,
          );
        }
      }
    }
  }
}

/** To each number of a tap, the products of `count` pixels are added. */
@inline function rowOfProducts(
  a: usize, step: usize, b: usize, otherStep: usize, count: i32, channels: i32, multiplier: i32, sums: usize,
): void {
  const bytes = <usize>channels << 2;
  let c: usize = 0;
  if (multiplier === 1) {
    for (; c + 32 <= bytes; c += 32) {
      let s0 = zero4(), s1 = zero4();
      for (let n = 0, at = a + c, other = b + c; n < count; n++, at += step, other += otherStep) {
        s0 = madd(v128.load(at), v128.load(other), s0);
        s1 = madd(v128.load(at, 16), v128.load(other, 16), s1);
      }
      v128.store(sums + c, add(v128.load(sums + c), s0));
      v128.store(sums + c, add(v128.load(sums + c, 16), s1), 16);
    }
    for (; c + 16 <= bytes; c += 16) {
      let s = zero4();
      for (let n = 0, at = a + c, other = b + c; n < count; n++, at += step, other += otherStep)
        s = madd(load4(at), load4(other), s);
      store4(sums + c, add(load4(sums + c), s));
    }
  }
  for (; c < bytes; c += 4)
    for (let q = 0; q < multiplier; q++) {
      const one = c * <usize>multiplier + (<usize>q << 2);
      let s: f32 = 0;
      for (let n = 0, at = a + c, other = b + one; n < count; n++, at += step, other += otherStep)
        s += load<f32>(at) * load<f32>(other);
      store<f32>(sums + one, load<f32>(sums + one) + s);
    }
}
