// Convolutions 3x3 with stride 1 by Winograd's F(4x4, 3x3): 36 products for 16 results that take 144 directly.
// Work is cut into units: a few whole images, or a strip of tile rows of a large one. A unit copies its input into a padded
// strip (see source.ts), transforms tiles of 6x6 of it, multiplies them with the transformed weights, frequency by frequency,
// transforms back, and finishes the rows (see epilogue.ts), all of it in the cache.
import { clearSums, Epilogue, finishRow, NONE } from "./epilogue";
import { fillStrip, Source } from "./source";
import { deepTile4x8 } from "./tile";
import { gradientTransform, inputTransform, outputTransform, weightGradientTransform, weightTransform } from "./transforms";
import { add, load4, store4, zero4 } from "./vector";

const FREQUENCIES: usize = 36;

/** What one call computes; written by ../kernels/plan.ts, field by field. Sizes in numbers, addresses in bytes. */
@unmanaged export class Plan {
  /** Images, and the size of the input of the convolution that is computed. */
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  /** Its padding, at the top and at the left, and the size of its result. */
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  /** Whole images a unit, or tile rows a strip and strips an image. */
  images: i32;
  tileRows: i32;
  strips: i32;
  /** Groups of units: an item of work. */
  groups: i32;
  /** Tiles that are multiplied at a time. */
  block: i32;
  /** Transformed weights [36][outChannels / 8][channels][8], or their gradient [groups][36][channels][outChannels]. */
  weights: usize;
  out: usize;
  /** Space of one thread, one after the other. */
  scratch: usize;
  scratchBytes: usize;
}

@inline function up4(n: i32): i32 {
  return (n + 3) & ~3;
}
@inline function up8(n: i32): i32 {
  return (n + 7) & ~7;
}
/** Bytes from one frequency to the next: not a multiple of 4096, at which addresses would compete for one cache line. */
@inline function frequencyBytes(tiles: i32, channels: i32): usize {
  return <usize>tiles * <usize>channels * 4 + 64;
}

/**
 * Weights [3][3][rows][columns] -> [36][columns' / 8][rows'][8], with zeros in what fills up. `flip` swaps rows and columns and
 * turns the filter round: the convolution that gives the input's gradient. Items are rows of `weights`; `out` is zeroed before.
 */
export function winogradWeights(
  weights: usize, out: usize, rows: i32, columns: i32, flip: i32, scratch: usize, begin: i32, end: i32, thread: i32,
): void {
  const g = scratch + <usize>thread * 4096, half = g + 9 * 16, full = half + 18 * 16;
  const depth = flip ? up4(columns) : up4(rows), panels = (flip ? up8(rows) : up8(columns)) >> 3;
  const frequency = <usize>panels * <usize>depth * 32;
  for (let r = begin; r < end; r++)
    for (let c = 0; c < columns; c += 2) {
      const both = c + 1 < columns;
      for (let i = 0; i < 9; i++) {
        const from = weights + ((<usize>((flip ? 8 - i : i) * rows + r) * <usize>columns + <usize>c) << 2);
        store<f64>(g + (<usize>i << 4), load<f32>(from));
        store<f64>(g + (<usize>i << 4) + 8, both ? load<f32>(from + 4) : 0);
      }
      for (let j: usize = 0; j < 3; j++) weightTransform(g + (j << 4), 48, half + (j << 4), 48);
      for (let i: usize = 0; i < 6; i++) weightTransform(half + i * 48, 16, full + i * 96, 16);
      // Columns that follow each other lie side by side, or one below the other where they are the depth.
      const to = out + (flip ? <usize>((r >> 3) * depth + c) << 5 : <usize>((c >> 3) * depth + r) << 5);
      const at = to + (flip ? <usize>(r & 7) << 2 : <usize>(c & 7) << 2), next = at + (flip ? 32 : 4);
      for (let f: usize = 0; f < FREQUENCIES; f++) {
        store<f32>(at + f * frequency, <f32>load<f64>(full + (f << 4)));
        if (both) store<f32>(next + f * frequency, <f32>load<f64>(full + (f << 4) + 8));
      }
    }
}

/** Number of units of a plan. */
@inline function unitCount(plan: Plan): i32 {
  return ((plan.batch + plan.images - 1) / plan.images) * plan.strips;
}

/** Convolution of a source with weights; items are groups of units. */
export function winograd(plan: Plan, source: Source, epilogue: Epilogue, begin: i32, end: i32, thread: i32): void {
  const units = unitCount(plan), scratch = plan.scratch + <usize>thread * plan.scratchBytes;
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>units * (group + 1) / plan.groups);
    clearSums(epilogue, plan.outChannels, group);
    for (let unit = <i32>(<i64>units * group / plan.groups); unit < last; unit++) {
      const image = unit / plan.strips * plan.images, count = min(plan.images, plan.batch - image);
      const firstRow = unit % plan.strips * plan.tileRows << 2;
      fill(plan, source, image, count, firstRow, plan.height, plan.width, plan.channels, plan.top, plan.left, plan.outHeight, plan.outWidth, scratch);
      convolve(plan, image, count, firstRow, scratch);
      finish(plan, epilogue, image, count, firstRow, group);
    }
  }
}

/** Copies the padded strips of `count` images, for a grid of tiles over [rows][columns]. */
function fill(
  plan: Plan, source: Source, image: i32, count: i32, firstRow: i32, height: i32, width: i32, channels: i32, top: i32,
  left: i32, rows: i32, columns: i32, strip: usize,
): void {
  const tileRows = min(plan.tileRows, ((rows + 3) >> 2) - (firstRow >> 2)), across = ((columns + 3) >> 2 << 2) + 2;
  const c4 = up4(channels), down = (tileRows << 2) + 2;
  for (let i = 0; i < count; i++, strip += <usize>(down * across) * <usize>c4 * 4)
    fillStrip(source, image + i, height, width, channels, c4, firstRow - top, left, down, across, strip);
}

function convolve(plan: Plan, image: i32, count: i32, firstRow: i32, strip: usize): void {
  const c4 = up4(plan.channels), k8 = up8(plan.outChannels);
  const across = (plan.outWidth + 3) >> 2, down = min(plan.tileRows, ((plan.outHeight + 3) >> 2) - (firstRow >> 2));
  const perImage = across * down, tiles = perImage * count;
  const pixel = <usize>c4 * 4, row = <usize>((across << 2) + 2) * pixel, stripBytes = <usize>((down << 2) + 2) * row;
  const v = strip + <usize>count * stripBytes, vStep = frequencyBytes(plan.block, c4);
  const m = v + FREQUENCIES * vStep, mStep = frequencyBytes(plan.block, k8), spare = m + FREQUENCIES * mStep;
  const panelBytes = <usize>c4 * 32, panels = k8 >> 3;
  for (let t0 = 0; t0 < tiles; t0 += plan.block) {
    const here = min(plan.block, tiles - t0);
    for (let t = 0; t < here; t++) {
      const i = (t0 + t) / perImage, at = (t0 + t) % perImage;
      const from = strip + <usize>i * stripBytes + <usize>(at / across << 2) * row + <usize>(at % across << 2) * pixel;
      transformIn(from, row, pixel, c4, v + <usize>t * pixel, vStep, spare);
    }
    for (let f: usize = 0; f < FREQUENCIES; f++) {
      let panel = plan.weights + f * <usize>panels * panelBytes;
      for (let p = 0; p < panels; p++, panel += panelBytes)
        for (let t = 0; t < here; t += 4)
          deepTile4x8(v + f * vStep + <usize>t * pixel, pixel, 4, panel, 32, c4, m + f * mStep + (<usize>(t * k8) << 2) + (<usize>p << 5), <usize>k8 << 2, false);
    }
    for (let t = 0; t < here; t++) {
      const i = (t0 + t) / perImage, at = (t0 + t) % perImage;
      const oy = firstRow + (at / across << 2), ox = at % across << 2;
      transformOut(plan, m + (<usize>(t * k8) << 2), mStep, k8, image + i, oy, ox, spare);
    }
  }
}

/** 6x6 pixels, all channels, to 36 frequencies. */
function transformIn(from: usize, row: usize, pixel: usize, channels: i32, to: usize, step: usize, spare: usize): void {
  const bytes = <usize>channels << 2;
  for (let c: usize = 0; c < bytes; c += 16) {
    for (let j: usize = 0; j < 6; j++) inputTransform(from + c + j * pixel, row, spare + (j << 4), 96);
    for (let i: usize = 0; i < 6; i++) inputTransform(spare + i * 96, 16, to + c + i * 6 * step, step);
  }
}

/** 36 frequencies to 4x4 pixels of the result, as many of them as lie inside. */
function transformOut(plan: Plan, from: usize, step: usize, k8: i32, image: i32, oy: i32, ox: i32, spare: usize): void {
  const channels = plan.outChannels, pixel = <usize>channels << 2, row = <usize>plan.outWidth * pixel;
  const rows = min(4, plan.outHeight - oy), columns = min(4, plan.outWidth - ox);
  const out = plan.out + (<usize>image * <usize>plan.outHeight + <usize>oy) * row + <usize>ox * pixel;
  const bytes = <usize>k8 << 2;
  if (rows == 4 && columns == 4 && k8 == channels) return inverse(from, step, bytes, out, row, pixel, spare);
  const whole = spare + 36 * 16;
  inverse(from, step, bytes, whole, bytes * 4, bytes, spare);
  for (let i: usize = 0; i < <usize>rows; i++)
    for (let j: usize = 0; j < <usize>columns; j++)
      memory.copy(out + i * row + j * pixel, whole + (i * 4 + j) * bytes, pixel);
}

@inline function inverse(from: usize, step: usize, bytes: usize, out: usize, row: usize, pixel: usize, spare: usize): void {
  for (let c: usize = 0; c < bytes; c += 16) {
    for (let j: usize = 0; j < 6; j++) outputTransform(from + c + j * step, 6 * step, spare + (j << 4), 96);
    for (let i: usize = 0; i < 4; i++) outputTransform(spare + i * 96, 16, out + c + i * row, pixel);
  }
}

function finish(plan: Plan, epilogue: Epilogue, image: i32, count: i32, firstRow: i32, group: i32): void {
  if (epilogue.kind == NONE) return;
  const rows = min(plan.tileRows << 2, plan.outHeight - firstRow), rowBytes = <usize>plan.outWidth * <usize>plan.outChannels * 4;
  for (let i = 0; i < count; i++)
    for (let r = firstRow; r < firstRow + rows; r++) {
      const out = plan.out + (<usize>(image + i) * <usize>plan.outHeight + <usize>r) * rowBytes;
      finishRow(epilogue, out, image + i, r, plan.outHeight, plan.outWidth, plan.outChannels, group);
    }
}

/**
 * Gradient of the weights; items are groups, each with sums of its own in plan.weights. `plan` is that of
 * the forward convolution; `x` its input and `dy` the gradient of its result.
 * With `back` not 0, a plan like it for the input's gradient (padding 1 all round), that is computed too, of the same strips.
 */
export function winogradGradient(
  plan: Plan, x: Source, dy: Source, back: usize, epilogue: Epilogue, begin: i32, end: i32, thread: i32,
): void {
  const units = unitCount(plan), scratch = plan.scratch + <usize>thread * plan.scratchBytes;
  const c4 = up4(plan.channels), k8 = up8(plan.outChannels);
  const across = (plan.outWidth + 3) >> 2;
  for (let group = begin; group < end; group++) {
    const last = <i32>(<i64>units * (group + 1) / plan.groups);
    const size = FREQUENCIES * <usize>c4 * <usize>k8 * 4, sums = plan.weights + <usize>group * size;
    memory.fill(sums, 0, size);
    if (back) clearSums(epilogue, plan.channels, group);
    for (let unit = <i32>(<i64>units * group / plan.groups); unit < last; unit++) {
      const image = unit / plan.strips * plan.images, count = min(plan.images, plan.batch - image);
      const firstRow = unit % plan.strips * plan.tileRows << 2;
      const down = min(plan.tileRows, ((plan.outHeight + 3) >> 2) - (firstRow >> 2));
      const area = <usize>((down << 2) + 2) * <usize>((across << 2) + 2) * <usize>count;
      fill(plan, dy, image, count, firstRow, plan.outHeight, plan.outWidth, plan.outChannels, 1, 1, plan.outHeight, plan.outWidth, scratch);
      if (back) {
        const other = changetype<Plan>(back);
        convolve(other, image, count, firstRow, scratch);
        finish(other, epilogue, image, count, firstRow, group);
      }
      const xStrip = scratch + area * <usize>up4(plan.outChannels) * 4;
      fill(plan, x, image, count, firstRow, plan.height, plan.width, plan.channels, plan.top, plan.left, plan.outHeight, plan.outWidth, xStrip);
      correlate(plan, count, down, across, scratch, xStrip, xStrip + area * <usize>c4 * 4, sums);
    }
  }
}

/** sums[36][c4][k8] += transformed x times transformed dy, tile by tile. */
function correlate(plan: Plan, count: i32, down: i32, across: i32, dyStrip: usize, xStrip: usize, free: usize, sums: usize): void {
  const c4 = up4(plan.channels), k4 = up4(plan.outChannels), k8 = up8(plan.outChannels);
  const perImage = across * down, tiles = perImage * count, columns = <usize>((across << 2) + 2), rows = <usize>((down << 2) + 2);
  const xPixel = <usize>c4 * 4, yPixel = <usize>k4 * 4, yOut = <usize>k8 * 4;
  const v = free, vStep = frequencyBytes(plan.block, c4), d = v + FREQUENCIES * vStep, dStep = frequencyBytes(plan.block, k8);
  const spare = d + FREQUENCIES * dStep;
  if (k8 != k4) memory.fill(d, 0, FREQUENCIES * dStep);
  for (let t0 = 0; t0 < tiles; t0 += plan.block) {
    const here = min(plan.block, tiles - t0);
    for (let t = 0; t < here; t++) {
      const i = <usize>((t0 + t) / perImage), at = (t0 + t) % perImage;
      const pixel = (i * rows + <usize>(at / across << 2)) * columns + <usize>(at % across << 2);
      transformIn(xStrip + pixel * xPixel, columns * xPixel, xPixel, c4, v + <usize>t * xPixel, vStep, spare);
      transformGradient(dyStrip + (pixel + columns + 1) * yPixel, columns * yPixel, yPixel, d + <usize>t * yOut, dStep, spare);
    }
    for (let f: usize = 0; f < FREQUENCIES; f++) {
      const out = sums + (f * <usize>c4 * <usize>k8 << 2);
      for (let k = 0; k < k8; k += 8)
        for (let c = 0; c < c4; c += 4)
          deepTile4x8(v + f * vStep + (<usize>c << 2), 4, xPixel, d + f * dStep + (<usize>k << 2), yOut, here, out + (<usize>(c * k8 + k) << 2), yOut, true);
    }
  }
}

/** 4x4 gradients, all channels, to 36 frequencies. */
function transformGradient(from: usize, row: usize, pixel: usize, to: usize, step: usize, spare: usize): void {
  for (let c: usize = 0; c < pixel; c += 16) {
    for (let j: usize = 0; j < 4; j++) gradientTransform(from + c + j * pixel, row, spare + (j << 4), 64);
    for (let i: usize = 0; i < 6; i++) gradientTransform(spare + (i << 6), 16, to + c + i * 6 * step, step);
  }
}

/**
 * Gradients [groups][36][c4][k8], added up and transformed, to [3][3][rows][columns]; items are rows. `scratch` has
 * 36 * k8 numbers and 4096 bytes for each thread.
 */
export function winogradWeightGradient(
  sums: usize, groups: i32, out: usize, rows: i32, columns: i32, scratch: usize, begin: i32, end: i32, thread: i32,
): void {
  const c4 = up4(rows), k8 = up8(columns), rowBytes = <usize>k8 * 4, size = FREQUENCIES * <usize>c4 * rowBytes;
  const total = scratch + <usize>thread * (FREQUENCIES * rowBytes + 4096);
  const half = total + FREQUENCIES * rowBytes, small = half + 18 * 16;
  for (let r = begin; r < end; r++) {
    memory.fill(total, 0, FREQUENCIES * rowBytes);
    for (let f: usize = 0; f < FREQUENCIES; f++) {
      const to = total + f * rowBytes;
      let from = sums + (f * <usize>c4 + <usize>r) * rowBytes;
      for (let g = 0; g < groups; g++, from += size)
        for (let k: usize = 0; k < rowBytes; k += 16) store4(to + k, add(load4(to + k), load4(from + k)));
    }
    for (let k = 0; k < columns; k += 4) {
      const full = total + (<usize>k << 2);
      for (let j: usize = 0; j < 6; j++) weightGradientTransform(full + j * rowBytes, 6 * rowBytes, half + (j << 4), 96);
      for (let i: usize = 0; i < 3; i++) weightGradientTransform(half + i * 96, 16, small + i * 48, 16);
      const bytes = <usize>min(4, columns - k) << 2;
      for (let i: usize = 0; i < 9; i++)
        memory.copy(out + ((i * <usize>rows + <usize>r) * <usize>columns + <usize>k << 2), small + (i << 4), bytes);
    }
  }
}
