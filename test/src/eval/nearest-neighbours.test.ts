import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { nearestNeighbours } from "../../../src/eval/index.js";
import { stream, type Stream } from "../../../src/random/index.js";

beforeAll(() => use("simd"));

interface Sizes {
  readonly known: number;
  readonly queries: number;
  readonly width: number;
  readonly classes: number;
}

function features(random: Stream, { known, queries, width, classes }: Sizes) {
  return {
    known: {
      features: random.fillNormal(new Float32Array(known * width)),
      labels: Array.from({ length: known }, () => random.integer(classes)),
    },
    queries: random.fillNormal(new Float32Array(queries * width)),
  };
}

/** By its definition, in double precision. Undefined where neighbours or votes are too close to tell in single precision. */
function bruteForce(
  { known, queries }: ReturnType<typeof features>,
  { width, classes, k, temperature }: { width: number; classes: number; k: number; temperature: number },
): (number | undefined)[] {
  const unitRow = (rows: Float32Array, i: number): number[] => {
    const row = [...rows.subarray(i * width, (i + 1) * width)];
    return row.map((x) => x / Math.hypot(...row));
  };
  const bank = known.labels.map((label, i) => ({ label, row: unitRow(known.features, i) }));
  return Array.from({ length: queries.length / width }, (_, q) => {
    const query = unitRow(queries, q);
    const near = bank
      .map(({ label, row }) => ({ label, cosine: row.reduce((sum, x, c) => sum + x * query[c]!, 0) }))
      .sort((a, b) => b.cosine - a.cosine);
    const votes = new Array<number>(classes).fill(0);
    for (const { label, cosine } of near.slice(0, k))
      votes[label]! += Math.exp((cosine - near[0]!.cosine) / temperature);
    const [first, second] = votes.toSorted((a, b) => b - a);
    const margin = Math.max(1e-5, 1e-5 / temperature);
    const isClose =
      (k < near.length && near[k - 1]!.cosine - near[k]!.cosine < 1e-6) || second! > first! * (1 - margin);
    return isClose ? undefined : votes.indexOf(first!);
  });
}

test("the class of most votes, as by brute force in double precision", async () => {
  let [compared, all] = [0, 0];
  const cases = fc.record({
    seed: fc.nat(),
    known: fc.integer({ min: 1, max: 40 }),
    queries: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 2, max: 9 }),
    classes: fc.integer({ min: 2, max: 5 }),
    k: fc.integer({ min: 1, max: 50 }),
    temperature: fc.constantFrom(1e-3, 0.07, 0.1, 1, 100),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, k, temperature, ...sizes }) => {
      const given = features(stream(seed, "neighbours"), sizes);
      const options = { classes: sizes.classes, k, temperature };
      const found = await nearestNeighbours(given.known, given.queries, options);
      const expected = bruteForce(given, { ...options, width: sizes.width });
      expected.forEach((label, i) => label !== undefined && expect(found[i]).toBe(label));
      compared += expected.filter((label) => label !== undefined).length;
      all += expected.length;
    }),
    { numRuns: 100, seed: 1 },
  );
  expect(compared / all).toBeGreaterThan(0.95);
});

test("more queries than are taken at a time, and 200 neighbours at 0.1 unless told otherwise", async () => {
  const sizes = { known: 300, queries: 601, width: 6, classes: 4 };
  const given = features(stream(5, "neighbours"), sizes);
  const found = await nearestNeighbours(given.known, given.queries, { classes: 4 });
  const expected = bruteForce(given, { ...sizes, k: 200, temperature: 0.1 });
  expect(found).toHaveLength(601);
  expect(expected.filter((label) => label === undefined).length).toBeLessThan(10);
  expected.forEach((label, i) => label !== undefined && expect(found[i]).toBe(label));
});

test("length of features means nothing, from tiny ones to huge ones", async () => {
  const given = features(stream(6, "neighbours"), { known: 30, queries: 20, width: 4, classes: 3 });
  const expected = await nearestNeighbours(given.known, given.queries, { classes: 3, k: 5 });
  for (const factor of [2 ** -30, 2 ** 40]) {
    const scaled = { ...given.known, features: given.known.features.map((x) => x * factor) };
    const queries = given.queries.map((x) => x / factor);
    expect(await nearestNeighbours(scaled, queries, { classes: 3, k: 5 })).toEqual(expected);
  }
});

describe("corner cases", () => {
  const known = { features: Float32Array.of(1, 0, 0, 1, 0, 1), labels: [2, 1, 1] };

  test("a low temperature leaves it to the nearest, even where that is far away", async () => {
    const queries = Float32Array.of(-1, -0.9, -0.9, -1);
    expect([...(await nearestNeighbours(known, queries, { classes: 3, temperature: 1e-4 }))]).toEqual([1, 2]);
  });

  test("neighbours that are as near as the last one vote too, whatever their order", async () => {
    const same = { features: new Float32Array(8).fill(1), labels: [0, 1, 1, 1] };
    expect([...(await nearestNeighbours(same, Float32Array.of(1, 1), { classes: 2, k: 1 }))]).toEqual([1]);
  });

  test("features of zeros, known or asked for, are nobody's neighbours in particular", async () => {
    const zero = { features: Float32Array.of(0, 0, 1, 1, 1, 1), labels: [0, 1, 1] };
    expect([...(await nearestNeighbours(zero, Float32Array.of(2, 2, 0, 0), { classes: 2, k: 2 }))]).toEqual([1, 1]);
  });

  test("no queries, no classes", async () => {
    expect(await nearestNeighbours(known, new Float32Array(), { classes: 3 })).toHaveLength(0);
  });

  const cases: [name: string, call: () => Promise<unknown>, message: string][] = [
    [
      "nothing known",
      () => nearestNeighbours({ features: new Float32Array(), labels: [] }, new Float32Array(2), { classes: 2 }),
      "expected rows of one width, found 0 numbers for 0 labels and 2 numbers",
    ],
    [
      "features without labels",
      () => nearestNeighbours({ ...known, labels: [1, 2, 1, 1] }, new Float32Array(2), { classes: 3 }),
      "found 6 numbers for 4 labels",
    ],
    [
      "queries of another width",
      () => nearestNeighbours(known, new Float32Array(3), { classes: 3 }),
      "3 numbers of queries",
    ],
    [
      "more classes than the result can hold",
      () => nearestNeighbours({ ...known, labels: [65_536, 1, 1] }, new Float32Array(2), { classes: 65_537 }),
      "classes must be an integer from 1 to 65536 (got 65537)",
    ],
    [
      "a label that is no class",
      () => nearestNeighbours(known, new Float32Array(2), { classes: 2 }),
      "expected labels from 0 to 1 (there are 2 classes), found 2 for image 0",
    ],
    [
      "features in double precision",
      () =>
        nearestNeighbours({ ...known, features: new Float64Array(6) as never }, new Float32Array(2), { classes: 3 }),
      "features must be a Float32Array: Float32Array.from(numbers) makes one",
    ],
    [
      "queries as a list",
      () => nearestNeighbours(known, [1, 0] as never, { classes: 3 }),
      "queries must be a Float32Array",
    ],
    [
      "known NaN",
      () =>
        nearestNeighbours({ ...known, features: Float32Array.of(1, 0, 0, NaN, 0, 1) }, new Float32Array(2), {
          classes: 3,
        }),
      "expected finite numbers, found NaN in row 1 of features",
    ],
    [
      "infinite queries",
      () => nearestNeighbours(known, Float32Array.of(1, 1, 1, -Infinity), { classes: 3 }),
      "found -Infinity in row 1 of queries",
    ],
    [
      "no neighbours",
      () => nearestNeighbours(known, new Float32Array(2), { classes: 3, k: 0 }),
      "k must be an integer from 1",
    ],
    [
      "no temperature",
      () => nearestNeighbours(known, new Float32Array(2), { classes: 3, temperature: 0 }),
      "temperature must be",
    ],
    [
      "a misspelt option",
      () => nearestNeighbours(known, new Float32Array(2), { classes: 3, K: 3 } as never),
      'there is no parameter "K"',
    ],
  ];
  test.each(cases)("%s: refused, and nothing left behind", async (_name, call, message) => {
    const before = tf.memory().numTensors;
    await expect(call()).rejects.toThrow(RangeError);
    await expect(call()).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
