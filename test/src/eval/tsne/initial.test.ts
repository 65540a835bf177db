import { describe, expect, test } from "vitest";
import { principalPositions, randomPositions } from "../../../../src/eval/tsne/initial.js";
import { pointsOf } from "../../../../src/eval/tsne/points.js";
import { stream } from "../../../../src/random/index.js";

const deviation = (values: Float64Array): number => Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);
const axis = (positions: Float64Array, a: number): Float64Array => positions.filter((_, at) => at % 2 === a);

describe("principal components", () => {
  test("are found where they were put, largest first, the first of deviation 0.0001", () => {
    const source = stream(2);
    // Orthogonal directions (3, 4, 0) / 5 and (4, -3, 0) / 5 of deviations 5 and 2, and noise of 0.01.
    const scores = Array.from({ length: 400 }, () => [
      5 * source.normal(),
      2 * source.normal(),
      0.01 * source.normal(),
    ]);
    const rows = scores.map(([a, b, c]) => [0.6 * a! + 0.8 * b! + 7, 0.8 * a! - 0.6 * b! - 1, c!]);
    const points = pointsOf(rows);
    const positions = principalPositions(points, stream(0));
    expect(deviation(axis(positions, 0))).toBeCloseTo(1e-4, 12);

    // Scores are orthogonal, and hold all variance but the noise.
    const [first, second] = [axis(positions, 0), axis(positions, 1)];
    const product = first.reduce((s, v, i) => s + v * second[i]!, 0) / 400;
    expect(Math.abs(product) / (deviation(first) * deviation(second))).toBeLessThan(1e-5);
    const total = points.values.reduce((s, v) => s + v * v, 0) / 400;
    const scale = Math.sqrt(total / (deviation(first) ** 2 + deviation(second) ** 2));
    for (let i = 0; i < 400; i++) {
      const length = Math.hypot(points.values[3 * i]!, points.values[3 * i + 1]!);
      expect(Math.abs(scale * Math.hypot(first[i]!, second[i]!) - length)).toBeLessThan(0.002 * length + 0.05);
    }
    // The sign: the largest part of a direction is positive, here the second of the first component.
    const along = rows.reduce((s, row, i) => s + row[1]! * first[i]!, 0);
    expect(along).toBeGreaterThan(0);
  });

  test("that are missing are random: points on a line, and all in one place", () => {
    const line = principalPositions(pointsOf(Array.from({ length: 50 }, (_, i) => [i, 2 * i, 3])), stream(0));
    expect(deviation(axis(line, 0))).toBeCloseTo(1e-4, 12);
    expect(deviation(axis(line, 1))).toBeGreaterThan(5e-5);
    const place = principalPositions(pointsOf(new Array(50).fill([1, 2, 3])), stream(0));
    for (const a of [0, 1]) expect(deviation(axis(place, a))).toBeGreaterThan(5e-5);
  });
});

test("random positions have a deviation of 0.0001", () => {
  expect(deviation(randomPositions(5000, stream(0))) / 1e-4).toBeCloseTo(1, 1);
});
