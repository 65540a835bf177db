import { matrixLayout, type MatrixConvolutionShape, type MatrixTile } from "./kernels/matrix-convolution.js";
import type { Epilogue } from "./kernels/convolution-plan.js";
import { matrixFilterLayout, type MatrixFilterShape, type MatrixFilterTile } from "./kernels/matrix-filter-gradient.js";
import { isWhole, line, type MatrixShape } from "./kernels/matrices.js";
import { divisors, type Limits } from "./tiles.js";

/** Numbers of sums that a thread holds at most: more would not fit its registers. */
const SUMS = 128;

/** All ways to cut a convolution for matrices that fit the limits. */
export function matrixTiles(shape: MatrixConvolutionShape, epilogue: Epilogue, limits: Limits): MatrixTile[] {
  const { height, inChannels, outChannels, matrix } = shape;
  const tiles: MatrixTile[] = [];
  for (const block of divisors(outChannels, 64).filter((d) => d % matrix.n === 0))
    for (const chunk of divisors(inChannels, 64).filter((d) => d % matrix.k === 0))
      for (const rows of [1, 2, 4, 7, 8, 16].filter((r) => r <= height))
        for (const subgroups of shares(shape, rows)) {
          const tile = { rows, block, chunk, subgroups };
          const layout = matrixLayout({ ...shape, ...tile, epilogue });
          if (fits(layout, matrix, limits) && layout.threads % (block / 4) === 0) tiles.push(tile);
        }
  return tiles;
}

interface Layout {
  readonly threads: number;
  readonly bytes: number;
  /** Matrices of one subgroup's sums: rows by columns. */
  readonly down: number;
  readonly across: number;
}

/** Whether a workgroup fits the GPU, in whole subgroups. */
function fits({ threads, bytes, down, across }: Layout, matrix: MatrixShape, limits: Limits): boolean {
  const sums = (down * across * matrix.m * matrix.n) / matrix.lanes;
  return threads <= limits.threads && bytes <= limits.bytes && sums <= SUMS && isWhole(threads, matrix);
}

/** Numbers of subgroups that share some rows with as few matrices of nothing as can be. */
function shares({ width, stride, isTransposed, matrix }: MatrixConvolutionShape, rows: number): number[] {
  const { columns } = line(width, isTransposed ? 1 : stride, rows, 0);
  const matrices = Math.ceil((rows * columns) / matrix.m);
  const unit = (matrix.widest ?? matrix.lanes) / matrix.lanes;
  const all = Array.from({ length: SUMS }, (_, i) => unit * Math.ceil(matrices / (unit * (i + 1))));
  return [...new Set(all)].filter((subgroups) => subgroups <= 16);
}

/** All ways to cut a filter gradient for matrices that fit the limits. */
export function matrixFilterTiles(shape: MatrixFilterShape, limits: Limits): MatrixFilterTile[] {
  const { height, inChannels, outChannels, matrix } = shape;
  const tiles: MatrixFilterTile[] = [];
  for (const outBlock of divisors(outChannels, 64).filter((d) => d % matrix.n === 0))
    for (const inBlock of divisors(inChannels, 64).filter((d) => d % matrix.m === 0))
      for (const rows of [...new Set([4, 8, 16, height])].filter((r) => r <= height || r === 4))
        for (const band of [1, 2, 4, 8].filter((b) => rows % b === 0))
          for (const subgroups of divisors((9 * inBlock) / matrix.m, 16)) {
            const tile = { outBlock, inBlock, rows, band, subgroups };
            if (fits(matrixFilterLayout({ ...shape, ...tile }), matrix, limits)) tiles.push(tile);
          }
  return tiles;
}

/** Threads of a workgroup and bytes of its memory that let a GPU run several at a time. */
const [THREADS, BYTES] = [256, 16_384];

/** What is waited for where few groups fit beside one another, and where products share few loads. */
const hidden = (threads: number, bytes: number, down: number, across: number): number =>
  (1 + 0.15 * Math.abs(Math.log2(threads / THREADS))) *
  (1 + 0.2 * Math.max(0, Math.log2(bytes / BYTES))) *
  (1 + (0.3 * (down + across)) / (down * across));

/** A guess of the time that a tile takes, not measured yet: products for nothing, loads again, and what is waited for. */
export function matrixCost(shape: MatrixConvolutionShape, epilogue: Epilogue, tile: MatrixTile): number {
  const { threads, bytes, down, across, bands, pixels } = matrixLayout({ ...shape, ...tile, epilogue });
  const { width, height, inChannels, outChannels, matrix } = shape;
  const waste = (bands * down * tile.subgroups * matrix.m) / (width * height);
  const halo = pixels.filled / (tile.rows * pixels.columns);
  const again = 1 + 0.1 * halo * Math.log2((2 * outChannels) / tile.block);
  const filters = 1 + (0.1 * 9 * tile.block) / (tile.rows * width);
  const barriers = 1 + 0.03 * (inChannels / tile.chunk);
  return waste * again * filters * barriers * hidden(threads, bytes, down, across);
}

/** The same for a filter gradient: every block reads its share of both sides again, every part is written and read once. */
export function matrixFilterCost(shape: MatrixFilterShape, tile: MatrixFilterTile): number {
  const { threads, bytes, down, across, bands, blocks, length } = matrixFilterLayout({ ...shape, ...tile });
  const waste = (bands * (tile.rows / tile.band) * length) / (shape.height * shape.width);
  const again = 1 + 0.1 * Math.log2(2 * blocks);
  const barriers = 1 + 0.03 * (tile.rows / tile.band);
  const parts = 1 + 0.5 / tile.rows;
  return waste * again * barriers * parts * hidden(threads, bytes, down, across);
}
