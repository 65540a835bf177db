import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { shuffleTiles, tileOrders } from "../../../src/ssp/tiles.js";

beforeAll(() => use("simd"));

const numbered = (shape: [number, number, number, number]): Tensor4D =>
  tf.reshape(
    tf.range(
      0,
      shape.reduce((a, b) => a * b),
    ),
    shape,
  );
const differing = (a: readonly number[], b: readonly number[]): number => a.filter((value, i) => value !== b[i]).length;

describe("tiles", () => {
  test("place i shows the tile that was at order[i], row by row", () => {
    const image = tf.tensor4d([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3], [1, 4, 4, 1]);
    expect([...tf.tidy(() => shuffleTiles(image, [3, 0, 2, 1])).dataSync()]).toEqual([
      ...[3, 3, 0, 0],
      ...[3, 3, 0, 0],
      ...[2, 2, 1, 1],
      ...[2, 2, 1, 1],
    ]);
  });

  test.each([2, 3] as const)(
    "of a grid of %i: the inverse order restores the images, the identity changes nothing",
    (grid) => {
      tf.tidy(() => {
        const images = numbered([2, 3 * grid, 2 * grid, 3]);
        for (const order of tileOrders(grid, 20)) {
          const inverse = order.map((_, place) => order.indexOf(place));
          const shuffled = shuffleTiles(images, order);
          expect(shuffleTiles(shuffled, inverse).arraySync()).toEqual(images.arraySync());
          const same = shuffled.arraySync()[0]!.flat(2).join() === images.arraySync()[0]!.flat(2).join();
          expect(same).toBe(order.every((value, i) => value === i));
        }
      });
    },
  );

  test("pixels that fill no tile are left away", () => {
    tf.tidy(() => {
      const found = shuffleTiles(numbered([1, 8, 11, 1]), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(found.shape).toEqual([1, 6, 9, 1]);
      expect(found.arraySync()).toEqual(tf.slice(numbered([1, 8, 11, 1]), 0, [1, 6, 9, 1]).arraySync());
    });
  });
});

describe("orders", () => {
  test("of a grid of 2: all 24, each once", () => {
    const orders = tileOrders(2, 24);
    expect(orders[0]).toEqual([0, 1, 2, 3]);
    expect(new Set(orders.map(String)).size).toBe(24);
    for (const order of orders) expect(order.toSorted()).toEqual([0, 1, 2, 3]);
    expect(tileOrders(2, 99)).toEqual(orders);
  });

  test("each is as far from those before it as any order is, and fewer are the first of more", () => {
    const orders = tileOrders(2, 24);
    const nearest = (order: readonly number[], chosen: readonly number[][]): number =>
      Math.min(...chosen.map((other) => differing(order, other)));
    for (let i = 1; i < 24; i++) {
      const before = orders.slice(0, i);
      const farthest = Math.max(...orders.map((order) => nearest(order, before)));
      expect(nearest(orders[i]!, before)).toBe(farthest);
      expect(tileOrders(2, i)).toEqual(before);
    }
    // Four orders of four tiles can differ in all places; a fifth cannot.
    expect(nearest(orders[3]!, orders.slice(0, 3))).toBe(4);
    expect(nearest(orders[4]!, orders.slice(0, 4))).toBeLessThan(4);
  });

  test("of a grid of 3: thirty that differ in seven of nine places or more, nine of them in all", () => {
    const orders = tileOrders(3, 30);
    for (const order of orders) expect(order.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const apart = (list: readonly number[][]): number =>
      Math.min(...list.flatMap((a, i) => list.slice(0, i).map((b) => differing(a, b))));
    expect(apart(orders)).toBeGreaterThanOrEqual(7);
    expect(apart(orders.slice(0, 3))).toBe(9);
  });
});
