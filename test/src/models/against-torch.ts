import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { build, type Network } from "../../../src/models/index.js";
import fixture from "../../fixtures/models/networks.json" with { type: "json" };
import { hashed, integers } from "../hash.js";

/** How much less accurate than PyTorch in float32 ours may be: largest errors vary by chance, and one may be small by luck. */
const FACTOR = 5;
/** How many numbers of a gradient are looked at. */
const FIRST = 65_536;

type Case = (typeof fixture.cases)[number];

/** Gives the network the numbers of make_networks.py. */
function fill(network: Network): void {
  network.weights.forEach(({ name, variable: { shape, size }, variable }, stream) => {
    const [bound, centre] = name.endsWith("filter")
      ? [Math.sqrt(6 / (shape[0] * shape[1]! * shape[2]!)), 0]
      : name.endsWith("matrix")
        ? [Math.sqrt(1 / shape[0]), 0]
        : [0.2, name.endsWith("conv3/gamma") ? 0.3 : name.endsWith("gamma") ? 1 : 0];
    tf.tidy(() => variable.assign(tf.tensor(hashed(stream, size, bound, centre), shape)));
  });
}

/** Inner product of the first numbers with the numbers of the script's `probe`, of variance 1, in float64. */
function probe(stream: number, values: ArrayLike<number>): number {
  const direction = hashed(30_000 + stream, Math.min(values.length, FIRST), Math.sqrt(3));
  let sum = 0;
  for (let i = 0; i < direction.length; i++) sum += values[i]! * direction[i]!;
  return sum;
}

const farthest = (found: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((one, i) => Math.abs(one - found[i]!)));

/**
 * Holds a network against PyTorch's: logits, loss, gradients and running statistics of a step of training, and the logits of
 * evaluation after it; and that no tensor is left over.
 */
export function compare(name: string, parameters: number): void {
  const one: Case = fixture.cases.find((each) => each.name === name)!;
  const { head, classes, count, size, batch, float32 } = one;
  const network = build(name, { classes, head: head as "linear" | "cosine" });
  expect(network.parameterCount).toBe(parameters);
  fill(network);
  const images = tf.tensor4d(hashed(10_000 + batch, count * size * size * 3, Math.sqrt(3)), [count, size, size, 3]);
  const labels = tf.tidy(() =>
    tf.oneHot(
      tf.tensor1d(
        [...integers(20_000 + batch, count)].map((x) => x % classes),
        "int32",
      ),
      classes,
    ),
  );
  const held = tf.memory().numTensors;

  let logits: Float32Array | undefined;
  const { value, grads } = tf.tidy(() =>
    tf.variableGrads(
      () => {
        const made = network.logits(images, "train");
        logits = made.dataSync<"float32">();
        return tf.losses.softmaxCrossEntropy(labels, made);
      },
      network.weights.map(({ variable }) => variable),
    ),
  );
  const errors = network.weights.map(({ variable }, i) => {
    const [norm, expected] = one.gradients[i]! as [number, number];
    return (probe(i, grads[variable.name]!.dataSync()) - expected) / norm;
  });
  const running = network.statistics.flatMap(({ variable }) => [...variable.dataSync()]);
  const evaluation = tf.tidy(() => network.logits(images).dataSync<"float32">());
  const found = {
    loss: Math.abs(value.dataSync()[0]! / one.loss - 1),
    logits: farthest(logits!, one.logits),
    evaluation: farthest(evaluation, one.evaluation),
    running: Math.abs(probe(0, running) - one.running[1]!) / one.running[0]!,
    gradients: Math.hypot(...errors) / Math.sqrt(errors.length),
  };
  console.log(
    Object.entries(found)
      .map(([what, error]) => `${what} ${error.toExponential(1)}`)
      .join(", "),
    `from PyTorch in float64 (its float32: ${Object.values(float32).map((error) => error.toExponential(1)).join(", ")})`, // prettier-ignore
  );
  for (const [what, error] of Object.entries(found))
    expect(error, what).toBeLessThan(FACTOR * Math.max(float32[what as keyof typeof found], 1e-6));
  tf.dispose([value, ...Object.values(grads)] as Tensor[]);
  expect(tf.memory().numTensors).toBe(held);
  network.dispose();
  tf.dispose([images, labels]);
}
