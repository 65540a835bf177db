import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestNeighbours } from "../../../../src/eval/tsne/neighbours.js";
import { Pauses } from "../../../../src/eval/tsne/pauses.js";
import { pointsOf } from "../../../../src/eval/tsne/points.js";
import { stream } from "../../../../src/random/index.js";

test("nearest neighbours are those of a sort of all distances, whatever the tiles, dimensions and ties", async () => {
  const sizes = fc.record({
    count: fc.integer({ min: 2, max: 90 }),
    dimension: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), async ({ count, dimension, seed }, ties) => {
      const source = stream(seed);
      const draw = (): number => (ties ? source.integer(3) : source.normal());
      const rows = Array.from({ length: count }, () => Array.from({ length: dimension }, draw));
      const k = 1 + source.integer(count - 1);
      const { indices, squares } = await nearestNeighbours(pointsOf(rows), k, new Pauses());
      const square = (i: number, j: number): number => rows[i]!.reduce((sum, v, d) => sum + (v - rows[j]![d]!) ** 2, 0);
      let worst = 0;
      for (let i = 0; i < count; i++) {
        const found = [...indices.subarray(i * k, (i + 1) * k)];
        expect(new Set([i, ...found]).size).toBe(k + 1);
        const sorted = rows.map((_, j) => square(i, j)).filter((_, j) => j !== i).sort((a, b) => a - b); // prettier-ignore
        const near = [...squares.subarray(i * k, (i + 1) * k)];
        found.forEach((j, at) => (worst = Math.max(worst, Math.abs(near[at]! - square(i, j)))));
        near.sort((a, b) => a - b).forEach((value, at) => (worst = Math.max(worst, Math.abs(value - sorted[at]!))));
      }
      expect(worst).toBeLessThan(1e-12);
    }),
    { numRuns: 40 },
  );
});
