import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { Network } from "../../../src/models/index.js";
import { stream } from "../../../src/random/index.js";
import { vatTask } from "../../../src/semi/vat.js";
import { exactLogits, exactLogSoftmax, rowsOf, tinyNetwork, weightsOf, type Numbers } from "./tiny-network.js";
import { tinyTask } from "./tiny-task.js";
import { choices, directions, divergence, minus, smallNetwork, smallOptions } from "./vat-task.js";
import { watch } from "./watch.js";

const length = (a: Numbers): number => Math.hypot(...a);
const cosine = (a: Numbers, b: Numbers): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0) / length(a) / length(b);

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test("both directions have the lengths that they should", () => {
    const given = tinyTask();
    const network = tinyNetwork();
    const seen = watch(network);
    for (const step of vatTask(network, { ...given, ...choices }).steps({ epoch: 0, step: 0 })) {
      const { tried, found } = directions(seen, step, 3);
      for (const row of tried) expect(Math.abs(length(row) / 1e-2 - 1)).toBeLessThan(1e-3);
      for (const row of found) expect(Math.abs(length(row) / 2 - 1)).toBeLessThan(1e-6);
    }
    network.dispose();
  });

  test.each([2, 3])(
    "of %i classes: the direction is the random one times the Hessian, as far as single precision sees",
    (classes) => {
      const given = tinyTask({ classes });
      const network = tinyNetwork({ classes });
      const weights = weightsOf(network);
      const seen = watch(network);
      const cosines: number[] = [];
      for (const step of vatTask(network, { ...given, ...choices }).steps({ epoch: 0, step: 0 })) {
        const { clean, tried, found } = directions(seen, step, 3);
        clean.forEach((image, i) => {
          const hessian = hessianOf(network, weights, image);
          const product = hessian.map((row) => row.reduce((sum, h, j) => sum + h * tried[i]![j]!, 0));
          cosines.push(cosine(found[i]!, product));
          // Of two classes, the Hessian has one direction only.
          if (classes === 2) cosines.push(Math.abs(cosine(found[i]!, dominant(hessian))));
        });
      }
      cosines.sort((a, b) => a - b);
      expect(cosines[Math.floor(0.15 * cosines.length)]!).toBeGreaterThan(0.999);
      expect(cosines[Math.floor(0.5 * cosines.length)]!).toBeGreaterThan(0.9999);
      network.dispose();
    },
  );
});

/** Second derivatives of KL(p(image + r) || p(image)) by r at 0: J' (diag p - p p') J with the derivatives J of the logits. */
function hessianOf(network: Network, weights: Float64Array, image: Numbers): number[][] {
  const logits = (pixels: Numbers): number[] => exactLogits(network, weights, [pixels])[0]!;
  const p = exactLogSoftmax(logits(image)).map(Math.exp);
  const slopes = image.map((value, i) => {
    const [up, down] = [value + 1e-5, value - 1e-5].map((moved) => logits(image.with(i, moved)));
    return minus(up!, down!).map((difference) => difference / 2e-5);
  });
  const mean = slopes.map((row) => row.reduce((sum, slope, c) => sum + p[c]! * slope, 0));
  return slopes.map((a, i) =>
    slopes.map((b, j) => p.reduce((sum, share, c) => sum + share * (a[c]! - mean[i]!) * (b[c]! - mean[j]!), 0)),
  );
}

/** Eigenvector of the largest eigenvalue, by many iterations. */
function dominant(matrix: readonly Numbers[]): number[] {
  let vector = matrix.map((_, i) => 1 + i / 100);
  for (let k = 0; k < 50; k++) {
    const next = matrix.map((row) => row.reduce((sum, h, j) => sum + h * vector[j]!, 0));
    vector = next.map((value) => value / length(next));
  }
  return vector;
}

describe("of a residual network", () => {
  beforeAll(() => use("simd"));

  test("the adversarial direction changes predictions many times as much as random ones of its length", () => {
    const small = smallNetwork();
    const seen = watch(small);
    const random = stream(8, "directions");
    const task = vatTask(small, { ...smallOptions, epsilon: 6 });
    for (const step of task.steps({ epoch: 0, step: 0 })) {
      const { clean, found } = directions(seen, step, 10);
      expect(clean).toHaveLength(20);
      const noise = (): number[][] =>
        clean.map((row) => {
          const drawn = [...random.fillNormal(new Float32Array(row.length))];
          const factor = 6 / length(drawn);
          return drawn.map((x) => factor * x);
        });
      const change = (rows: readonly Numbers[]): number => {
        const logs = (images: readonly Numbers[]): number[][] =>
          tf.tidy(() => {
            const logits = small.logits(tf.tensor4d(images.flat(), [20, 32, 32, 3]), "batch");
            return rowsOf(tf.reshape(tf.logSoftmax(logits), [20, 1, 1, 10]));
          });
        const q = logs(clean);
        return logs(clean.map((row, i) => row.map((x, at) => x + rows[i]![at]!))).reduce(
          (sum, p, i) => sum + divergence(p, q[i]!),
          0,
        );
      };
      const adversarial = change(found);
      for (let k = 0; k < 8; k++) expect(adversarial).toBeGreaterThan(10 * change(noise()));
      break;
    }
    small.dispose();
  });
});
