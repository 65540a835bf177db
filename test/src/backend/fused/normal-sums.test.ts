import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../../src/backend/device.js";
import { normalSums, normalSumsReference } from "../../../../src/backend/fused/normal-sums.js";
import { randomNormalReference } from "../../../../src/backend/fused/random.js";

beforeAll(async () => {
  await use(process.env["LONGTAIL_DEVICE"] || "simd");
});

/** Single numbers: rows of one. */
const numbers = async (seed: number, count: number) => (await normalSums({ seed, rows: count, length: 1 })).sums;

function exactNumbers(seed: number, rows: number): Float32Array {
  const request = { shape: [rows, 1, 3] as [number, number, 3], key: [seed, 0] as [number, number], from: 0 };
  const rest = { length: 1, threshold: 0 };
  return tf
    .tidy(() => normalSumsReference({ ...request, ...rest }).slice([0, 0, 1], [rows, 1, 1]))
    .dataSync() as Float32Array;
}

test.each([
  { rows: 1, length: 1, chance: 1 },
  { rows: 5, length: 3, chance: 0.5 },
  { rows: 3, length: 16, chance: 0 },
  { rows: 7, length: 17, chance: 0.9 },
  { rows: 33, length: 4095, chance: 0.25, from: 1_000_000_007 },
  { rows: 2, length: 65_536, chance: 1 / 3 },
  { rows: 3, length: 150_001, chance: 0.7, seed: 2 ** 53 - 1 },
])("sums are those of plain JavaScript: %j", async ({ rows, length, chance, from = 0, seed = 42 }) => {
  const { hits, sums, squares } = await normalSums({ seed, rows, length, chance, from });
  const key: [number, number] = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  const parts = Math.ceil(length / 65_536);
  const threshold = Math.round(chance * 2 ** 31);
  const expected = normalSumsReference({ shape: [rows, parts, 3], key, from, length, threshold });
  const of = (row: number, i: number) =>
    (expected.slice([row, 0, i], [1, parts, 1]).sum().dataSync() as Float32Array)[0]!;
  tf.tidy(() => {
    for (let row = 0; row < rows; row++) {
      expect(hits[row]).toBe(of(row, 0));
      // Numbers are right to a few units of the last place; the sum of their errors grows as the root of how many there are.
      expect(Math.abs(sums[row]! - of(row, 1))).toBeLessThan(1e-6 * (1 + Math.sqrt(length)));
      expect(Math.abs(squares[row]! / of(row, 2) - 1)).toBeLessThan(1e-6);
    }
  });
  expected.dispose();
});

test("single numbers are right to 1e-6, as far out as they go", async () => {
  const found = await numbers(3, 200_000);
  const expected = exactNumbers(3, 200_000);
  const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThan(1e-6);
  expect(found.some((value) => Math.abs(value) > 4)).toBe(true);
});

test("a row is the same whichever rows are asked for with it", async () => {
  const all = await normalSums({ seed: 5, rows: 20, length: 1000, chance: 0.4 });
  const some = await normalSums({ seed: 5, from: 13, rows: 4, length: 1000, chance: 0.4 });
  for (const name of ["hits", "sums", "squares"] as const) expect(some[name]).toEqual(all[name].slice(13, 17));
});

test("numbers of other seeds, other rows, and of randomNormal are others; labels do not change them", async () => {
  const [a, b] = [await numbers(5, 1000), await numbers(6, 1000)];
  const plain = tf.tidy(() => randomNormalReference([1000], 5).dataSync());
  const distinct = new Set([...a, ...b, ...plain]);
  expect(distinct.size).toBeGreaterThan(2990);
  const labeled = await normalSums({ seed: 5, rows: 1000, length: 1, chance: 0.5 });
  expect(labeled.sums).toEqual(a);
});

test("means, variances and shares of hits are within five standard errors", async () => {
  const [rows, length, chance] = [4000, 777, 0.3];
  const n = rows * length;
  const { hits, sums, squares } = await normalSums({ seed: 9, rows, length, chance });
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / n;
  expect(Math.abs(total(sums))).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(total(squares) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  expect(Math.abs(total(hits) - chance)).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / n));
  // Rows differ as sums of independent numbers do.
  const spread = sums.reduce((sum, value) => sum + value * value, 0) / n;
  expect(Math.abs(spread - 1)).toBeLessThan(5 * Math.sqrt(2 / rows));
});

test("no tensor is left", async () => {
  const before = tf.memory().numTensors;
  await normalSums({ seed: 1, rows: 3, length: 10 });
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [{ rows: 0 }, "normalSums: rows must be an integer from 1 to 2147483647 (got 0)"],
  [{ length: 2 ** 31 }, "normalSums: length must be"],
  [{ chance: 1.5 }, "normalSums: chance must be a number in [0, 1] (got 1.5)"],
  [{ seed: -1 }, "The seed is -1; expected a whole number from 0 to 2^53 - 1"],
  [{ from: 2 ** 31 - 1, rows: 2 }, "expected from + rows within them, found 2147483647 + 2"],
  [{ row: 1 }, 'there is no parameter "row"'],
])("refuses %j", async (wrong, message) => {
  await expect(normalSums({ seed: 1, rows: 1, length: 1, ...wrong })).rejects.toThrow(message);
});
