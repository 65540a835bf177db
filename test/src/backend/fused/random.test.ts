import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  philox,
  randomNormal,
  randomNormalReference,
  randomUniform,
  randomUniformReference,
} from "../../../../src/backend/fused/random.js";
import { use } from "../../../../src/backend/device.js";

beforeAll(async () => {
  await use(process.env["LONGTAIL_DEVICE"] || "simd");
});

// Known answers of the authors' Random123 library (kat_vectors, philox4x32 10).
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)("Philox of %j has its authors' answer", (counter, key, words) => {
  expect(Array.from(philox(counter, key))).toEqual(words);
});

describe("random numbers", () => {
  test.each([0, 1, 42, 2 ** 32 + 5, 2 ** 53 - 1])("of seed %d are those of plain JavaScript", (seed) => {
    tf.tidy(() => {
      for (const shape of [[0], [], [1], [7], [3, 5, 2], [40_001]]) {
        const [uniform, expected] = [randomUniform, randomUniformReference].map((op) => op(shape, seed).dataSync());
        expect(uniform).toEqual(expected);
        const [normal, exact] = [randomNormal, randomNormalReference].map((op) => op(shape, seed).dataSync());
        const worst = Array.from(normal!).reduce((most, value, i) => Math.max(most, Math.abs(value - exact![i]!)), 0);
        expect(worst).toBeLessThan(1e-6); // the last bit: sines of two libraries
      }
    });
  });

  test("are uniform and normal: moments within five standard errors, nothing outside", () => {
    tf.tidy(() => {
      const n = 400_000;
      const [uniform, normal] = [randomUniform([n], 3).dataSync(), randomNormal([n], 3).dataSync()];
      const moment = (values: ArrayLike<number>, k: number): number =>
        Array.from(values).reduce((sum, value) => sum + value ** k, 0) / n;
      [1 / 2, 1 / 3, 1 / 4].forEach((expected, i) => {
        const k = i + 1;
        const error = Math.sqrt((1 / (2 * k + 1) - expected ** 2) / n);
        expect(Math.abs(moment(uniform, k) - expected)).toBeLessThan(5 * error);
      });
      [0, 1, 0, 3].forEach((expected, i) => {
        const error = Math.sqrt(([1, 3, 15, 105][i]! - expected ** 2) / n);
        expect(Math.abs(moment(normal, i + 1) - expected)).toBeLessThan(5 * error);
      });
      expect(Math.min(...uniform.slice(0, 1e5))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...uniform.slice(0, 1e5))).toBeLessThan(1);
    });
  });

  test.each([-1, 0.5, NaN, 2 ** 53])("refuse the seed %d", (seed) => {
    expect(() => randomUniform([2], seed)).toThrow(`The seed is ${seed}; expected a whole number from 0 to 2^53 - 1`);
  });
});
