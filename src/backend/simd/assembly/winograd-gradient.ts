// Gradients of Winograd's convolutions: of the weights, and of the input in the same pass (see winograd.ts).
import { clearSums, Epilogue, NONE } from "./epilogue";
import { Source } from "./source";
import { deepTile4x8 } from "./tile";
import { gradientTransform, weightGradientTransform } from "./transforms";
import { load4, store4 } from "./vector";
import { convolve, fill, finish, frequencyBytes, FREQUENCIES, Plan, transformIn, unitCount, up4, up8 } from "./winograd";

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

/** A gradient [36][c4][k8] transformed to [3][3][rows][columns]; items are rows. `scratch` has 4096 bytes for each thread. */
export function winogradWeightGradient(
  from: usize, out: usize, rows: i32, columns: i32, scratch: usize, begin: i32, end: i32, thread: i32,
): void {
  const rowBytes = <usize>up8(columns) * 4, frequency = <usize>up4(rows) * rowBytes;
  const half = scratch + <usize>thread * 4096, small = half + 18 * 16;
  for (let r = begin; r < end; r++)
    for (let k = 0; k < columns; k += 4) {
      const full = from + <usize>r * rowBytes + (<usize>k << 2);
      for (let j: usize = 0; j < 6; j++)
        weightGradientTransform(full + j * frequency, 6 * frequency, half + (j << 4), 96);
      for (let i: usize = 0; i < 3; i++) weightGradientTransform(half + i * 96, 16, small + i * 48, 16);
      const to = out + (<usize>r * <usize>columns + <usize>k << 2), step = <usize>rows * <usize>columns << 2;
      if (columns - k >= 4) for (let i: usize = 0; i < 9; i++) store4(to + i * step, load4(small + (i << 4)));
      else
        for (let i: usize = 0; i < 9; i++) memory.copy(to + i * step, small + (i << 4), <usize>(columns - k) << 2);
    }
}
