import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { crossEntropy, ldam, ldamMargins } from "../../../src/losses/index.js";
import { exponentialProfile } from "../../../src/tail/index.js";
import { cifar100, evaluate, expectAsReference, reference } from "./reference.js";

const { logits: cosines, labels, counts, weights } = reference.cases["cosines"]!;

describe.each(["simd", "cpu"])("LDAM on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test("has the values of the specification", () => {
    const each = [1.739049758e-7, 7.031988139, 3.048704902, 34.5];
    cosines.forEach((row, i) => {
      const { value } = evaluate((z, y) => ldam(z, y, { counts }), [row], [labels[i]!]);
      // Where it is composed of float32 operations, log softmax is rounded to 1.2e-7.
      expect(Math.abs(value - each[i]!)).toBeLessThan(2e-6 * each[i]! + (device === "cpu" ? 1.2e-7 : 1e-13));
    });
    expect(evaluate((z, y) => ldam(z, y, { counts }), cosines, labels).value).toBeCloseTo(11.1451733, 5);
    const weighted = evaluate((z, y) => ldam(z, y, { counts, weights }), cosines, labels);
    expect(weighted.value).toBeCloseTo(14.07889902, 5);
  });

  const results = reference.results.filter(({ loss }) => loss === "ldam");
  test.each(results)("is PyTorch's: $case, $options, weighted: $weighted", (result) => {
    expectAsReference(result, (z, y, { counts }, weights) =>
      ldam(z, y, { counts, ...result.options, ...(weights && { weights }) }),
    );
  });

  test("without margins and scale it is cross-entropy", () => {
    const plain = evaluate((z, y) => ldam(z, y, { counts, maxMargin: 0, scale: 1, weights }), cosines, labels);
    expect(plain).toEqual(evaluate((z, y) => crossEntropy(z, y, { weights }), cosines, labels));
  });
});

describe("margins", () => {
  test.each([
    [
      10,
      5000,
      100,
      [0.1581139, 0.179697, 0.2042377, 0.2320911, 0.263829, 0.2997677, 0.3406752, 0.3872209, 0.440497, 0.5],
    ],
    [
      10,
      5000,
      50,
      [0.1880302, 0.2096208, 0.2336803, 0.2605104, 0.2904667, 0.3238791, 0.3610007, 0.4025555, 0.4488382, 0.5],
    ],
    [
      10,
      5000,
      10,
      [0.2811707, 0.2997483, 0.3195515, 0.3406752, 0.3631917, 0.3871513, 0.4127229, 0.4399679, 0.4691617, 0.5],
    ],
    [
      10,
      1000,
      100,
      [0.1581139, 0.179727, 0.2042661, 0.232199, 0.263829, 0.3001562, 0.3414134, 0.3900579, 0.4445699, 0.5],
    ],
  ])("of %i classes, %i images in the largest, rho = %i", (classes, head, rho, expected) => {
    const margins = ldamMargins(exponentialProfile({ classes, head, rho }));
    margins.forEach((m, c) => expect(Math.abs(m - expected[c]!)).toBeLessThan(6e-8));
  });

  test("of CIFAR-100-LT", () => {
    const margins = ldamMargins(cifar100);
    reference.margins["cifar100-exp-100"]!.forEach((m, i) => expect(margins[11 * i]).toBeCloseTo(m, 14));
  });

  test("the smallest class has the largest, and they do not depend on the scale of the counts", () => {
    const sets = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sets, fc.double({ min: 0, max: 2, noNaN: true }), (n, maxMargin) => {
        const margins = ldamMargins(n, maxMargin);
        expect(margins[n.indexOf(Math.min(...n))]).toBe(maxMargin);
        n.forEach((count, c) => expect(margins[c]! * (count / Math.min(...n)) ** 0.25).toBeCloseTo(maxMargin, 12));
        ldamMargins(
          n.map((count) => 7 * count),
          maxMargin,
        ).forEach((m, c) => expect(m).toBeCloseTo(margins[c]!, 12));
      }),
    );
  });

  test("of a class without images is 0, and the others are as if it were not there", () => {
    expect(ldamMargins([100, 0, 10])).toEqual([ldamMargins([100, 10])[0], 0, 0.5]);
  });
});

test("what cannot be is refused", () => {
  const loss = (options: object): unknown => evaluate((z, y) => ldam(z, y, options as never), cosines, labels);
  expect(() => loss({ counts: [1, 2] })).toThrow("ldam: expected counts of 3 classes, as many as cosines, found 2");
  expect(() => loss({})).toThrow("counts must be a non-empty array");
  expect(() => loss({ counts, margin: 1 })).toThrow('ldam: there is no parameter "margin"');
  expect(() => loss({ counts, scale: 0 })).toThrow("scale must be a finite number > 0 (got 0)");
  expect(() => loss({ counts, maxMargin: -0.1 })).toThrow("maxMargin must be a finite number >= 0 (got -0.1)");
  expect(() => loss({ counts, weights: [1] })).toThrow("ldam: expected 3 weights, one a class, found 1");
  expect(() => evaluate((z, y) => ldam(z, y, { counts }), cosines, [0])).toThrow("ldam: expected labels");
  expect(() => ldamMargins([0, 0])).toThrow("ldamMargins: expected images in at least one class, found none");
  expect(() => ldamMargins([-1, 2])).toThrow("counts must be a non-empty array of finite numbers >= 0");
  expect(() => ldamMargins([1, 2], NaN)).toThrow("maxMargin must be a finite number >= 0");
});
