import { expect, test } from "vitest";
import { crossEntropyRows } from "../../../../src/backend/webgpu/kernels/cross-entropy.js";
import { sumOfParts } from "../../../../src/backend/webgpu/kernels/filter-gradient.js";
import { inLines } from "../../../../src/backend/webgpu/program.js";

const loss = { classes: 2, scale: 1, hasWeights: false, hasMargins: false };

test.each([
  ["groups", 65_537, inLines(65_537)],
  ["a loss's rows", 70_001, crossEntropyRows({ ...loss, rows: 70_001 }).grid],
  ["sums of a filter's parts", 73_728, sumOfParts(9 * 1024 * 512, 3).grid],
])("more %s than a side of a grid may have lie in lines", (_, groups, grid) => {
  for (const side of grid) expect(side).toBeLessThanOrEqual(65_535);
  expect(grid[0] * grid[1]).toBeGreaterThanOrEqual(groups);
});
