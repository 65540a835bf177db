import { describe, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import {
  effectiveNumberWeights,
  makeRebalance,
  resolveRebalance,
  type Rebalance,
  type RebalanceSpec,
} from "../../../src/rebalance/index.js";

/** CIFAR-10-LT, rho 100. */
const COUNTS = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50];
const labels = COUNTS.flatMap((n, c) => new Array<number>(n).fill(c));
const TOTAL = labels.length;
/** The paper's class-balanced weights for it, to 7 digits. */
const WEIGHTS = [
  ...[0.05061136, 0.07689979, 0.1211339, 0.1950367, 0.3188054],
  ...[0.5245899, 0.8683489, 1.442627, 2.409223, 3.992724],
];
const make = (spec: RebalanceSpec, from = 160): Rebalance => makeRebalance(resolveRebalance(spec, from), labels, 10);
const shares = (rebalance: Rebalance, epoch: number): number[] => {
  const drawn = COUNTS.map(() => 0);
  for (const position of rebalance.sampler.epoch(epoch, stream(1, "epoch"))) drawn[labels[position]!]!++;
  return drawn.map((n) => n / TOTAL);
};
const EPOCHS = [0, 1, 159, 160, 161, 199, 1000];
const natural = COUNTS.map((n) => n / TOTAL);

function expectUniform(rebalance: Rebalance, epoch: number): void {
  expect(rebalance.sampler.classMass(epoch)).toEqual(natural);
  expect(shares(rebalance, epoch)).toEqual(natural); // every image once
}
function expectEffective(rebalance: Rebalance, epoch: number): void {
  const mass = rebalance.sampler.classMass(epoch);
  expect(mass[0]).toBeCloseTo(0.11929, 5); // the authors' resampling is only nearly balanced
  expect(mass[9]).toBeCloseTo(0.09411, 5);
  shares(rebalance, epoch).forEach((share, c) => {
    expect(Math.abs(share - mass[c]!)).toBeLessThan(6 * Math.sqrt((mass[c]! * (1 - mass[c]!)) / TOTAL));
  });
}
function expectWeights(weights: readonly number[] | undefined): void {
  weights!.forEach((weight, c) => expect(Math.abs(weight / WEIGHTS[c]! - 1)).toBeLessThan(1e-6));
  expect(weights!.reduce((a, b) => a + b, 0)).toBeCloseTo(10, 12);
}

describe("by epoch, from 0", () => {
  test("none: all images alike, always", () => {
    const rebalance = make("none");
    for (const epoch of EPOCHS) {
      expectUniform(rebalance, epoch);
      expect(rebalance.weights(epoch)).toBeUndefined();
    }
  });

  test("resample: by effective numbers, always; no weights", () => {
    const rebalance = make("resample");
    for (const epoch of EPOCHS) {
      expectEffective(rebalance, epoch);
      expect(rebalance.weights(epoch)).toBeUndefined();
    }
  });

  test("reweight: class-balanced weights, always; all images alike", () => {
    const rebalance = make("reweight");
    for (const epoch of EPOCHS) {
      expectUniform(rebalance, epoch);
      expectWeights(rebalance.weights(epoch));
    }
  });

  test("drw: weights from 160 on, none before", () => {
    const rebalance = make("drw");
    for (const epoch of EPOCHS) {
      expectUniform(rebalance, epoch);
      if (epoch < 160) expect(rebalance.weights(epoch)).toBeUndefined();
      else expectWeights(rebalance.weights(epoch));
    }
  });

  test("drs: resampling from 160 on, all alike before; no weights", () => {
    const rebalance = make("drs");
    for (const epoch of EPOCHS) {
      if (epoch < 160) expectUniform(rebalance, epoch);
      else expectEffective(rebalance, epoch);
      expect(rebalance.weights(epoch)).toBeUndefined();
    }
  });

  test("balanced and class-aware: all classes equally often", () => {
    for (const name of ["balanced", "class-aware"] as const) {
      const rebalance = make(name);
      for (const epoch of [0, 199]) {
        expect(rebalance.sampler.classMass(epoch)).toEqual(COUNTS.map(() => 0.1));
        for (const share of shares(rebalance, epoch))
          expect(Math.abs(share - 0.1)).toBeLessThan(6 * Math.sqrt((0.1 * 0.9) / TOTAL));
        expect(rebalance.weights(epoch)).toBeUndefined();
      }
    }
    expect(make("balanced").sampler.name).not.toBe(make("class-aware").sampler.name);
  });
});

describe("options", () => {
  test("a name alone is resolved first", () => {
    expect(() => makeRebalance("drw" as never, labels, 10)).toThrow("expected what resolveRebalance(spec, from) makes");
  });

  test("from: the given one, else the default; from 0 it is there at once", () => {
    expect(make({ name: "drw", from: 3 }).weights(2)).toBeUndefined();
    expectWeights(make({ name: "drw", from: 3 }).weights(3));
    expectWeights(make("drw", 7).weights(7));
    expectWeights(make({ name: "drw", from: 0 }).weights(0));
    expectEffective(make({ name: "drs", from: 0 }), 0);
    expectUniform(make({ name: "drs", from: 1 }), 0);
    expectEffective(make({ name: "drs", from: 1 }), 1);
  });

  test("beta: of weights and of resampling; 0 weighs all classes alike and shows images alike", () => {
    expect(make({ name: "reweight", beta: 0 }).weights(0)).toEqual(COUNTS.map(() => 1));
    expect(make({ name: "reweight", beta: 0.99 }).weights(0)).toEqual(effectiveNumberWeights(COUNTS, 0.99));
    make({ name: "resample", beta: 0 })
      .sampler.classMass(0)
      .forEach((mass, c) => expect(mass).toBeCloseTo(natural[c]!, 12));
  });

  test.each(["drw", "drs"] as const)("%s without an epoch would never begin: refused", (name) => {
    const message = `from, the epoch at which "${name}" begins, must be an integer >= 0 (got`;
    for (const from of [undefined, NaN, 1.5, -1])
      expect(() => resolveRebalance(name, from as never)).toThrow(`rebalance: ${message} ${from}); train.firstFall(`);
    expect(() => makeRebalance({ name, beta: 0.9 } as never, labels, 10)).toThrow(
      `makeRebalance: ${message} undefined)`,
    );
    expect(resolveRebalance({ name, from: 3 }, undefined as never).from).toBe(3);
    expect(() => resolveRebalance("reweight", undefined as never)).not.toThrow();
  });

  test("undefined counts as not given: deferred weights still begin", () => {
    expect(resolveRebalance({ name: "drw", from: undefined, beta: undefined }, 160)).toEqual(
      resolveRebalance("drw", 160),
    );
    expect(resolveRebalance("drw", 160)).toEqual({ name: "drw", beta: 0.9999, from: 160 });
    expectWeights(make({ name: "drw", from: undefined }).weights(160));
  });

  test("a class without images has weight 0", () => {
    const weights = makeRebalance(resolveRebalance("reweight", 0), [0, 0, 2], 3).weights(0)!;
    expect(weights[1]).toBe(0);
    expect(weights[0]! + weights[2]!).toBeCloseTo(3, 12);
  });

  test.each([
    ["drv", /rebalance: there is no "drv". Did you mean drw\?/],
    [{ from: 3 }, /there is no "undefined". Known: none, resample/],
    [{ name: "drw", from: -1 }, /from must be an integer >= 0/],
    [{ name: "drw", from: 1.5 }, /from must be an integer >= 0/],
    [{ name: "drw", from: NaN }, /from must be an integer >= 0/],
    [{ name: "drw", beta: 1 }, /beta must be a number in \[0, 1\)/],
    [{ name: "drw", at: 3 }, /there is no parameter "at"/],
  ])("%j is refused", (spec, message) => {
    expect(() => resolveRebalance(spec as RebalanceSpec, 160)).toThrow(RangeError);
    expect(() => resolveRebalance(spec as RebalanceSpec, 160)).toThrow(message);
  });

  test("labels that there is no class for, and none at all, are refused by every name", () => {
    for (const name of ["none", "resample", "reweight", "drw", "drs", "balanced", "class-aware"] as const) {
      const resolved = resolveRebalance(name, 1);
      expect(() => makeRebalance(resolved, [0, 1, 2], 2)).toThrow(/expected labels below 2, found 2 for image 2/);
      expect(() => makeRebalance(resolved, [], 2)).toThrow(/expected one or more images, found none/);
    }
  });
});
