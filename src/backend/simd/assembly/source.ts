// Where a convolution reads from: a tensor as it is, or what batch norm makes of one, computed while it is copied into the
// padded strip that the convolution works on. A pass over memory is saved each time.
import { load4, madd, store4, zero4 } from "./vector";

/** Kinds of source; the same numbers stand in ../kernels/stage.ts. */
export const RAW: i32 = 0;
/** relu(k0 * x + k2): batch norm and ReLU. */
export const NORMALIZED: i32 = 1;
/** k0 * x + k1 * u + k2: the gradient of batch norm with respect to its input u, x the gradient of its output. */
export const GRADIENT: i32 = 2;
/** The same, with x counted only where y > 0: a ReLU in between. */
export const MASKED_GRADIENT: i32 = 3;

/** Addresses; k0, k1 and k2 hold one number a channel. */
@unmanaged export class Source {
  kind: i32;
  x: usize;
  u: usize;
  y: usize;
  k0: usize;
  k1: usize;
  k2: usize;
}

/**
 * Copies a window of one image into `strip` [rows][columns][c4], with zeros outside the image and in the channels that pad
 * `channels` to c4. Row 0 of the strip is row `top` of the image, column 0 is column -left.
 * Kinds other than RAW need channels = c4.
 */
export function fillStrip(
  source: Source, image: i32, height: i32, width: i32, channels: i32, c4: i32, top: i32, left: i32, rows: i32,
  columns: i32, strip: usize,
): void {
  const rowBytes = <usize>columns * <usize>c4 * 4;
  const inside = max(0, min(width, columns - left));
  const leftBytes = <usize>left * <usize>c4 * 4, insideBytes = <usize>inside * <usize>c4 * 4;
  const right = rowBytes - leftBytes - insideBytes;
  for (let r = 0; r < rows; r++, strip += rowBytes) {
    const iy = top + r;
    if (iy < 0 || iy >= height) {
      memory.fill(strip, 0, rowBytes);
      continue;
    }
    if (leftBytes) memory.fill(strip, 0, leftBytes);
    if (right) memory.fill(strip + leftBytes + insideBytes, 0, right);
    const offset = (<usize>image * <usize>height + <usize>iy) * <usize>width * <usize>channels * 4;
    fillRow(source, offset, inside, channels, c4, strip + leftBytes);
  }
}

function fillRow(source: Source, offset: usize, pixels: i32, channels: i32, c4: i32, out: usize): void {
  const kind = source.kind, x = source.x + offset;
  const bytes = <usize>channels * 4, length = <usize>pixels * bytes;
  if (kind == RAW) {
    if (channels == c4) memory.copy(out, x, length);
    else for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) store<f32>(out + (<usize>c << 2), load<f32>(x + <usize>p * bytes + (<usize>c << 2)));
      for (let c = channels; c < c4; c++) store<f32>(out + (<usize>c << 2), 0);
      out += <usize>c4 * 4;
    }
    return;
  }
  const u = source.u + offset, y = source.y + offset;
  for (let c: usize = 0; c < bytes; c += 16) {
    const k0 = load4(source.k0 + c), k2 = load4(source.k2 + c);
    if (kind == NORMALIZED) {
      for (let i = c; i < length; i += bytes) store4(out + i, f32x4.max(madd(load4(x + i), k0, k2), zero4()));
      continue;
    }
    const k1 = load4(source.k1 + c);
    if (kind == GRADIENT)
      for (let i = c; i < length; i += bytes) store4(out + i, madd(load4(x + i), k0, madd(load4(u + i), k1, k2)));
    else
      for (let i = c; i < length; i += bytes) {
        const passed = v128.and(load4(x + i), f32x4.gt(load4(y + i), zero4()));
        store4(out + i, madd(passed, k0, madd(load4(u + i), k1, k2)));
      }
  }
}
