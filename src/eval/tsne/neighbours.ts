import type { Pauses } from "./pauses.js";
import type { Points } from "./points.js";

/** The k nearest other points of each point, in no order. */
export interface Neighbours {
  readonly k: number;
  /** Which points, [count, k]. */
  readonly indices: Int32Array;
  /** Their squared Euclidean distances, [count, k]. */
  readonly squares: Float64Array;
}

/** Points a tile: two tiles of 64-dimensional points take 32 KiB, a core's level-1 cache. */
const TILE = 32;

/**
 * Exact nearest neighbours: all pairs once, tile by tile. Where there are tens of dimensions, search trees look at nearly
 * all points too, and cost more for each.
 * @param k from 1 to count - 1
 */
export async function nearestNeighbours(
  { values, count, dimension }: Points,
  k: number,
  pauses: Pauses,
): Promise<Neighbours> {
  const heaps = new Heaps(count, k);
  for (let top = 0; top < count; top += TILE) {
    for (let left = top; left < count; left += TILE) {
      comparePairs(values, dimension, top, Math.min(top + TILE, count), left, Math.min(left + TILE, count), heaps);
    }
    if (pauses.due) await pauses.take();
  }
  return { k, indices: heaps.indices, squares: heaps.squares };
}

/** Pairs of a point in [top, bottom) and a later one in [left, right). */
function comparePairs(
  values: Float64Array,
  dimension: number,
  top: number,
  bottom: number,
  left: number,
  right: number,
  heaps: Heaps,
): void {
  const whole = dimension - (dimension % 4);
  for (let i = top; i < bottom; i++) {
    for (let j = Math.max(left, i + 1); j < right; j++) {
      let a = i * dimension;
      let b = j * dimension;
      // Four sums, since each addition would wait for the one before.
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (const end = a + whole; a < end; a += 4, b += 4) {
        const d0 = values[a]! - values[b]!;
        const d1 = values[a + 1]! - values[b + 1]!;
        const d2 = values[a + 2]! - values[b + 2]!;
        const d3 = values[a + 3]! - values[b + 3]!;
        s0 += d0 * d0;
        s1 += d1 * d1;
        s2 += d2 * d2;
        s3 += d3 * d3;
      }
      for (const end = (i + 1) * dimension; a < end; a++, b++) s0 += (values[a]! - values[b]!) ** 2;
      const square = s0 + s1 + (s2 + s3);
      if (square < heaps.farthest[i]!) heaps.replace(i, square, j);
      if (square < heaps.farthest[j]!) heaps.replace(j, square, i);
    }
  }
}

/** The k smallest distances of each point so far, as heaps with the largest at the top. */
class Heaps {
  readonly indices: Int32Array;
  readonly squares: Float64Array;
  /** The top of each heap; Infinity until there are k neighbours. */
  readonly farthest: Float64Array;

  constructor(
    count: number,
    private readonly k: number,
  ) {
    this.indices = new Int32Array(count * k).fill(-1);
    this.squares = new Float64Array(count * k).fill(Infinity);
    this.farthest = new Float64Array(count).fill(Infinity);
  }

  /** Puts a neighbour in the place of the farthest. */
  replace(point: number, square: number, neighbour: number): void {
    const { k, squares, indices } = this;
    const base = point * k;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && squares[base + child + 1]! > squares[base + child]!) child++;
      if (squares[base + child]! <= square) break;
      squares[base + at] = squares[base + child]!;
      indices[base + at] = indices[base + child]!;
      at = child;
    }
    squares[base + at] = square;
    indices[base + at] = neighbour;
    this.farthest[point] = squares[base]!;
  }
}
