import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { small, Variables } from "../../../src/models/index.js";
import { metaEmbedding } from "../../../src/models/meta-embedding.js";
import { stream } from "../../../src/random/index.js";
import fixture from "../../fixtures/models/meta-embedding.json" with { type: "json" };

const { batch, width, classes } = fixture;

/** The head with the script's numbers. */
function filled() {
  const variables = new Variables(stream(0, "init"));
  const head = metaEmbedding(variables, width, classes);
  const values: Record<string, number[]> = { memory: fixture.memory, ...fixture.weights };
  for (const { name, variable } of variables.weights)
    tf.tidy(() => variable.assign(tf.tensor(values[name.replace("classifier/", "")]!, variable.shape)));
  return { head, weights: variables.weights };
}

const farthest = (found: ArrayLike<number>, expected: readonly number[]): number => {
  expect(found.length).toBe(expected.length);
  return Math.max(...expected.map((one, i) => Math.abs(one - found[i]!)));
};

describe.each(["simd", "cpu"])("meta-embedding on %s", (device) => {
  beforeAll(() => use(device));

  test("logits, and gradients of features and weights, are PyTorch's in float64; none goes to the memory", () => {
    const { head, weights } = filled();
    const held = tf.memory().numTensors;
    const features = tf.tidy(() => tf.variable(tf.tensor2d(fixture.features, [batch, width])));
    const direction = tf.tensor2d(fixture.direction, [batch, classes]);
    let logits: Float32Array | undefined;
    const learned = weights.filter(({ name }) => name !== "classifier/memory");
    const { value, grads } = tf.variableGrads(() => {
      const made = head.apply(features);
      logits = made.dataSync<"float32">();
      return tf.sum(tf.mul(made, direction));
    }, [features, ...weights.map(({ variable }) => variable)]);
    const errors = {
      logits: farthest(logits!, fixture.logits),
      features: farthest(grads[features.name]!.dataSync(), fixture.byFeatures),
      ...Object.fromEntries(
        learned.map(({ name, variable }) => {
          const key = name.replace("classifier/", "") as keyof typeof fixture.byWeights;
          return [key, farthest(grads[variable.name]!.dataSync(), fixture.byWeights[key])];
        }),
      ),
    };
    console.log(device, Object.entries(errors).map(([what, e]) => `${what} ${e.toExponential(1)}`).join(", ")); // prettier-ignore
    // Logits of about 10 in float32.
    for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(1e-5);
    const memory = weights.find(({ name }) => name === "classifier/memory")!.variable;
    expect(grads[memory.name]).toBeUndefined();
    tf.dispose([value, features, direction, ...Object.values(grads).filter(Boolean)] as Tensor[]);
    expect(tf.memory().numTensors).toBe(held);
    tf.dispose(weights.map(({ variable }) => variable));
  });

  test("a feature on a centroid has finite logits and gradients, of the size of its neighbours'", () => {
    const { head, weights } = filled();
    const at = (shift: number): { logits: Float32Array; gradient: Float32Array } =>
      tf.tidy(() => {
        const feature = tf.tensor2d(fixture.memory.slice(0, width).map((x) => x + shift), [1, width]); // prettier-ignore
        const logits = head.apply(feature).dataSync<"float32">();
        const gradient = tf.grad((x) => tf.sum(tf.square(head.apply(x as Tensor2D))))(feature);
        return { logits, gradient: gradient.dataSync<"float32">() };
      });
    const [on, beside] = [at(0), at(1e-4)];
    on.logits.forEach((logit, i) => expect(Math.abs(logit - beside.logits[i]!)).toBeLessThan(0.02));
    expect(Math.hypot(...on.gradient)).toBeLessThan(10 * Math.hypot(...beside.gradient));
    tf.dispose(weights.map(({ variable }) => variable));
  });
});

test("a network has it as its head", async () => {
  await use("simd");
  const network = small({ classes: 5, head: "meta-embedding" });
  const shapes = Object.fromEntries(network.weights.map(({ name, variable }) => [name, variable.shape]));
  expect(shapes["classifier/memory"]).toEqual([5, 64]);
  expect(shapes["classifier/hallucinator/matrix"]).toEqual([64, 5]);
  expect(network.parameterCount - small({ classes: 5 }).parameterCount).toBe(2 * 5 * 64 + 64 * 64 + 64);
  network.dispose();
});
