import type { SimdBackend } from "../backend.js";

/** A convolution: NHWC input, HWIO weights; sizes in numbers. */
export interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
}

/** How a convolution is cut; depends on its geometry only, so that results are the same for every number of threads. */
export interface Cut {
  readonly images: number;
  readonly rows: number;
  readonly strips: number;
  readonly units: number;
  readonly block: number;
}

/** What tiles of all frequencies of a block may take, so that it stays in a second-level cache. */
const BLOCK_BYTES = 320 * 1024;
/** What the padded strip of a unit may take. */
const STRIP_BYTES = 128 * 1024;
/** Units that there should be at least, for threads to share. */
const LEAST_UNITS = 16;

const up4 = (n: number): number => Math.ceil(n / 4) * 4;
const up8 = (n: number): number => Math.ceil(n / 8) * 8;
const clamp = (n: number, low: number, high: number): number => Math.min(high, Math.max(low, n));

/** Whether Winograd's algorithm fits and pays. */
export function isWinograd(g: Geometry): boolean {
  const square = g.kernelHeight === 3 && g.kernelWidth === 3;
  const dense = g.strideY === 1 && g.strideX === 1 && g.dilationY === 1 && g.dilationX === 1;
  return square && dense && g.top <= 2 && g.left <= 2 && Math.min(g.channels, g.outChannels) >= 8 && g.outHeight >= 2;
}

/** Cuts the output of a Winograd convolution into units of tiles. */
export function winogradCut(g: Geometry): Cut {
  const down = Math.ceil(g.outHeight / 4);
  const across = Math.ceil(g.outWidth / 4);
  const block = clamp(up4(BLOCK_BYTES / (144 * (up4(g.channels) + up8(g.outChannels)))) - 4, 8, 64);
  const rowBytes = (4 * across + 2) * 4 * Math.max(up4(g.channels), up4(g.outChannels));
  const fitting = Math.max(1, Math.floor((STRIP_BYTES / rowBytes - 2) / 4));
  const spread = Math.max(1, Math.floor((down * g.batch) / LEAST_UNITS));
  const rows = Math.min(down, fitting, spread);
  const strips = Math.ceil(down / rows);
  const most = Math.max(1, Math.floor(g.batch / LEAST_UNITS));
  const images = strips > 1 ? 1 : clamp(Math.ceil(block / (rows * across)), 1, most);
  return { images, rows, strips, units: Math.ceil(g.batch / images) * strips, block };
}

/** Cuts the output of a direct convolution into units of rows. */
export function directCut(g: Geometry): Cut {
  const rowBytes = ((g.outWidth - 1) * g.strideX + (g.kernelWidth - 1) * g.dilationX + 1) * 4 * g.channels;
  const fitting = Math.max(1, Math.floor(STRIP_BYTES / rowBytes / g.strideY));
  const spread = Math.max(1, Math.floor((g.outHeight * g.batch) / LEAST_UNITS));
  const rows = Math.min(g.outHeight, fitting, spread);
  const strips = Math.ceil(g.outHeight / rows);
  return { images: 1, rows, strips, units: g.batch * strips, block: 0 };
}

/** Bytes that a thread needs beside its strips, for a block of tiles. */
function blockBytes(block: number, channels: number, outChannels: number): number {
  const frequencies = 36 * (block * (up4(channels) + up8(Math.max(channels, outChannels))) * 4 + 128);
  return frequencies + 1024 + 64 * up8(Math.max(channels, outChannels));
}

/** Bytes of scratch space of one thread for a Winograd convolution or the gradient of one, in both directions. */
export function winogradScratch(g: Geometry, cut: Cut): number {
  const across = 4 * Math.ceil(Math.max(g.outWidth, g.width) / 4) + 2;
  const strip = cut.images * (4 * cut.rows + 2) * across * 4;
  const wide = Math.max(up4(g.channels), up4(g.outChannels));
  return strip * 2 * wide + blockBytes(cut.block, wide, wide);
}

/** Bytes of one group's sums of the weights' gradient, before it is transformed back. */
export function winogradSumsBytes(channels: number, outChannels: number): number {
  return 36 * up4(channels) * up8(outChannels) * 4;
}

/** Bytes of transformed weights, from `depth` to `columns` channels: frequencies with gaps, see ../assembly/winograd.ts. */
export function transformedBytes(depth: number, columns: number): number {
  return winogradSumsBytes(depth, columns) + 36 * 64;
}

/** Bytes of scratch space of one thread for a direct convolution and its gradients. */
export function directScratch(g: Geometry): number {
  const height = (g.outHeight - 1) * g.strideY + (g.kernelHeight - 1) * g.dilationY + 1;
  const width = (g.outWidth - 1) * g.strideX + (g.kernelWidth - 1) * g.dilationX + 1;
  const padded = Math.max(height, g.top + g.height) * Math.max(width, g.left + g.width) * g.channels;
  return 4 * (padded + g.outHeight * g.outWidth * g.outChannels + g.outWidth * up8(g.outChannels)) + 64;
}

/** The words of the assembly's Plan, in its order. */
export function planWords(
  g: Geometry,
  cut: Cut,
  groups: number,
  weights: number,
  out: number,
  scratch: Scratch,
): number[] {
  return [
    ...[g.batch, g.height, g.width, g.channels, g.top, g.left, g.outHeight, g.outWidth, g.outChannels],
    ...[cut.images, cut.rows, cut.strips, groups, cut.block, weights, out, scratch.address, scratch.bytes],
  ];
}

/** The words of the assembly's DirectPlan. */
export function directPlanWords(
  g: Geometry,
  cut: Cut,
  groups: number,
  weights: number,
  out: number,
  scratch: Scratch,
): number[] {
  return [
    ...[g.batch, g.height, g.width, g.channels, g.kernelHeight, g.kernelWidth, g.strideY, g.strideX],
    ...[g.dilationY, g.dilationX, g.top, g.left, g.outHeight, g.outWidth, g.outChannels],
    ...[cut.rows, cut.strips, groups, weights, out, scratch.address, scratch.bytes],
  ];
}

/** Space of the threads: where it begins, and bytes of each. */
export interface Scratch {
  readonly address: number;
  readonly bytes: number;
}

/** Structures that kernels read, side by side in memory. */
export function withWords<T>(backend: SimdBackend, structures: number[][], use: (...addresses: number[]) => T): T {
  const sizes = structures.map((words) => Math.ceil(words.length / 4) * 16);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return backend.scratch(bytes, (address) => {
    const memory = backend.memoryOfTensors;
    let next = address;
    const addresses = structures.map((words, i) => {
      const here = next;
      memory.int32(here, words.length).set(words);
      next += sizes[i]!;
      return here;
    });
    return use(...addresses);
  });
}
