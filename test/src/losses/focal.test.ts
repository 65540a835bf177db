import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { crossEntropy, focal, type FocalOptions } from "../../../src/losses/index.js";
import { exact } from "./float64.js";
import { distance, evaluate, expectAsReference, reference } from "./reference.js";

const { logits, labels, weights } = reference.cases["small"]!;
const value = (options: FocalOptions): number => evaluate((z, y) => focal(z, y, options), logits, labels).value;

describe.each(["simd", "cpu"])("focal loss on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test("has the values of the specification", () => {
    expect(value({})).toBeCloseTo(1.482396011, 6);
    expect(value({ gamma: 2 })).toBeCloseTo(1.341189093, 6);
    expect(value({ weights })).toBeCloseTo(0.9902394007, 6);
    expect(value({ weights, form: "textbook" })).toBeCloseTo(0.9912650546, 6);
  });

  const results = reference.results.filter(({ loss }) => loss === "focal");
  test.each(results)("is PyTorch's: $case, $options, weighted: $weighted", (result) => {
    expectAsReference(result, (z, y, _, weights) => focal(z, y, { ...result.options, ...(weights && { weights }) }));
  });

  test("gradients keep their digits where p is nearly 1, and are 0 where it is 1", () => {
    // From 1 - p = 1e-1 to 1e-20, and where it is 0 in float32. (1 - p)^gamma (1 + gamma), as l = 1 - p to first order.
    for (const gamma of [0, 0.25, 0.5, 1, 1.5])
      for (const lead of [8, 20, 45, 120, 1e4, 3e38]) {
        const { gradient, value } = evaluate((z, y) => focal(z, y, { gamma }), [[lead, 0]], [0]);
        const rest = Math.exp(-lead);
        const slope = rest ** (gamma + 1) * (1 + gamma);
        if (slope < 1e-37) expect([...gradient].every((g) => Math.abs(g) < 2e-37)).toBe(true);
        else
          for (const g of [-gradient[0]!, gradient[1]!]) expect(Math.abs(g / slope - 1)).toBeLessThan(3 * rest + 2e-5);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1.1 * rest ** (gamma + 1) + 1e-37);
      }
  });

  test("far from the truth, it is cross-entropy", () => {
    for (const size of [100, 1e4, 1e30]) {
      const batch = [[-size, size, 0]];
      const [ours, theirs] = [focal, crossEntropy].map((loss) => evaluate(loss, batch, [0]));
      expect(Math.abs(ours!.value / theirs!.value - 1)).toBeLessThan(1e-6);
      expect(distance(ours!.gradient, [-1, 1, 0])).toBeLessThan(1e-37);
    }
  });

  test("a label outside the classes is NaN", () => {
    for (const label of [3, -1]) {
      const found = evaluate((z, y) => focal(z, y, { weights }), logits, [0, label, 1, 2]);
      expect(found.value).toBeNaN();
      expect([...found.gradient.subarray(3, 6)]).toEqual([NaN, NaN, NaN]);
    }
  });
});

describe("on simd", () => {
  beforeAll(async () => void (await use("simd")));

  test("any gamma and form has the gradient of finite differences in float64", () => {
    const options = fc.record({
      gamma: fc.oneof(fc.constantFrom(0, 0.5, 1, 2, 5), fc.double({ min: 0, max: 6, noNaN: true })),
      form: fc.constantFrom("authors" as const, "textbook" as const),
    });
    const row = fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(options, fc.array(row, { minLength: 1, maxLength: 5 }), (choices, rows) => {
        const sample = {
          logits: rows.map((all) => all.map((z) => z / 16)),
          labels: rows.map((_, i) => i % 3),
          counts: [1, 1, 1],
          weights: [0.5, 1, 1.5],
        };
        const expected = exact({ name: "focal", ...choices }, sample);
        const loss = { ...choices, weights: sample.weights };
        const found = evaluate((z, y) => focal(z, y, loss), sample.logits, sample.labels);
        expect(Math.abs(found.value - expected.value)).toBeLessThan(2e-6 * expected.value + 1e-9);
        expect(distance(found.gradient, expected.gradient)).toBeLessThan(
          1e-5 * Math.hypot(...expected.gradient) + 2e-8,
        );
      }),
    );
  });

  test("at gamma 0 it is cross-entropy averaged over the batch, and without weights both forms are the same", () => {
    expect(value({ gamma: 0 })).toBeCloseTo(1.725245082, 6);
    expect(value({ gamma: 0, weights })).toBeCloseTo((1.429068331 * (0.5 + 1.5 + 0.5 + 1)) / 4, 6);
    expect(value({ gamma: 2, form: "textbook" })).toBe(value({ gamma: 2 }));
  });

  test("what cannot be is refused", () => {
    expect(() => value({ gamma: -1 })).toThrow("focal: gamma must be a finite number >= 0 (got -1)");
    expect(() => value({ gamma: NaN })).toThrow("gamma must be a finite number >= 0");
    expect(() => value({ form: "author" as never })).toThrow('form must be "authors" or "textbook" (got "author")');
    expect(() => value({ alpha: 1 } as never)).toThrow('there is no parameter "alpha"');
    expect(() => value({ weights: [1, 2] })).toThrow("focal: expected 3 weights, one a class, found 2");
    expect(() => evaluate(focal, logits, [0])).toThrow("focal: expected labels of type int32 and shape [4]");
  });
});
