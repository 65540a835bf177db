import { expect, test } from "vitest";
import { stream } from "../../../../src/random/index.js";
import { inBlocks } from "../../../../src/theory/theorem3/norms.js";

test.each([1, 3, 700, 4096, 5000])("squared lengths of points in R^%d", (d) => {
  const n = 23;
  const points = stream(1).fillNormal(new Float64Array(n * d));
  const expected = Array.from({ length: n }, (_, row) =>
    points.subarray(row * d, (row + 1) * d).reduce((sum, x) => sum + x * x, 0),
  );
  const norms: number[] = [];
  inBlocks(d)(stream(1), n, (norm) => norms.push(norm));
  expect(norms.length).toBe(n);
  norms.forEach((norm, i) => expect(norm / expected[i]!).toBeCloseTo(1, 12));
});
