// Convolutions 3x3 with stride 1 by Winograd's F(4x4, 3x3): 36 products for 16 results that take 144 directly.
// Work is cut into units: a few whole images, or a strip of tile rows of a large one. A unit copies its input into a padded
// strip (see source.ts), transforms tiles of 6x6 of it, multiplies them with the transformed weights, frequency by frequency,
// transforms back, and finishes the rows (see epilogue.ts), all of it in the cache.
import { clearSums, Epilogue, finishRow, NONE } from "./epilogue";
import { fillStrip, Source } from "./source";
import { deepTile4x8 } from "./tile";
import { inputTransform, outputTransform, weightTransform } from "./transforms";
import { transpose4x4 } from "./transposition";
import { highDouble, load4, lowDouble, single, store4 } from "./vector";

export const FREQUENCIES: usize = 36;

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
  /**
   * Transformed weights [36][outChannels / 8][channels][8], each frequency with a gap (see weightBytes), or their gradient
   * [groups][36][channels][outChannels].
   */
  weights: usize;
  out: usize;
  /** Space of one thread, one after the other. */
  scratch: usize;
  scratchBytes: usize;
}

@inline export function up4(n: i32): i32 {
  return (n + 3) & ~3;
}
@inline export function up8(n: i32): i32 {
  return (n + 7) & ~7;
}
/** Bytes from one frequency to the next: not a multiple of 4096, at which addresses would compete for one cache line. */
@inline export function frequencyBytes(tiles: i32, channels: i32): usize {
  return <usize>tiles * <usize>channels * 4 + 64;
}

/** The same for transformed weights, whose frequencies are written side by side. */
@inline function weightBytes(panels: i32, depth: i32): usize {
  return (<usize>panels * <usize>depth << 5) + 64;
}

/**
 * Weights [3][3][rows][columns] -> [36][columns' / 8][rows'][8], with zeros in what fills up. `flip` swaps rows and columns and
 * turns the filter round: the convolution that gives the input's gradient. Items are four rows of `weights`; `out` is zeroed
 * before, where there is something to fill up.
 */
export function winogradWeights(
  weights: usize, out: usize, rows: i32, columns: i32, flip: i32, scratch: usize, begin: i32, end: i32, thread: i32,
): void {
  const block = scratch + <usize>thread * 4096;
  const depth = flip ? up4(columns) : up4(rows), panels = (flip ? up8(rows) : up8(columns)) >> 3;
  const frequency = weightBytes(panels, depth);
  for (let item = begin; item < end; item++)
    for (let r = item << 2, c = 0; c < columns; c += 4) {
      for (let i = 0; i < 9; i++) {
        const from = weights + ((<usize>((flip ? 8 - i : i) * rows + r) * <usize>columns + <usize>c) << 2);
        loadBlock(from, <usize>columns << 2, rows - r, columns - c, flip, block + (<usize>i << 4));
      }
      // Channels of the result lie side by side, those of the depth one below the other.
      const across = flip ? r : c, deep = flip ? c : r;
      const to = out + (<usize>((across >> 3) * depth + deep) << 5) + (<usize>(across & 7) << 2);
      for (let j: usize = 0; j < 4; j++) transformWeights(block + j * 144, to + (j << 5), frequency, block + 576);
    }
}

/** 4x4 numbers of `weights`, rows or, if `flip`, columns 144 bytes apart; 0 for what is not there. */
@inline function loadBlock(from: usize, step: usize, rows: i32, columns: i32, flip: i32, to: usize): void {
  if (rows >= 4 && columns >= 4) {
    if (flip) transpose4x4(from, step, to, 144);
    else for (let j: usize = 0; j < 4; j++) store4(to + j * 144, load4(from + j * step));
  } else
    for (let r = 0; r < 4; r++)
      for (let c = 0; c < 4; c++) {
        const value = r < rows && c < columns ? load<f32>(from + <usize>r * step + (<usize>c << 2)) : 0;
        store<f32>(to + <usize>(flip ? c * 144 + (r << 2) : r * 144 + (c << 2)), value);
      }
}

/** 3x3 weights of four channels, 16 bytes apart, to 36 frequencies. */
@inline function transformWeights(from: usize, to: usize, frequency: usize, spare: usize): void {
  const half = spare + 288, full = half + 288;
  for (let i: usize = 0; i < 9; i++) {
    const four = load4(from + (i << 4));
    store4(spare + (i << 4), lowDouble(four));
    store4(spare + 144 + (i << 4), highDouble(four));
  }
  for (let both: usize = 0; both < 2; both++) {
    for (let j: usize = 0; j < 3; j++) weightTransform(spare + both * 144 + (j << 4), 48, half + (j << 4), 48);
    for (let i: usize = 0; i < 6; i++) weightTransform(half + i * 48, 16, full + i * 192 + (both << 4), 32);
  }
  for (let f: usize = 0; f < FREQUENCIES; f++)
    store4(to + f * frequency, single(load4(full + (f << 5)), load4(full + (f << 5) + 16)));
}

/** Number of units of a plan. */
@inline export function unitCount(plan: Plan): i32 {
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
export function fill(
  plan: Plan, source: Source, image: i32, count: i32, firstRow: i32, height: i32, width: i32, channels: i32, top: i32,
  left: i32, rows: i32, columns: i32, strip: usize,
): void {
  const tileRows = min(plan.tileRows, ((rows + 3) >> 2) - (firstRow >> 2)), across = ((columns + 3) >> 2 << 2) + 2;
  const c4 = up4(channels), down = (tileRows << 2) + 2;
  for (let i = 0; i < count; i++, strip += <usize>(down * across) * <usize>c4 * 4)
    fillStrip(source, image + i, height, width, channels, c4, firstRow - top, left, down, across, strip);
}

export function convolve(plan: Plan, image: i32, count: i32, firstRow: i32, strip: usize): void {
  const c4 = up4(plan.channels), k8 = up8(plan.outChannels);
  const across = (plan.outWidth + 3) >> 2, down = min(plan.tileRows, ((plan.outHeight + 3) >> 2) - (firstRow >> 2));
  const perImage = across * down, tiles = perImage * count;
  const pixel = <usize>c4 * 4, row = <usize>((across << 2) + 2) * pixel, stripBytes = <usize>((down << 2) + 2) * row;
  const v = strip + <usize>count * stripBytes, vStep = frequencyBytes(plan.block, c4);
  const m = v + FREQUENCIES * vStep, mStep = frequencyBytes(plan.block, k8), spare = m + FREQUENCIES * mStep;
  const panelBytes = <usize>c4 * 32, panels = k8 >> 3, frequency = weightBytes(panels, c4);
  for (let t0 = 0; t0 < tiles; t0 += plan.block) {
    const here = min(plan.block, tiles - t0);
    for (let t = 0; t < here; t++) {
      const i = (t0 + t) / perImage, at = (t0 + t) % perImage;
      const from = strip + <usize>i * stripBytes + <usize>(at / across << 2) * row + <usize>(at % across << 2) * pixel;
      transformIn(from, row, pixel, c4, v + <usize>t * pixel, vStep, spare);
    }
    for (let f: usize = 0; f < FREQUENCIES; f++) {
      let panel = plan.weights + f * frequency;
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
export function transformIn(from: usize, row: usize, pixel: usize, channels: i32, to: usize, step: usize, spare: usize): void {
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

export function finish(plan: Plan, epilogue: Epilogue, image: i32, count: i32, firstRow: i32, group: i32): void {
  if (epilogue.kind == NONE) return;
  const rows = min(plan.tileRows << 2, plan.outHeight - firstRow), rowBytes = <usize>plan.outWidth * <usize>plan.outChannels * 4;
  for (let i = 0; i < count; i++)
    for (let r = firstRow; r < firstRow + rows; r++) {
      const out = plan.out + (<usize>(image + i) * <usize>plan.outHeight + <usize>r) * rowBytes;
      finishRow(epilogue, out, image + i, r, plan.outHeight, plan.outWidth, plan.outChannels, group);
    }
}
