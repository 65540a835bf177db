// Convolutions of any kernel, stride, dilation and padding, without a matrix of patches: in a padded strip of the input the
// rows of such a matrix lie there already, one after the other at a distance of `stride` pixels, a row of the kernel each.
import { clearSums, Epilogue, finishRow } from "./epilogue";
import { packPanels, panelProduct } from "./gemm";
import { fillStrip, Source } from "./source";
import { add, load4, store4 } from "./vector";

/** What one call computes; written by ../kernels/plan.ts, field by field. Sizes in numbers, addresses in bytes. */
@unmanaged export class DirectPlan {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  /** Rows of the result a unit, and units an image. */
  rows: i32;
  strips: i32;
  /** Items of work: groups of units, or of images. */
  groups: i32;
  /** Packed panels of each segment of the kernel, or the groups' sums of its gradient. */
  weights: usize;
  out: usize;
  scratch: usize;
  scratchBytes: usize;
}

/** Pixels of the kernel that lie side by side in a strip: a row of it, or one where it is dilated. */
@inline function segmentWidth(plan: DirectPlan): i32 {
  return plan.dilationX == 1 ? plan.kernelWidth : 1;
}
@inline function stripWidth(plan: DirectPlan): i32 {
  return (plan.outWidth - 1) * plan.strideX + (plan.kernelWidth - 1) * plan.dilationX + 1;
}
@inline function stripHeight(plan: DirectPlan, rows: i32): i32 {
  return (rows - 1) * plan.strideY + (plan.kernelHeight - 1) * plan.dilationY + 1;
}
@inline function panelBytes(depth: i32, columns: i32): usize {
  return <usize>((columns + 7) >> 3) * <usize>depth * 32;
}

/** Convolution of a source; items are groups of units. */
export function direct(plan: DirectPlan, source: Source, epilogue: Epilogue, begin: i32, end: i32, thread: i32): void {
  const units = plan.batch * plan.strips, strip = plan.scratch + <usize>thread * plan.scratchBytes;
  const columns = stripWidth(plan), pixel = <usize>plan.channels * 4, rowBytes = <usize>columns * pixel;
  const outPixel = <usize>plan.outChannels * 4, outRow = <usize>plan.outWidth * outPixel;
  const wide = segmentWidth(plan), depth = wide * plan.channels, segment = panelBytes(depth, plan.outChannels);
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>units * (group + 1) / plan.groups);
    clearSums(epilogue, plan.outChannels, group);
    for (let unit = <i32>(<i64>units * group / plan.groups); unit < last; unit++) {
      const image = unit / plan.strips, first = unit % plan.strips * plan.rows, rows = min(plan.rows, plan.outHeight - first);
      fillStrip(source, image, plan.height, plan.width, plan.channels, plan.channels, first * plan.strideY - plan.top, plan.left, stripHeight(plan, rows), columns, strip);
      for (let r = 0; r < rows; r++) {
        const out = plan.out + (<usize>image * <usize>plan.outHeight + <usize>(first + r)) * outRow;
        let weights = plan.weights;
        for (let ky = 0; ky < plan.kernelHeight; ky++)
          for (let kx = 0; kx < plan.kernelWidth; kx += wide, weights += segment) {
            const from = strip + <usize>(r * plan.strideY + ky * plan.dilationY) * rowBytes + <usize>(kx * plan.dilationX) * pixel;
            panelProduct(from, <usize>plan.strideX * pixel, 4, weights, out, outPixel, plan.outWidth, plan.outChannels, depth, ky + kx > 0);
          }
        finishRow(epilogue, out, image, first + r, plan.outHeight, plan.outWidth, plan.outChannels, group);
      }
    }
  }
}

/**
 * Gradient of the input; items are groups of images. The panels are those of the transposed weights of each pixel of the
 * kernel. Each product is added where it belongs in a padded image, which is copied without its padding in the end.
 */
export function directInputGradient(
  plan: DirectPlan, dy: Source, epilogue: Epilogue, begin: i32, end: i32, thread: i32,
): void {
  const columns = max(stripWidth(plan), plan.left + plan.width), rows = max(stripHeight(plan, plan.outHeight), plan.top + plan.height);
  const pixel = <usize>plan.channels * 4, rowBytes = <usize>columns * pixel;
  const dyPixel = <usize>plan.outChannels * 4, dyRow = <usize>plan.outWidth * dyPixel;
  const padded = plan.scratch + <usize>thread * plan.scratchBytes, strip = padded + <usize>rows * rowBytes;
  const segment = panelBytes(plan.outChannels, plan.channels);
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>plan.batch * (group + 1) / plan.groups);
    clearSums(epilogue, plan.channels, group);
    for (let image = <i32>(<i64>plan.batch * group / plan.groups); image < last; image++) {
      memory.fill(padded, 0, <usize>rows * rowBytes);
      fillStrip(dy, image, plan.outHeight, plan.outWidth, plan.outChannels, plan.outChannels, 0, 0, plan.outHeight, plan.outWidth, strip);
      for (let r = 0; r < plan.outHeight; r++) {
        let weights = plan.weights;
        for (let ky = 0; ky < plan.kernelHeight; ky++)
          for (let kx = 0; kx < plan.kernelWidth; kx++, weights += segment) {
            const to = padded + <usize>(r * plan.strideY + ky * plan.dilationY) * rowBytes + <usize>(kx * plan.dilationX) * pixel;
            panelProduct(strip + <usize>r * dyRow, dyPixel, 4, weights, to, <usize>plan.strideX * pixel, plan.outWidth, plan.channels, plan.outChannels, true);
          }
      }
      for (let r = 0; r < plan.height; r++) {
        const out = plan.out + (<usize>image * <usize>plan.height + <usize>r) * <usize>plan.width * pixel;
        memory.copy(out, padded + <usize>(r + plan.top) * rowBytes + <usize>plan.left * pixel, <usize>plan.width * pixel);
        finishRow(epilogue, out, image, r, plan.height, plan.width, plan.channels, group);
      }
    }
  }
}

/** Gradient of the weights; items are groups of images, each with sums [kernel][channels][outChannels] of its own. */
export function directWeightGradient(
  plan: DirectPlan, x: Source, dy: Source, begin: i32, end: i32, thread: i32,
): void {
  const columns = stripWidth(plan), rows = stripHeight(plan, plan.outHeight);
  const pixel = <usize>plan.channels * 4, rowBytes = <usize>columns * pixel;
  const dyPixel = <usize>plan.outChannels * 4, dyRow = <usize>plan.outWidth * dyPixel;
  const strip = plan.scratch + <usize>thread * plan.scratchBytes, gradients = strip + <usize>rows * rowBytes;
  const packed = gradients + <usize>plan.outHeight * dyRow;
  const wide = segmentWidth(plan), segment = <usize>wide * pixel * <usize>plan.outChannels;
  const size = <usize>(plan.kernelHeight * plan.kernelWidth) * pixel * <usize>plan.outChannels;
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>plan.batch * (group + 1) / plan.groups);
    memory.fill(plan.weights + <usize>group * size, 0, size);
    for (let image = <i32>(<i64>plan.batch * group / plan.groups); image < last; image++) {
      fillStrip(x, image, plan.height, plan.width, plan.channels, plan.channels, -plan.top, plan.left, rows, columns, strip);
      fillStrip(dy, image, plan.outHeight, plan.outWidth, plan.outChannels, plan.outChannels, 0, 0, plan.outHeight, plan.outWidth, gradients);
      for (let r = 0; r < plan.outHeight; r++) {
        packPanels(gradients + <usize>r * dyRow, dyPixel, 4, plan.outWidth, plan.outChannels, packed, 0, (plan.outChannels + 7) >> 3, 0);
        let sums = plan.weights + <usize>group * size;
        for (let ky = 0; ky < plan.kernelHeight; ky++)
          for (let kx = 0; kx < plan.kernelWidth; kx += wide, sums += segment) {
            const from = strip + <usize>(r * plan.strideY + ky * plan.dilationY) * rowBytes + <usize>(kx * plan.dilationX) * pixel;
            panelProduct(from, 4, <usize>plan.strideX * pixel, packed, sums, dyPixel, wide * plan.channels, plan.outChannels, plan.outWidth, true);
          }
      }
    }
  }
}

/** Bytes that are added up at a time, so that they stay in the first-level cache. */
const CHUNK: usize = 4096;

/** Adds up groups of `count` numbers each, in their order. Items are chunks of 1024 numbers; `out` may be the first group. */
export function sumGroups(sums: usize, groups: i32, count: i32, out: usize, begin: i32, end: i32, thread: i32): void {
  const size = <usize>count << 2;
  for (let at = <usize>begin * CHUNK, last = min(<usize>end * CHUNK, size); at < last; at += CHUNK) {
    const bytes = min(CHUNK, size - at), whole = bytes & ~15;
    memory.copy(out + at, sums + at, bytes);
    for (let g: usize = 1; g < <usize>groups; g++) {
      const from = sums + g * size + at, to = out + at;
      for (let i: usize = 0; i < whole; i += 16) store4(to + i, add(load4(to + i), load4(from + i)));
      for (let i = whole; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + load<f32>(from + i));
    }
  }
}
