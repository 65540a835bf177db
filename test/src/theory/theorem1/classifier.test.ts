import fc from "fast-check";
import { expect, test } from "vitest";
import { stream } from "../../../../src/random/index.js";
import { theorem1 } from "../../../../src/theory/index.js";
import { expectEqual, expectWithin, reference } from "../reference.js";
import { cells } from "./cells.js";

test.each(reference.theorem1_realThresholdClassifier)("sign(x - $threshold) as the base classifier", (cell) => {
  const { mu1, mu2, sigma, threshold } = cell;
  const real = theorem1.thresholdClassifier({ mu1, mu2, sigma, threshold });
  expectEqual(real.recallPlus, cell.recallPlus);
  expectEqual(real.recallMinus, cell.recallMinus);
  expectEqual(real.precisionPlus, cell.precisionPlus);
  expectEqual(real.precisionMinus, cell.precisionMinus);
  expectEqual(real.pseudoPositiveShare, cell.pseudoPositiveShare);
  for (const [ours, theirs] of [
    [real.limit, cell.limitThetaHat],
    [real.centre, cell.modelCenterWithPrecision],
    [real.centreFromRecalls, cell.modelCenterWithRecall],
  ] as const) {
    if (threshold === 0) expect(Math.abs(ours)).toBeLessThan(1e-15);
    else expectEqual(ours, theirs);
  }
});

test.each(cells)("risks at mu $mu1, $mu2, sigma $sigma", ({ mixture, bayesRisk, center, riskAtCenter }) => {
  const { mu1, mu2, sigma } = mixture;
  expectEqual(theorem1.bayesRisk({ mu1, mu2, sigma }), bayesRisk);
  expectEqual(theorem1.risk({ mu1, mu2, sigma, threshold: center }), riskAtCenter);
});

test("the midpoint has the smallest risk, and swapping the classes' names changes nothing", () => {
  const any = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(any, any, any, (mu1, mu2, threshold) => {
      const classes = { mu1, mu2, sigma: 0.8 };
      const swapped = { mu1: mu2, mu2: mu1, sigma: 0.8 };
      expect(theorem1.risk({ ...classes, threshold })).toBeGreaterThanOrEqual(theorem1.bayesRisk(classes) - 1e-12);
      if (mu1 === mu2) return;
      expectEqual(theorem1.risk({ ...swapped, threshold }), theorem1.risk({ ...classes, threshold }));
      const [a, b] = [classes, swapped].map((c) => theorem1.thresholdClassifier({ ...c, threshold }));
      expect(b!.limit).toBeCloseTo(a!.limit, 10);
      expect(b!.precisionMinus).toBeCloseTo(a!.precisionPlus, 12);
    }),
  );
});

test("the limit is where real pseudo-labels take the estimator", () => {
  const [classes, threshold, n] = [{ mu1: 1, mu2: -1, sigma: 1 }, 0.5, 400_000];
  const random = stream(4, "real pseudo-labels");
  const sums = { plus: 0, minus: 0, nPlus: 0, nMinus: 0 };
  for (let i = 0; i < n; i++) {
    const x = (random.uniform() < 0.5 ? classes.mu1 : classes.mu2) + classes.sigma * random.normal();
    if (x > threshold) [sums.plus, sums.nPlus] = [sums.plus + x, sums.nPlus + 1];
    else [sums.minus, sums.nMinus] = [sums.minus + x, sums.nMinus + 1];
  }
  const estimate = (sums.plus / sums.nPlus + sums.minus / sums.nMinus) / 2;
  const { limit, centre } = theorem1.thresholdClassifier({ ...classes, threshold });
  const error = 0.5 * Math.sqrt(1 / sums.nPlus + 1 / sums.nMinus); // at most: a cut normal number varies less
  expectWithin(estimate, limit, error);
  expect(Math.abs(estimate - centre)).toBeGreaterThan(50 * error);
});
