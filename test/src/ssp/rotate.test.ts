import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { allOfEach, oneEach, rotate, waysToCut } from "../../../src/ssp/rotate.js";

beforeAll(() => use("simd"));

const numbered = (count: number, side: number, channels = 1): Tensor4D =>
  tf.reshape(tf.range(0, count * side * side * channels), [count, side, side, channels]);

describe("rotate", () => {
  test("is NumPy's rot90: np.rot90(np.arange(9).reshape(3, 3), k)", () => {
    const turned = [0, 1, 2, 3].map((k) => tf.tidy(() => [...rotate(numbered(1, 3), k).dataSync()]));
    expect(turned).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [2, 5, 8, 1, 4, 7, 0, 3, 6],
      [8, 7, 6, 5, 4, 3, 2, 1, 0],
      [6, 3, 0, 7, 4, 1, 8, 5, 2],
    ]);
  });

  test("turns each image of a batch, with its channels, by k quarters, and four quarters are none", () => {
    const shapes = fc.record({
      count: fc.integer({ min: 1, max: 3 }),
      side: fc.integer({ min: 1, max: 5 }),
      channels: fc.constantFrom(1, 3),
    });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 7 }), ({ count, side, channels }, k) => {
        tf.tidy(() => {
          const images = numbered(count, side, channels);
          const [before, after] = [images.arraySync(), rotate(images, k).arraySync()];
          // np.rot90: the pixel at [y][x] was at [x][side - 1 - y].
          const quarter = (image: number[][][]): number[][][] =>
            image.map((row, y) => row.map((_, x) => image[x]![side - 1 - y]!));
          let expected = before;
          for (let i = 0; i < k; i++) expected = expected.map(quarter);
          expect(after).toEqual(expected);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe("each image with one change", () => {
  test("no two changes' images differ by more than one, labels say which, and no image is left out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 24 }), (count, changes) => {
        tf.tidy(() => {
          const images: Tensor4D = tf.reshape(tf.range(0, count), [count, 1, 1, 1]);
          const made = oneEach(images, changes, (part, k) => tf.add(tf.mul(part, 100), k));
          const labels = [...made.labels.dataSync()];
          expect(made.labels.dtype).toBe("int32");
          expect([...made.images.dataSync()]).toEqual(labels.map((k, i) => 100 * i + k));
          const often = Array.from({ length: changes }, (_, k) => labels.filter((label) => label === k).length);
          expect(often.reduce((a, b) => a + b)).toBe(count);
          expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  test("over all ways to cut, each change has as many images as any other; there is one way where nothing is left over", () => {
    const some = { count: fc.integer({ min: 1, max: 70 }), changes: fc.integer({ min: 1, max: 24 }) };
    fc.assert(
      fc.property(fc.record(some), ({ count, changes }) => {
        const ways = waysToCut(count, changes);
        expect(ways === 1).toBe(count % changes === 0);
        const often = new Array<number>(changes).fill(0);
        tf.tidy(() => {
          const images = tf.zeros<tf.Rank.R4>([count, 1, 1, 1]);
          for (let cut = 0; cut < ways; cut++)
            for (const k of oneEach(images, changes, (part) => part, cut).labels.dataSync()) often[k]!++;
        });
        expect(often).toEqual(new Array(changes).fill((count * ways) / changes));
      }),
    );
  });

  test("of a batch of 128, 32 images for each rotation", () => {
    tf.tidy(() => {
      const labels = oneEach(numbered(128, 2), 4, rotate).labels.dataSync();
      expect([0, 1, 2, 3].map((k) => labels.filter((label) => label === k).length)).toEqual([32, 32, 32, 32]);
    });
  });
});

test("every image with each change", () => {
  tf.tidy(() => {
    const images = numbered(3, 4, 3);
    const made = allOfEach(images, 4, rotate);
    expect([...made.labels.dataSync()]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    const expected = [0, 1, 2, 3].flatMap((k) => rotate(images, k).arraySync());
    expect(made.images.arraySync()).toEqual(expected);
  });
});
