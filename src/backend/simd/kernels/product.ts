import type { SimdBackend } from "../backend.js";
import type { Work } from "../pool.js";

/** Batches of matrices in memory, and which of them each product takes. */
interface Factor {
  readonly address: number;
  readonly transposed: boolean;
  readonly batches: number;
  readonly places: readonly number[];
}

export interface Product {
  /** Of rows x depth numbers, or transposed. */
  readonly a: Factor;
  /** Of depth x columns numbers, or transposed. */
  readonly b: Factor;
  /** Of rows x columns numbers, for every place of `a` and `b`. */
  readonly out: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** What is done to a product while it is still in the cache: a row is added (0: none), a function applied. */
export interface Finish {
  readonly bias: number;
  readonly activation: number;
  readonly alpha: number;
}

/** Most rows or columns of a factor that is too thin for tiles. */
const THIN_ROWS = 4;
const THIN_COLUMNS = 4;
/** Multiply-adds, and numbers moved, that outweigh handing them to a thread. */
const GRAIN = 2 ** 17;
const GRAIN_MOVED = 2 ** 14;
/** Of the tiles of ../assembly/transposition.ts. */
const TILE_SIDE = 32;
/** Rows of a block; and in how many blocks a product is cut at least, if it is that large: enough for any number of threads. */
const ROW_BLOCK = 64;
const LEAST_BLOCKS = 32;
const COLUMN_BLOCK = 64;
/** Columns of a block of sums: long enough runs of memory, and few enough to stay in the first-level cache. */
const LEAST_SUMS = 128;
const MOST_SUMS = 512;

/** Multiplies. How the work is cut depends on its size only, and so does every bit of what comes out. */
export function multiply(backend: SimdBackend, product: Product, finish: Finish): void {
  const { a, b, rows, columns, depth } = product;
  tables(backend, product, (aTable, bTable) => {
    inRows(backend, a, rows, depth, (aAddress) => {
      const left: Side = { address: aAddress, table: aTable };
      if (columns <= THIN_COLUMNS)
        inRows(backend, { ...b, transposed: !b.transposed }, columns, depth, (bAddress) =>
          dots(backend, product, left, { address: bAddress, table: bTable }, false),
        );
      else if (rows <= THIN_ROWS && b.transposed)
        dots(backend, product, { address: b.address, table: bTable }, left, true);
      else if (rows <= THIN_ROWS) sums(backend, product, left, { address: b.address, table: bTable });
      else return tiles(backend, product, left, bTable, finish);
      finishRows(backend, product, finish);
    });
  });
}

/** A factor ready for a kernel: with numbers that follow each other along the depth. */
interface Side {
  readonly address: number;
  readonly table: number;
}

function tables(backend: SimdBackend, { a, b }: Product, use: (aTable: number, bTable: number) => void): void {
  const { length } = a.places;
  backend.scratch(8 * length, (address) => {
    const table = backend.memoryOfTensors.int32(address, 2 * length);
    table.set(a.places);
    table.set(b.places, length);
    use(address, address + 4 * length);
  });
}

/** Lends matrices of rows x columns numbers as they are, or their transposes' transposes. */
function inRows(
  backend: SimdBackend,
  { address, transposed, batches }: Factor,
  rows: number,
  columns: number,
  use: (address: number) => void,
): void {
  if (!transposed || rows === 1 || columns === 1) return use(address);
  backend.scratch(4 * batches * rows * columns, (copy) => {
    const size = rows * columns;
    const tiles = batches * Math.ceil(rows / TILE_SIDE) * Math.ceil(columns / TILE_SIDE);
    const work = { items: tiles, grain: Math.ceil(GRAIN_MOVED / TILE_SIDE ** 2) };
    backend.run(
      "transpose",
      work,
      address,
      copy,
      ...[1, batches, rows, columns, 0, 0, size, 0, 0, size, rows, columns],
    );
    use(copy);
  });
}

/** Every row of one side with every one of the few rows of the other. */
function dots(backend: SimdBackend, product: Product, many: Side, few: Side, swapped: boolean): void {
  const { a, out, depth } = product;
  const rows = swapped ? product.columns : product.rows;
  const count = swapped ? product.rows : product.columns;
  const [outRowBytes, outVectorBytes] = swapped ? [4, 4 * rows] : [4 * count, 4];
  backend.run(
    "rowDots",
    cut(a.places.length * Math.ceil(rows / 4), 4 * count * depth),
    ...[many.address, many.table, few.address, few.table, out, rows, count, depth, outRowBytes, outVectorBytes],
  );
}

function sums(backend: SimdBackend, { a, out, rows, columns, depth }: Product, left: Side, right: Side): void {
  const block = Math.min(MOST_SUMS, Math.max(LEAST_SUMS, 4 * Math.ceil(columns / LEAST_BLOCKS / 4)));
  backend.run(
    "rowSums",
    cut(a.places.length * Math.ceil(columns / block), rows * block * depth),
    ...[left.address, left.table, right.address, right.table, out, rows, columns, depth, block],
  );
}

function tiles(backend: SimdBackend, product: Product, left: Side, bTable: number, finish: Finish): void {
  const { a, b, out, rows, columns, depth } = product;
  const panels = Math.ceil(columns / 8);
  backend.scratch(32 * b.batches * panels * depth, (packed) => {
    const [rowBytes, columnBytes] = b.transposed ? [4, 4 * depth] : [4 * columns, 4];
    const packing = { items: b.batches * panels, grain: Math.ceil(GRAIN_MOVED / (8 * depth + 1)) };
    backend.run("packMatrices", packing, b.address, rowBytes, columnBytes, depth, columns, packed);
    const down = a.places.length * Math.ceil(rows / ROW_BLOCK);
    const across = Math.min(Math.ceil(LEAST_BLOCKS / down), Math.ceil(columns / COLUMN_BLOCK));
    const block = 8 * Math.ceil(panels / across);
    backend.run(
      "matrixProduct",
      cut(down * Math.ceil(columns / block), Math.min(rows, ROW_BLOCK) * block * depth),
      ...[left.address, left.table, packed, bTable, out, rows, columns, depth, ROW_BLOCK, block],
      ...[finish.bias, finish.activation, finish.alpha],
    );
  });
}

function finishRows(backend: SimdBackend, { a, out, rows, columns }: Product, finish: Finish): void {
  if (finish.bias === 0 && finish.activation === 0) return;
  const work = { items: a.places.length * rows, grain: Math.ceil(GRAIN_MOVED / columns) };
  backend.run("finishRows", work, out, columns, finish.bias, finish.activation, finish.alpha);
}

/** Chunks that are worth a thread, of items that cost so many multiply-adds each. */
function cut(items: number, cost: number): Work {
  return { items, grain: Math.min(items, Math.ceil(GRAIN / (cost + 1))) };
}
