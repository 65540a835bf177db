import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  exponentialProfile,
  groups,
  imbalanceRatio,
  relevanceProfile,
  stepProfile,
  unlabeledProfile,
} from "../../../src/tail/index.js";
import { reference } from "./reference.js";

const sets: Record<string, { classes: number; head: number }> = {
  cifar10: { classes: 10, head: 5000 },
  cifar100: { classes: 100, head: 500 },
  svhn: { classes: 10, head: 1000 },
};

describe("labeled profiles are the published ones", () => {
  for (const [name, counts] of Object.entries(reference.labeled))
    test(name, () => {
      const [set, type, rho] = name.split("-") as [string, string, string];
      const profile = type === "exp" ? exponentialProfile : stepProfile;
      expect(profile({ ...sets[set]!, rho: Number(rho) })).toEqual(counts);
    });
});

describe("unlabeled profiles are the authors'", () => {
  for (const [name, counts] of Object.entries(reference.unlabeled))
    test(name, () => {
      const [set, rho, rhoU] = name.split("-") as [string, string, string];
      const labeled = reference.labeled[`${set}-exp-${rho}`]!;
      expect(unlabeledProfile({ labeled, rhoU: Number(rhoU) })).toEqual(counts);
    });

  const labeled = reference.labeled["cifar10-exp-50"]!;
  for (const [multiple, counts] of Object.entries(reference.amounts))
    test(`${multiple} times the labeled images`, () => {
      expect(unlabeledProfile({ labeled, rhoU: 50, multiple: Number(multiple) })).toEqual(counts);
    });

  for (const [name, counts] of Object.entries(reference.relevance))
    test(`relevance ${name}`, () => {
      const [relevance, rhoU] = name.split("-").map(Number) as [number, number];
      const mix = relevanceProfile({ labeled, rhoU, relevance });
      expect(mix.relevant).toEqual(counts);
      expect(mix.irrelevant).toBe(69980 - Math.round(69980 * relevance));
    });

  test("no relevant image at all", () => {
    expect(relevanceProfile({ labeled, rhoU: 50, relevance: 0 })).toEqual({
      relevant: new Array(10).fill(0),
      irrelevant: 69980,
    });
  });
});

const profiles = fc.record({
  classes: fc.integer({ min: 2, max: 60 }),
  head: fc.integer({ min: 50, max: 9000 }),
  rho: fc.double({ min: 1, max: 50, noNaN: true }),
});

test("profiles fall from the head to head / rho", () => {
  fc.assert(
    fc.property(profiles, fc.boolean(), (options, exponential) => {
      const counts = (exponential ? exponentialProfile : stepProfile)(options);
      expect(counts).toHaveLength(options.classes);
      expect(counts[0]).toBe(options.head);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      const tail = options.head / options.rho;
      expect(Math.abs(counts.at(-1) - tail)).toBeLessThan(1 + 1e-9);
      expect(imbalanceRatio(counts)).toBeGreaterThanOrEqual(options.rho * (1 - 1e-9));
    }),
  );
});

test("of an odd number of classes the one in the middle belongs to the large ones of a step", () => {
  expect(stepProfile({ classes: 5, head: 19, rho: 10 })).toEqual([19, 19, 19, 1, 1]);
});

test.each([49, 98, 103, 107, 161])("the tail has head / rho images where rho %i divides the head", (rho) => {
  for (const profile of [exponentialProfile, stepProfile])
    for (let tail = 1; tail <= 40; tail++) {
      const counts = profile({ classes: 10, head: tail * rho, rho });
      expect([counts.at(-1), imbalanceRatio(counts)]).toEqual([tail, rho]);
    }
});

test("of an odd number of classes, a step has the one in the middle in its first half", () => {
  expect(stepProfile({ classes: 5, head: 100, rho: 10 })).toEqual([100, 100, 100, 10, 10]);
});

test("the size of D_U hardly depends on rho_U, and its ratio is near rho_U", () => {
  fc.assert(
    fc.property(profiles, fc.double({ min: 1, max: 100, noNaN: true }), (options, rhoU) => {
      const labeled = exponentialProfile(options);
      const total = labeled.reduce((a, b) => a + b, 0);
      const counts = unlabeledProfile({ labeled, rhoU });
      const sum = counts.reduce((a, b) => a + b, 0);
      expect(sum).toBeLessThanOrEqual(5 * total);
      expect(sum).toBeGreaterThan(5 * total - options.classes - 1);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
    }),
  );
});

test("sizes of D_U, and of its relevant part, are rounded", () => {
  // 0.3 x 12 = 3.6 images, 4, of which 0.4 x 4 = 1.6, 2, show the classes.
  const options = { labeled: [9, 3], rhoU: 1, multiple: 0.3 };
  expect(unlabeledProfile(options)).toEqual([2, 2]);
  expect(relevanceProfile({ ...options, relevance: 0.4 })).toEqual({ relevant: [1, 1], irrelevant: 2 });
});

test("many, medium and few", () => {
  const counts = reference.labeled["cifar10-exp-100"]!;
  expect(groups(counts)).toEqual({ many: [0, 1, 2, 3, 4, 5, 6, 7], medium: [8, 9], few: [] });
  expect(groups(counts, { many: 1000, few: 200 })).toEqual({ many: [0, 1, 2, 3], medium: [4, 5, 6], few: [7, 8, 9] });
  expect(groups([101, 100, 20, 19, 0])).toEqual({ many: [0], medium: [1, 2], few: [3, 4] });
});

test("every class is in one group", () => {
  const threshold = fc.integer({ min: 0, max: 300 });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 })), threshold, threshold, (counts, many, few) => {
      fc.pre(few <= many + 1);
      const all = Object.values(groups(counts, { many, few })).flat() as number[];
      expect(all.sort((a, b) => a - b)).toEqual(counts.map((_, c) => c));
    }),
  );
});

describe("what cannot be is refused", () => {
  const cases: [name: string, call: () => unknown, message: string][] = [
    [
      "an empty tail",
      () => exponentialProfile({ classes: 10, head: 50, rho: 100 }),
      "class 8 would have no image with head 50 and rho 100; choose a larger head or a smaller rho",
    ],
    ["an empty step", () => stepProfile({ classes: 4, head: 50, rho: 51 }), "class 2 would have no image"],
    ["rho below 1", () => exponentialProfile({ classes: 10, head: 50, rho: 0.01 }), "rho must be a finite number >= 1"],
    ["one class", () => exponentialProfile({ classes: 1, head: 50, rho: 10 }), "classes must be an integer >= 2"],
    [
      "a misspelt option",
      () => exponentialProfile({ classes: 10, head: 500, rho: 10, imbFactor: 0.1 } as never),
      'there is no parameter "imbFactor"',
    ],
    ["no labeled images", () => unlabeledProfile({ labeled: [], rhoU: 1 }), "two or more integers >= 1"],
    ["relevance in percent", () => relevanceProfile({ labeled: [9, 3], rhoU: 1, relevance: 60 }), "in [0, 1]"],
    ["no class", () => imbalanceRatio([]), "expected the images of each class, found 0 classes"],
    ["no image", () => imbalanceRatio([0, 0]), "found 2 classes without any"],
    ...[[NaN, 3, 200], [3, -1], [3, Infinity], "3, 2", undefined, new Uint32Array(2)].flatMap(
      (counts): typeof cases => [
        [`groups of ${inspect(counts)}`, () => groups(counts as never), "groups: counts must be an array of finite"],
        [
          `imbalance of ${inspect(counts)}`,
          () => imbalanceRatio(counts as never),
          "imbalanceRatio: counts must be an array of finite numbers >= 0, the images of each class (got",
        ],
      ],
    ),
    ["groups that overlap", () => groups([1, 2], { many: 5, few: 7 }), "few must not be above many + 1"],
  ];
  for (const [name, call, message] of cases) test(name, () => expect(call).toThrow(message));
});
