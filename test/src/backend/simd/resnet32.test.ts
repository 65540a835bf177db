import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import * as fused from "../../../../src/backend/fused/index.js";
import { NAME } from "../../../../src/backend/simd/index.js";
import { batch, dispose, gradients, loss, step, variables } from "../../../bench/resnet32.mjs";
import fixture from "../../../fixtures/engine/resnet32.json" with { type: "json" };

type Precision = "float32" | "float64";
type Probes = Record<Precision, number[]>;

const { count, size, batches } = fixture.images;

/** Root mean square, over all parameters, of how far probes are from PyTorch's in float64; each in units of its tensor. */
function error(probes: (expected: Probes, parameter: number) => number[], of: typeof fixture.gradients): number {
  let [sum, terms] = [0, 0];
  of.probes.forEach((expected, parameter) => {
    const scale = Math.hypot(...expected.float64) / Math.sqrt(expected.float64.length);
    probes(expected, parameter).forEach((value, i) => {
      sum += ((value - expected.float64[i]!) / scale) ** 2;
      terms += 1;
    });
  });
  return Math.sqrt(sum / terms);
}

/** How much less accurate than PyTorch in float32 these tensors are. */
function ratio(tensors: readonly tf.Tensor[], of: typeof fixture.gradients): number {
  const values = tensors.map((tensor) => tensor.dataSync());
  const probed = ({ float64 }: Probes, parameter: number): number[] =>
    float64.map((_, i) => values[parameter]![Math.floor((i * values[parameter]!.length) / float64.length)]!);
  return error(probed, of) / error(({ float32 }) => float32, of);
}

const relative = (value: number, exact: number): number => Math.abs(value / exact - 1);

async function on(
  backend: string,
  use: (state: ReturnType<typeof variables>) => void,
  operations?: typeof fused,
): Promise<void> {
  await tf.setBackend(backend);
  tf.engine().startScope();
  const state = variables(operations);
  use(state);
  dispose(state);
  tf.engine().endScope();
}

/** How much less accurate than PyTorch in float32 ours may be. */
const FACTOR = 2;

const first = (): ReturnType<typeof batch> => batch(batches[0]!, count, size);

describe("ResNet-32 against PyTorch", () => {
  test("plain JavaScript: the loss is that of float64 but for rounding", () =>
    on("cpu", (state) => {
      const { float32, float64 } = fixture.losses;
      const own = relative(loss(state, first(), true).dataSync()[0]!, float64[0]!);
      expect(own).toBeLessThan(2 * Math.max(relative(float32[0]!, float64[0]!), 2 ** -24));
    }));

  describe.each([
    ["TensorFlow.js's own operations", undefined],
    ["fused operations", fused],
  ] as const)("SIMD, %s", (_, operations) => {
    test("loss, gradients and running moments of the first step, and the loss in evaluation", () =>
      on(
        NAME,
        (state) => {
          const { value, gradients: all } = gradients(state, first());
          expect(relative(value.dataSync()[0]!, fixture.losses.float64[0]!)).toBeLessThan(2 ** -21);
          const running = state.running.flatMap(({ mean, variance }) => [mean, variance]);
          expect(ratio(all, fixture.gradients)).toBeLessThan(FACTOR);
          expect(ratio(running, fixture.running)).toBeLessThan(FACTOR);
          const evaluation = loss(state, first(), false).dataSync()[0]!;
          expect(relative(evaluation, fixture.evaluation.float64)).toBeLessThan(2 ** -18);
        },
        operations,
      ));

    test("losses of four steps, and the weights after them", () =>
      on(
        NAME,
        (state) => {
          const losses = batches.map((index) => step(state, batch(index, count, size)));
          losses.forEach((own, i) => expect(relative(own, fixture.losses.float64[i]!)).toBeLessThan(2 ** -16));
          expect(ratio(state.parameters, fixture.weights)).toBeLessThan(FACTOR);
        },
        operations,
      ));
  });
});
