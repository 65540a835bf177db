import { layout, type ConvolutionShape, type ConvolutionTile, type Epilogue } from "./kernels/convolution-plan.js";
import { filterLayout, type FilterGradientShape, type FilterGradientTile } from "./kernels/filter-gradient.js";

/** What a workgroup may have. */
export interface Limits {
  readonly threads: number;
  /** Bytes of workgroup memory. */
  readonly bytes: number;
}

/** Divisors of n up to a number. */
export const divisors = (n: number, most: number): number[] =>
  Array.from({ length: Math.min(n, most) }, (_, i) => i + 1).filter((d) => n % d === 0);

/** All ways to cut a convolution that fit the limits. */
export function convolutionTiles(shape: ConvolutionShape, epilogue: Epilogue, limits: Limits): ConvolutionTile[] {
  const { height, width, outChannels } = shape;
  const tiles: ConvolutionTile[] = [];
  for (const block of divisors(outChannels, 64).filter((d) => d % 4 === 0))
    for (const channels of [4, 8].filter((c) => block % c === 0))
      for (const pixels of [2, 4, 7, 8].filter((p) => p <= Math.max(2, width)))
        for (const rows of [1, 2, 4, 7, 8, 16].filter((r) => r <= height)) {
          const tile = { rows, pixels, channels, block };
          const { threads, bytes } = layout({ ...shape, ...tile, epilogue });
          if (threads <= limits.threads && bytes <= limits.bytes) tiles.push(tile);
        }
  return tiles;
}

/** All ways to cut a filter gradient that fit the limits. */
export function filterGradientTiles(shape: FilterGradientShape, limits: Limits): FilterGradientTile[] {
  const { height, outChannels, inChannels } = shape;
  const all = 4 * Math.ceil(inChannels / 4);
  const tiles: FilterGradientTile[] = [];
  for (const outBlock of divisors(outChannels, 64).filter((d) => d % 4 === 0))
    for (const inBlock of divisors(all, 64).filter((d) => d % 4 === 0))
      for (const rows of [...new Set([4, 8, 16, height])].filter((r) => r <= height || r === 4))
        for (const band of [1, 2, 4].filter((b) => rows % b === 0))
          for (const lanes of [1, 2, 4].filter((l) => band % l === 0)) {
            const tile = { outBlock, inBlock, rows, band, lanes };
            const { threads, bytes } = filterLayout({ ...shape, ...tile });
            if (threads <= limits.threads && bytes <= limits.bytes) tiles.push(tile);
          }
  return tiles;
}

/** Threads of a workgroup at which these programs ran best (NVIDIA H200). */
const [THREADS, FILTER_THREADS] = [256, 192];
/** How much slower a thread's pixels were, by their number, and twice the channels: its registers ran out. */
const PIXELS: Readonly<Record<number, number>> = { 2: 1.4, 4: 1.04, 7: 1.02, 8: 1 };
const TWICE_THE_CHANNELS = 1.15;

/** A guess of the time that a tile takes, by what was measured on one GPU. */
export function cost(shape: ConvolutionShape, epilogue: Epilogue, tile: ConvolutionTile): number {
  const { threads, across, bands } = layout({ ...shape, ...tile, epilogue });
  const waste = (across * tile.pixels * bands * tile.rows) / (shape.width * shape.height);
  const registers = PIXELS[tile.pixels]! * (tile.channels > 4 ? TWICE_THE_CHANNELS : 1);
  const again = 1 + 0.1 * Math.log2(shape.outChannels / tile.block);
  return waste * registers * again * (1 + 0.15 * Math.abs(Math.log2(threads / THREADS)));
}

/** The same for a filter gradient: every block reads its share of both sides again, every part is written and read once. */
export function filterCost(shape: FilterGradientShape, tile: FilterGradientTile): number {
  const { threads, blocks } = filterLayout({ ...shape, ...tile });
  const waste = (Math.ceil(shape.height / tile.rows) * tile.rows) / shape.height;
  const again = 1 + 0.08 * Math.log2(blocks);
  const barriers = 1 + 0.1 * Math.log2(4 / tile.band);
  const parts = 1 + (0.5 * tile.lanes) / tile.rows;
  return waste * again * barriers * parts * (1 + 0.15 * Math.abs(Math.log2(threads / FILTER_THREADS)));
}
