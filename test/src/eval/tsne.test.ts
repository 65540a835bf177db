import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { tsne } from "../../../src/eval/index.js";
import { stream } from "../../../src/random/index.js";
import { clustered, reference } from "./reference.js";

const { apart, entangled } = reference.tsne;
const { count, dimension, clusters } = apart;
const rows = clustered(apart);
const flat = Float32Array.from(rows.flat());
const short = { iterations: 60, exaggerationIterations: 20, perplexity: 10 };

/** Share of the points whose nearest other point in the plane is of the same cluster. */
function agreement(positions: Float32Array): number {
  let same = 0;
  for (let i = 0; i < count; i++) {
    let [nearest, best] = [-1, Infinity];
    for (let j = 0; j < count; j++) {
      const square =
        (positions[2 * i]! - positions[2 * j]!) ** 2 + (positions[2 * i + 1]! - positions[2 * j + 1]!) ** 2;
      if (j !== i && square < best) [nearest, best] = [j, square];
    }
    if (nearest % clusters === i % clusters) same++;
  }
  return same / count;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

describe("as good as scikit-learn's runs on the same points", () => {
  test.each([
    ["pca", 0],
    ["pca", 0.5],
    ["random", 0.5],
  ] as const)(
    "%s, theta %d: clusters apart, divergence within one per cent of their median",
    async (initial, theta) => {
      const { divergence, positions } = await tsne(rows, { initial, theta });
      expect(Math.abs(divergence / median(apart.divergences) - 1)).toBeLessThan(0.01);
      const theirs = new Float32Array(Uint8Array.from(Buffer.from(reference.tsne.positions, "base64")).buffer);
      expect(agreement(positions)).toBeGreaterThan(agreement(theirs) - 0.01);
      expect(agreement(positions)).toBeGreaterThan(0.97);
    },
  );

  // Here runs end in different minima, within 6 % of each other.
  test("entangled clusters, the median of five runs within 3 % of their median", async () => {
    const points = clustered(entangled);
    const divergences: number[] = [];
    for (let seed = 0; seed < 5; seed++)
      divergences.push((await tsne(points, { initial: "random", stream: stream(seed) })).divergence);
    expect(Math.abs(median(divergences) / median(entangled.divergences) - 1)).toBeLessThan(0.03);
  });
});

test("same points and options, same bits; flat or in rows", async () => {
  const from = { ...short, initial: "random" } as const;
  const run = (seed: number): ReturnType<typeof tsne> => tsne(flat, { ...from, dimension, stream: stream(seed) });
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  expect(again).toEqual(first);
  expect(other.positions).not.toEqual(first.positions);
  const inRows = await tsne(
    Array.from({ length: count }, (_, i) => flat.subarray(i * dimension, (i + 1) * dimension)),
    { ...from, stream: stream(1) },
  );
  expect(inRows).toEqual(first);
});

test("neither the place nor the scale of the points matters", async () => {
  const { positions } = await tsne(rows, short);
  const moved = await tsne(rows.map((row) => row.map((v) => 1024 * v)), short); // prettier-ignore
  expect(moved.positions).toEqual(positions); // a power of two changes no digit
});

test("equal points lie near each other, and positions have mean 0", async () => {
  const half = rows.slice(0, 100);
  const { positions } = await tsne([...half, ...half], { perplexity: 10 });
  const distance = (i: number, j: number): number =>
    Math.hypot(positions[2 * i]! - positions[2 * j]!, positions[2 * i + 1]! - positions[2 * j + 1]!);
  const between = (other: (i: number) => number): number => median(half.map((_, i) => distance(i, other(i))));
  // Points i and i + clusters are of one cluster.
  expect(between((i) => i + 100)).toBeLessThan(between((i) => (i + clusters) % 100) / 3);
  for (const a of [0, 1]) expect(positions.filter((_, at) => at % 2 === a).reduce((x, y) => x + y)).toBeCloseTo(0, 2);
});

test("points in one place, and the fewest points there may be, have finite positions", async () => {
  for (const points of [new Array<number[]>(50).fill([1, 2]), rows.slice(0, 31)]) {
    const { positions, divergence } = await tsne(points, short);
    expect(positions.every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(divergence)).toBe(true);
  }
});

describe("refuses", () => {
  const wrong: [title: string, run: () => Promise<unknown>, message: string][] = [
    [
      "too few points",
      () => tsne(rows.slice(0, 90)),
      "perplexity must be at most (points - 1) / 3 = 29.7 (got 30 for 90 points)",
    ],
    ["no points", () => tsne([]), "expected points of one or more numbers, found none"],
    [
      "a tensor",
      () => tsne({ dataId: {}, shape: [91, 4] } as never),
      "points must be an array (got a tensor; await tensor",
    ],
    ["NaN", () => tsne([[1, 2], [3, NaN]]), "found NaN in point 1, at 1"], // prettier-ignore
    ["Infinity", () => tsne(Float32Array.of(1, Infinity), { dimension: 2 }), "found Infinity in point 0, at 1"],
    ["ragged rows", () => tsne([[1, 2], [3]]), "expected points of 2 numbers each, found 1 in point 1"], // prettier-ignore
    ["flat without dimension", () => tsne(flat), "needs the option dimension"],
    ["a length that does not fit", () => tsne(flat, { dimension: 7 }), "expected a multiple of dimension 7"],
    [
      "fewer iterations than exaggerated ones",
      () => tsne(rows, { iterations: 100 }),
      "at least exaggerationIterations",
    ],
    ["a coarse theta", () => tsne(rows, { theta: 0.8 }), "theta must be a number in [0, 0.7] (got 0.8)"],
    ["unknown options", () => tsne(rows, { perplexty: 5 } as never), 'no parameter "perplexty"'],
    [
      "an immense learning rate",
      () => tsne(rows, { ...short, learningRate: 1e300 }),
      "give a learningRate below 1e+300",
    ],
  ];
  test.each(wrong)("%s", async (_, run, message) => {
    await expect(run()).rejects.toThrow(RangeError);
    await expect(run()).rejects.toThrow(message);
  });
});

test("ends when its signal says so, and lets timers through", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 1);
  await expect(tsne(rows, { iterations: 1_000_000, signal: controller.signal })).rejects.toBe(reason);
  await expect(tsne(rows, { signal: controller.signal })).rejects.toBe(reason);
});

test("tells its progress, ending with all", async () => {
  const told: [number, number][] = [];
  await tsne(rows, { ...short, onProgress: (done, total) => told.push([done, total]) });
  expect(told.at(-1)).toEqual([60, 60]);
  expect(told.map(([done]) => done)).toEqual([...new Set(told.map(([done]) => done))].sort((a, b) => a - b));
});
