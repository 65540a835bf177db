import fc from "fast-check";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { Named } from "../../../src/models/index.js";
import { makeOptimizer, resolveOptimizer, type OptimizerSpec } from "../../../src/train/optimizer.js";
import fixture from "../../fixtures/train/optimizers.json" with { type: "json" };
import { hashed } from "../hash.js";

const weightsOf = (values: readonly Float32Array[], shapes: readonly (readonly number[])[]): Named[] =>
  values.map((one, i) => ({
    name: `weight${i}`,
    variable: tf.tidy(() => tf.variable(tf.tensor(one, shapes[i] as number[]))),
  }));
const dispose = (named: readonly Named[]): void => tf.dispose(named.map(({ variable }) => variable));
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Steps in float32 add up their roundings: each of a few units in the last place of numbers about 1. */
const LIMIT = 1e-6;

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(() => use(device));

  test.each(fixture.cases.map(({ spec, steps }) => [JSON.stringify(spec), spec, steps] as const))(
    "%s: as PyTorch in float64, step after step",
    (_, spec, steps) => {
      const { shapes, rates } = fixture;
      const weights = weightsOf(
        shapes.map((shape, i) => hashed(i, sizeOf(shape), 1)),
        shapes,
      );
      const optimizer = makeOptimizer(resolveOptimizer(spec as OptimizerSpec), weights);
      const held = tf.memory().numTensors;
      let worst = 0;
      rates.forEach((rate, step) => {
        tf.tidy(() => {
          const gradients = shapes.map((shape, i) =>
            tf.tensor(hashed(100 + 10 * step + i, sizeOf(shape), [1, 1e-4, 30, step < 2 ? 0 : 1][i]!), shape),
          );
          optimizer.step(gradients, rate);
        });
        weights.forEach(({ variable }, i) => {
          const values = variable.dataSync();
          [0, values.length >> 1, values.length - 1].forEach((at, probe) => {
            const expected = steps[step]![i]![probe]!;
            worst = Math.max(worst, Math.abs(values[at]! - expected) / Math.max(1, Math.abs(expected)));
          });
        });
      });
      console.log(`${device}, ${JSON.stringify(spec)}: at most ${worst.toExponential(1)} from PyTorch`);
      expect(worst).toBeLessThan(LIMIT);
      expect(tf.memory().numTensors).toBe(held);
      dispose([...weights, ...optimizer.variables]);
    },
  );
});

describe("state", () => {
  beforeAll(() => use("simd"));
  const values = fc.float({ min: -3, max: 3, noNaN: true });
  const parameter = fc
    .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
    .chain((shape) =>
      fc.tuple(fc.constant(shape), fc.array(values, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })),
    );

  test("SGD on random shapes: v = momentum v + (g + decay w), w -= rate v, in float64", () => {
    fc.assert(
      fc.property(
        fc.array(parameter, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.boolean(),
        (parameters, momentum, weightDecay, nesterov) => {
          const shapes = parameters.map(([shape]) => shape);
          const weights = weightsOf(
            parameters.map(([, one]) => Float32Array.from(one)),
            shapes,
          );
          const optimizer = makeOptimizer({ name: "sgd", momentum, weightDecay, nesterov }, weights);
          const exact = parameters.map(([, one]) => ({ w: [...one], v: one.map(() => 0) }));
          for (let step = 0; step < 4; step++) {
            const gradients = shapes.map((shape, i) => hashed(50 * step + i, sizeOf(shape), 2));
            const rate = 0.3 / (step + 1);
            tf.tidy(() =>
              optimizer.step(
                gradients.map((one, i) => tf.tensor(one, shapes[i])),
                rate,
              ),
            );
            exact.forEach(({ w, v }, i) =>
              w.forEach((weight, k) => {
                const slope = gradients[i]![k]! + weightDecay * weight;
                v[k] = momentum * v[k]! + slope;
                w[k] = weight - rate * (nesterov ? slope + momentum * v[k] : v[k]);
              }),
            );
          }
          weights.forEach(({ variable }, i) =>
            variable.dataSync().forEach((found, k) => expect(Math.abs(found - exact[i]!.w[k]!)).toBeLessThan(1e-5)),
          );
          dispose([...weights, ...optimizer.variables]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each<OptimizerSpec>(["sgd", "adam"])("%s: variables hold all of it, and are named after the weights", (name) => {
    const make = () => {
      const weights = weightsOf([hashed(1, 6, 1), hashed(2, 4, 1)], [[2, 3], [4]]);
      return { weights, optimizer: makeOptimizer(resolveOptimizer(name), weights) };
    };
    const step = ({ optimizer }: ReturnType<typeof make>, n: number): void =>
      tf.tidy(() => optimizer.step([tf.tensor2d(hashed(n, 6, 1), [2, 3]), tf.tensor1d(hashed(n + 1, 4, 1))], 0.1));
    const [one, other] = [make(), make()];
    for (let n = 0; n < 5; n++) step(one, 10 * n);
    // The other goes on from copies of what the first one holds.
    const all = ({ weights, optimizer }: ReturnType<typeof make>): Named[] => [...weights, ...optimizer.variables];
    all(other).forEach(({ variable }, i) => variable.assign(all(one)[i]!.variable));
    for (let n = 5; n < 9; n++) [one, other].forEach((which) => step(which, 10 * n));
    all(one).forEach(({ name, variable }, i) => {
      expect(all(other)[i]!.name).toBe(name);
      expect([...all(other)[i]!.variable.dataSync()]).toEqual([...variable.dataSync()]);
      expect(all(one)[i]!.variable.trainable).toBe(i < 2);
    });
    expect(new Set(all(one).map((each) => each.name)).size).toBe(all(one).length);
    dispose([...all(one), ...all(other)]);
  });

  test.each<OptimizerSpec>([{ name: "sgd", nesterov: true, weightDecay: 0.1 }, "adam"])(
    "%j: a weight whose rate has a factor moves as one alone at that rate",
    (spec) => {
      const [values, shapes] = [
        [hashed(1, 6, 1), hashed(2, 4, 1), hashed(3, 5, 1)],
        [[2, 3], [4], [5]],
      ];
      const factors = [1, 0.25, 0];
      const gradients = (n: number) => values.map(({ length }, i) => hashed(10 * n + i, length, 1));
      const run = (which: readonly number[], factor: (i: number) => number, rate: number): number[][] => {
        const weights = weightsOf(which.map((i) => values[i]!), which.map((i) => shapes[i]!)); // prettier-ignore
        const factorOf = (weight: Named): number => factor(which[weights.indexOf(weight)]!);
        const optimizer = makeOptimizer(resolveOptimizer(spec), weights, factorOf);
        for (let n = 1; n < 5; n++)
          tf.tidy(() => optimizer.step(which.map((i) => tf.tensor(gradients(n)[i]!, shapes[i])), rate)); // prettier-ignore
        const found = weights.map(({ variable }) => [...variable.dataSync()]);
        dispose([...weights, ...optimizer.variables]);
        return found;
      };
      const together = run([0, 1, 2], (i) => factors[i]!, 0.5);
      [0, 1].forEach((i) => expect(together[i]).toEqual(run([i], () => 1, 0.5 * factors[i]!)[0]));
      expect(together[2]).toEqual([...values[2]!]);
    },
  );

  test("Adam's first steps are not off where 1 - beta2^t is small: the first is the rate itself", () => {
    for (const beta2 of [0.999, 0.99999, 0.9999999]) {
      const weights = weightsOf([Float32Array.of(0)], [[1]]);
      const optimizer = makeOptimizer(resolveOptimizer({ name: "adam", beta2 }), weights);
      tf.tidy(() => optimizer.step([tf.tensor1d([3])], 0.1));
      expect(Math.abs(weights[0]!.variable.dataSync()[0]! / -0.1 - 1)).toBeLessThan(1e-6);
      dispose([...weights, ...optimizer.variables]);
    }
  });
});

describe("resolveOptimizer", () => {
  test("the paper's defaults, PyTorch's for Adam; undefined counts as not given", () => {
    const sgd = { name: "sgd", momentum: 0.9, weightDecay: 2e-4, nesterov: false };
    expect(resolveOptimizer("sgd")).toEqual(sgd);
    expect(resolveOptimizer({ name: "sgd", momentum: undefined })).toEqual(sgd);
    expect(resolveOptimizer({ name: "sgd", nesterov: true })).toEqual({ ...sgd, nesterov: true });
    expect(resolveOptimizer("adam")).toEqual({
      ...{ name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    });
  });

  test.each([
    ["sdg", /name must be "sgd" or "adam" \(got "sdg"\)/],
    [{ momentum: 0.9 }, /name must be "sgd" or "adam" \(got undefined\)/],
    [{ name: "sgd", momentum: 1 }, /momentum must be a number in \[0, 1\) \(got 1\)/],
    [{ name: "sgd", momentum: NaN }, /momentum must be a number in \[0, 1\) \(got NaN\)/],
    [{ name: "sgd", weightDecay: -1e-4 }, /weightDecay must be a finite number >= 0/],
    [{ name: "sgd", beta1: 0.9 }, /there is no parameter "beta1"/],
    [{ name: "sgd", nesterov: 1 }, /nesterov must be true or false/],
    [{ name: "sgd", nesterov: true, momentum: 0 }, /nesterov must go with momentum above 0/],
    [{ name: "adam", momentum: 0.9 }, /there is no parameter "momentum"/],
    [{ name: "adam", epsilon: 0 }, /epsilon must be a finite number > 0/],
    [{ name: "adam", beta2: 1 }, /beta2 must be/],
  ])("%j is refused", (spec, message) => {
    expect(() => resolveOptimizer(spec as OptimizerSpec)).toThrow(RangeError);
    expect(() => resolveOptimizer(spec as OptimizerSpec)).toThrow(message);
  });
});
