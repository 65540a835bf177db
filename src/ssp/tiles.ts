import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";

/** Tiles of an image in another order: place i shows the tile that was at order[i], counted row by row. */
export function shuffleTiles(images: Tensor4D, order: readonly number[]): Tensor4D {
  const grid = Math.sqrt(order.length);
  const [count, height, width, channels] = images.shape;
  const [down, across] = [Math.floor(height / grid), Math.floor(width / grid)];
  const tile = (at: number): Tensor4D =>
    tf.slice(images, [0, Math.floor(at / grid) * down, (at % grid) * across, 0], [count, down, across, channels]);
  const rows = Array.from({ length: grid }, (_, row) =>
    tf.concat(
      order.slice(row * grid, (row + 1) * grid).map((at) => tile(at)),
      2,
    ),
  );
  return tf.concat(rows, 1);
}

/**
 * Orders of grid x grid tiles that differ in as many places as can be (Noroozi & Favaro 2016): the identity, then always the
 * order whose nearest chosen one is farthest.
 * @param grid 2 or 3 @param count at most the number of all orders
 */
export function tileOrders(grid: 2 | 3, count: number): number[][] {
  const all = permutations(grid * grid);
  const nearest = new Float64Array(all.length).fill(Infinity);
  const chosen: number[][] = [];
  let next = 0;
  while (chosen.length < Math.min(count, all.length)) {
    const order = all[next]!;
    chosen.push(order);
    let best = -1;
    next = 0;
    all.forEach((other, i) => {
      nearest[i] = Math.min(nearest[i]!, distance(order, other));
      if (nearest[i] > best) [best, next] = [nearest[i], i];
    });
  }
  return chosen;
}

/** In how many places two orders differ. */
function distance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) sum++;
  return sum;
}

/** All orders of 0 to length - 1, in lexicographic order. */
function permutations(length: number): number[][] {
  if (length === 0) return [[]];
  const smaller = permutations(length - 1);
  return Array.from({ length }, (_, first) =>
    smaller.map((rest) => [first, ...rest.map((value) => (value >= first ? value + 1 : value))]),
  ).flat();
}
