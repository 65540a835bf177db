import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { conditionalAffinities, jointAffinities } from "../../../../src/eval/tsne/affinities.js";
import { divergence } from "../../../../src/eval/tsne/divergence.js";
import { nearestNeighbours } from "../../../../src/eval/tsne/neighbours.js";
import { Pauses } from "../../../../src/eval/tsne/pauses.js";
import { pointsOf } from "../../../../src/eval/tsne/points.js";
import { stream } from "../../../../src/random/index.js";
import { clustered, reference } from "../reference.js";
import { dense } from "./exact.js";

/** 2^entropy of each row, in nats and exp. */
function perplexities(conditional: Float64Array, k: number): number[] {
  return Array.from({ length: conditional.length / k }, (_, i) => {
    const row = [...conditional.subarray(i * k, (i + 1) * k)];
    return Math.exp(-row.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0));
  });
}

describe("the search hits the perplexity", () => {
  const source = stream(3);
  const rows = Array.from({ length: 150 }, () => Array.from({ length: 5 }, () => source.normal()));
  for (const scale of [1e-12, 1, 1e12])
    for (const perplexity of [2, 10, 40])
      test(`${perplexity}, at a scale of ${scale}`, async () => {
        const k = 3 * perplexity;
        const points = pointsOf(rows.map((row) => row.map((v) => v * scale)));
        const conditional = conditionalAffinities(await nearestNeighbours(points, k, new Pauses()), perplexity);
        for (const found of perplexities(conditional, k)) expect(Math.abs(found / perplexity - 1)).toBeLessThan(1e-5);
      });
});

test("more equal points than the perplexity: all alike, and numbers for the others", async () => {
  const rows = [...new Array<number[]>(40).fill([1, 2]), ...Array.from({ length: 20 }, (_, i) => [i, 1000 + i * i])];
  const neighbours = await nearestNeighbours(pointsOf(rows), 30, new Pauses());
  const conditional = conditionalAffinities(neighbours, 10);
  for (let at = 0; at < 40 * 30; at++) expect(conditional[at]).toBeCloseTo(1 / 30, 12);
  expect(conditional.every((p) => p >= 0 && p <= 1)).toBe(true);
});

test("P is the mean of both directions, adds up to 1, and holds each pair once", async () => {
  const source = stream(4);
  const rows = Array.from({ length: 60 }, () => [source.normal(), source.normal()]);
  const neighbours = await nearestNeighbours(pointsOf(rows), 15, new Pauses());
  const conditional = conditionalAffinities(neighbours, 5);
  const joint = jointAffinities(neighbours, conditional);
  const directed = rows.map(() => new Float64Array(60));
  for (let at = 0; at < conditional.length; at++)
    directed[Math.floor(at / 15)]![neighbours.indices[at]!] = conditional[at]!;
  const p = dense(joint);
  for (let i = 0; i < 60; i++)
    for (let j = 0; j < 60; j++) expect(p[i]![j]).toBeCloseTo((directed[i]![j]! + directed[j]![i]!) / 120, 14);
  expect(joint.values.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  for (let i = 0; i < 60; i++) {
    const others = [...joint.others.subarray(joint.starts[i], joint.starts[i + 1])];
    expect(new Set(others).size).toBe(others.length);
    expect(others.every((j) => j > i)).toBe(true);
  }
});

test("the divergence of scikit-learn's positions is what NumPy finds", async () => {
  const { positions, perplexity, divergence: known, apart } = reference.tsne;
  const neighbours = await nearestNeighbours(pointsOf(clustered(apart)), 90, new Pauses());
  const affinities = jointAffinities(neighbours, conditionalAffinities(neighbours, perplexity));
  const bytes = Uint8Array.from(Buffer.from(positions, "base64"));
  expect(divergence(affinities, Float64Array.from(new Float32Array(bytes.buffer)))).toBeCloseTo(known, 5);
});
