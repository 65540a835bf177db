import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { build, resnet20, resnet32, small, transfer, type Network } from "../../../src/models/index.js";
import { DISPLAY } from "../../../src/show/index.js";
import { makeOptimizer } from "../../../src/train/optimizer.js";
import { hashed } from "../hash.js";

beforeAll(() => use("simd"));

const bits = (network: Network): Map<string, number[]> =>
  new Map([...network.weights, ...network.statistics].map(({ name, variable }) => [name, [...variable.dataSync()]]));

/** Other values everywhere, in running statistics too. */
function disturb(network: Network, stream: number): void {
  [...network.weights, ...network.statistics].forEach(({ variable }, i) =>
    tf.tidy(() => variable.assign(tf.tensor(hashed(stream + i, variable.size, 1, 2), variable.shape))),
  );
}

test("the backbone and its running statistics are copied, the classifier is not", () => {
  const [from, to] = [small({ classes: 4, seed: 1 }), small({ classes: 10, head: "cosine", seed: 2 })];
  disturb(from, 100);
  const [before, fresh] = [bits(from), bits(to)];
  const held = tf.memory().numTensors;
  const report = transfer(from, to);
  expect(tf.memory().numTensors).toBe(held);
  expect(bits(from)).toEqual(before);
  for (const [name, values] of bits(to))
    expect(values, name).toEqual((name.startsWith("classifier/") ? fresh : before).get(name));
  expect(report.dropped).toEqual(["classifier/matrix", "classifier/bias"]);
  expect(report.fresh).toEqual(["classifier/matrix"]);
  expect(report.copied).toEqual([...before.keys()].filter((name) => !name.startsWith("classifier/")));
  expect(report.copied).toContain("stem/variance");
  expect(report.parameters).toBe(
    [...before].filter(([name]) => !name.startsWith("classifier/")).reduce((sum, [, one]) => sum + one.length, 0),
  );
  expect(String(report)).toMatch(/copied +35 +stem\/filter, stem\/gamma, \.\.\., stage3\/block0\/conv2\/variance/);
  expect(String(report)).toMatch(/dropped +2 +classifier\/matrix, classifier\/bias/);
  expect(report[DISPLAY]()["text/html"]).toContain("<td");
  [from, to].forEach((network) => network.dispose());
});

test("training one afterwards leaves the other as it is", () => {
  const [from, to] = [small({ classes: 4, seed: 1 }), small({ classes: 4, seed: 2 })];
  transfer(from, to);
  const before = bits(from);
  const optimizer = makeOptimizer({ name: "sgd", momentum: 0, weightDecay: 0, nesterov: false }, to.weights);
  tf.tidy(() =>
    optimizer.step(
      to.weights.map(({ variable }) => tf.ones(variable.shape)),
      0.1,
    ),
  );
  expect(bits(from)).toEqual(before);
  from.dispose();
  expect(bits(to).get("stem/beta")![0]).toBeCloseTo(-0.1, 6);
  to.dispose();
});

test("networks of another kind are refused, in either direction, and nothing is changed", () => {
  const all = [
    resnet20({ classes: 4 }),
    resnet32({ classes: 4 }),
    small({ classes: 4 }),
    small({ classes: 4, channels: 1 }),
    build("resnet10", { classes: 4 }),
  ];
  for (const from of all)
    for (const to of all.filter((each) => each !== from)) {
      const before = to.weights[0]!.variable.dataSync()[0];
      expect(() => transfer(from, to)).toThrow(RangeError);
      expect(() => transfer(from, to)).toThrow(/^transfer: /);
      expect(to.weights[0]!.variable.dataSync()[0]).toBe(before);
    }
  const [r20, r32, three, one] = all as [Network, Network, Network, Network];
  expect(() => transfer(r20, r32)).toThrow(
    /resnet32 has "stage1\/block3\/conv1\/filter" of 3 x 3 x 16 x 16, and resnet20 has none; expected two networks of the same kind/,
  );
  expect(() => transfer(r32, r20)).toThrow(/resnet32 has \d+ variables besides its classifier, resnet20 \d+/);
  expect(() => transfer(three, one)).toThrow(/"stem\/filter" of 3 x 3 x 1 x 16, and small has one of 3 x 3 x 3 x 16/);
  all.forEach((network) => network.dispose());
});
