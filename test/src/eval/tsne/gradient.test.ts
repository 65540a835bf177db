import { describe, expect, test } from "vitest";
import { conditionalAffinities, jointAffinities, type Affinities } from "../../../../src/eval/tsne/affinities.js";
import { divergence } from "../../../../src/eval/tsne/divergence.js";
import { Gradient } from "../../../../src/eval/tsne/gradient.js";
import { nearestNeighbours } from "../../../../src/eval/tsne/neighbours.js";
import { Pauses } from "../../../../src/eval/tsne/pauses.js";
import { pointsOf } from "../../../../src/eval/tsne/points.js";
import { stream } from "../../../../src/random/index.js";
import { dense, distance, exactGradient } from "./exact.js";

const count = 300;
const affinities = await (async (): Promise<Affinities> => {
  const source = stream(11);
  const rows = Array.from({ length: count }, () => Array.from({ length: 4 }, () => source.normal()));
  const neighbours = await nearestNeighbours(pointsOf(rows), 30, new Pauses());
  return jointAffinities(neighbours, conditionalAffinities(neighbours, 10));
})();
const p = dense(affinities);

/** Layouts that a tree may find hard. */
const layouts: Record<string, (i: number, source: ReturnType<typeof stream>) => [number, number]> = {
  "a cloud": (_, s) => [20 * s.normal(), 20 * s.normal()],
  "the start": (_, s) => [1e-4 * s.normal(), 1e-4 * s.normal()],
  "tight clusters far apart": (i, s) => [1000 * (i % 5) + 1e-3 * s.normal(), -300 * (i % 3) + 1e-3 * s.normal()],
  "a line": (i) => [i / 10, 0],
  "a grid with twins": (i) => [(i % 50) / 4, Math.floor((i % 50) / 7)],
  "one place, but for one point": (i) => (i === 0 ? [5, 5] : [1, 1]),
};

function positionsOf(layout: string): Float64Array {
  const source = stream(1, layout);
  return Float64Array.from(Array.from({ length: count }, (_, i) => layouts[layout]!(i, source)).flat());
}

function gradientAt(positions: Float64Array, theta: number, exaggeration = 1): Float64Array {
  const out = new Float64Array(2 * count);
  new Gradient(affinities).at(positions, { theta, exaggeration }, out);
  return out;
}

describe.each(Object.keys(layouts))("%s", (layout) => {
  const positions = positionsOf(layout);

  test("theta = 0 is the exact gradient", () => {
    for (const exaggeration of [1, 12]) {
      const exact = exactGradient(p, positions, exaggeration);
      expect(distance(gradientAt(positions, 0, exaggeration), exact)).toBeLessThan(1e-11);
    }
  });

  test("theta = 0.5 is within 2 % of it, and 0.2 within 0.4 %", () => {
    const exact = exactGradient(p, positions);
    expect(distance(gradientAt(positions, 0.5), exact)).toBeLessThan(0.02);
    expect(distance(gradientAt(positions, 0.2), exact)).toBeLessThan(0.004);
  });
});

test("the exact gradient is the slope of the divergence", () => {
  const positions = positionsOf("a cloud");
  const gradient = gradientAt(positions, 0);
  const step = 1e-4;
  for (let at = 0; at < 40; at++) {
    const moved = (by: number): number => {
      const there = positions.slice();
      there[at]! += by;
      return divergence(affinities, there);
    };
    const slope = (moved(step) - moved(-step)) / (2 * step);
    expect(Math.abs(slope - gradient[at]!)).toBeLessThan(1e-6 * Math.abs(gradient[at]!) + 1e-9);
  }
});

test("a larger theta is coarser", () => {
  const positions = positionsOf("a cloud");
  const exact = exactGradient(p, positions);
  const errors = [0, 0.3, 0.7].map((theta) => distance(gradientAt(positions, theta), exact));
  expect(errors).toEqual([...errors].sort((a, b) => a - b));
  expect(errors[2]).toBeGreaterThan(errors[1]!);
});
