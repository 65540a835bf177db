import fc from "fast-check";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { unit } from "../../../src/models/head.js";
import { small, type Network } from "../../../src/models/index.js";
import { hashed } from "../hash.js";

const matrixOf = (network: Network): Float32Array =>
  network.weights.find(({ name }) => name === "classifier/matrix")!.variable.dataSync<"float32">();
const classified = (network: Network, features: Float32Array): Float32Array =>
  tf.tidy(() =>
    network.classify(tf.tensor2d(features, [features.length / network.width, network.width])).dataSync<"float32">(),
  );

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(() => use(device));

  test("linear: features * matrix + bias", () => {
    const network = small({ classes: 5, seed: 1 });
    const [features, matrix] = [hashed(1, 3 * 64, 2), matrixOf(network)];
    const bias = network.weights.find(({ name }) => name === "classifier/bias")!.variable.dataSync();
    classified(network, features).forEach((found, i) => {
      const [row, c] = [Math.floor(i / 5), i % 5];
      let exact = bias[c]!;
      for (let k = 0; k < 64; k++) exact += features[row * 64 + k]! * matrix[k * 5 + c]!;
      expect(found).toBeCloseTo(exact, 5);
    });
    network.dispose();
  });

  test("cosine: cosines of the angles, whatever the lengths of features and columns", () => {
    const network = small({ classes: 5, head: "cosine", seed: 1 });
    const { variable } = network.weights.find(({ name }) => name === "classifier/matrix")!;
    // Columns of other lengths, as training makes them.
    tf.tidy(() => variable.assign(tf.mul(variable, tf.tensor2d([[1, 0.01, 300, 2, 5]]))));
    const [features, matrix] = [hashed(1, 3 * 64, 2), matrixOf(network)];
    for (const factor of [1, 1e-6, 1e6]) {
      const scaled = features.map((x) => x * factor);
      classified(network, scaled).forEach((found, i) => {
        const [row, c] = [Math.floor(i / 5), i % 5];
        const x = Array.from(features.subarray(row * 64, row * 64 + 64));
        const w = x.map((_, k) => matrix[k * 5 + c]!);
        const exact = x.reduce((sum, one, k) => sum + one * w[k]!, 0) / (Math.hypot(...x) * Math.hypot(...w));
        expect(found).toBeCloseTo(exact, 5);
      });
    }
    network.dispose();
  });
});

describe("cosine", () => {
  beforeAll(() => use("simd"));

  test("logits are within [-1, 1] but for rounding, of any features, a column itself among them", () => {
    const network = small({ classes: 4, head: "cosine", seed: 2 });
    const matrix = matrixOf(network);
    const column = Float32Array.from({ length: 64 }, (_, k) => matrix[4 * k]!);
    expect(classified(network, column)[0]).toBeCloseTo(1, 6);
    expect(classified(network, column.map((x) => -7 * x))[0]).toBeCloseTo(-1, 6); // prettier-ignore
    const number = fc.float({ min: Math.fround(-1e15), max: Math.fround(1e15), noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 64, maxLength: 64 }), (features) => {
        for (const cosine of classified(network, Float32Array.from(features)))
          expect(Math.abs(cosine)).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
    network.dispose();
  });

  test("features of zeros: cosines 0, and finite gradients of features and matrix", () => {
    const network = small({ classes: 4, head: "cosine", seed: 2 });
    const { variable } = network.weights.find(({ name }) => name === "classifier/matrix")!;
    const features = tf.variable(tf.zeros([3, 64]));
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.mul(network.classify(features as unknown as Tensor2D), tf.tensor2d(hashed(3, 12, 1), [3, 4]))),
      [features, variable],
    );
    expect(value.dataSync()[0]).toBe(0);
    for (const gradient of Object.values(grads)) expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    expect(Math.max(...grads[variable.name]!.dataSync().map(Math.abs))).toBe(0);
    tf.dispose([features, value, ...Object.values(grads)]);
    network.dispose();
  });

  test("the gradient is that of the quotient (central differences, in float64)", () => {
    const x = hashed(5, 12, 1);
    const direction = hashed(6, 12, 1);
    for (const axis of [0, 1] as const) {
      const exact = (at: number, shift: number): number => {
        const moved = Float64Array.from(x);
        moved[at]! += shift;
        let sum = 0;
        for (let i = 0; i < 12; i++) {
          const [row, column] = [Math.floor(i / 4), i % 4];
          const along = axis === 1 ? [0, 1, 2, 3].map((c) => moved[row * 4 + c]!) : [0, 1, 2].map((r) => moved[r * 4 + column]!); // prettier-ignore
          sum += (direction[i]! * moved[i]!) / Math.hypot(...along);
        }
        return sum;
      };
      const gradient = tf.tidy(() =>
        tf
          .grad((vectors) => tf.sum(tf.mul(unit(vectors as Tensor2D, axis), tf.tensor2d(direction, [3, 4]))))(
            tf.tensor2d(x, [3, 4]),
          )
          .dataSync<"float32">(),
      );
      gradient.forEach((found, at) => expect(found).toBeCloseTo((exact(at, 1e-5) - exact(at, -1e-5)) / 2e-5, 4));
    }
  });
});
