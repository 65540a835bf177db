import { createHash } from "node:crypto";
import { inspect } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import {
  build,
  names,
  resnet20,
  resnet32,
  small,
  transfer,
  type Network,
  type NetworkOptions,
} from "../../../src/models/index.js";
import { makeOptimizer } from "../../../src/train/optimizer.js";
import { hashed } from "../hash.js";

const images = (count = 4, size = 16): Tensor4D =>
  tf.tensor4d(hashed(1, count * size * size * 3, 1.7), [count, size, size, 3]);
/** What tells apart the bits of each variable. */
const bits = (network: Network): string[] =>
  [...network.weights, ...network.statistics].map(({ variable }) =>
    createHash("sha256").update(variable.dataSync<"float32">()).digest("hex"),
  );

/** Changes all weights, and the statistics, as training does. */
function train(network: Network): void {
  const weights = network.weights;
  const optimizer = makeOptimizer({ name: "sgd", momentum: 0.9, weightDecay: 0.1, nesterov: false }, weights);
  tf.tidy(() => {
    network.features(images(), "train");
    optimizer.step(
      weights.map(({ variable }, i) => tf.tensor(hashed(40 + i, variable.size, 1), variable.shape)),
      0.1,
    );
  });
  tf.dispose(optimizer.variables.map(({ variable }) => variable));
}

describe.each(["simd", "cpu"])("copies on %s", (device) => {
  beforeAll(() => use(device));

  test("a copy is equal, and training either leaves the other as it is", () => {
    const original = small({ classes: 3, head: "cosine" });
    train(original);
    const copy = original.copy();
    const before = bits(original);
    expect(bits(copy)).toEqual(before);
    expect(copy.options).toEqual(original.options);
    train(copy);
    expect(bits(original)).toEqual(before);
    bits(copy).forEach((values, i) => expect(values).not.toEqual(before[i]));
    const after = bits(copy);
    train(original);
    expect(bits(copy)).toEqual(after);
    original.dispose();
    expect(bits(copy)).toEqual(after);
    copy.dispose();
  });

  test("assign takes over every bit, and no memory", () => {
    const [from, to] = [small({ classes: 3, seed: 1 }), small({ classes: 3, seed: 2 })];
    train(from);
    from.weights[0]!.variable.assign(tf.fill(from.weights[0]!.variable.shape, -0));
    const held = tf.memory().numTensors;
    to.assign(from);
    expect(tf.memory().numTensors).toBe(held);
    expect(Object.is(to.weights[0]!.variable.dataSync()[0], -0)).toBe(true);
    expect(bits(to)).toEqual(bits(from));
    const before = bits(from);
    train(to);
    expect(bits(from)).toEqual(before);
    [from, to].forEach((network) => network.dispose());
  });
});

describe("networks", () => {
  beforeAll(() => use("simd"));

  test("assign refuses a network of another kind, and changes nothing", () => {
    const one = resnet20({ classes: 3 });
    const before = bits(one);
    for (const other of [
      resnet32({ classes: 3 }),
      small({ classes: 3 }),
      resnet20({ classes: 4 }),
      resnet20({ classes: 3, head: "cosine" }),
    ]) {
      // prettier-ignore
      expect(() => one.assign(other)).toThrow(RangeError);
      expect(() => one.assign(other)).toThrow(
        /^assign: expected an equal network \(resnet20, linear head, 3 classes\), found /,
      );
      expect(bits(one)).toEqual(before);
      other.dispose();
    }
    one.dispose();
  });

  test("fresh: of the same kind, with other options", () => {
    const one = resnet20({ classes: 10, seed: 3 });
    const four = one.fresh({ classes: 4, seed: undefined as unknown as number });
    expect(four.options).toEqual({ classes: 4, head: "linear", channels: 3, seed: 3 });
    expect([four.name, four.classes, four.head]).toEqual(["resnet20", 4, "linear"]);
    expect([...four.weights[0]!.variable.dataSync()]).toEqual([...one.weights[0]!.variable.dataSync()]);
    [one, four].forEach((network) => network.dispose());
  });

  test("digests tell apart what differs in one bit, and are equal for equal values", async () => {
    const [one, same] = [small({ classes: 3 }), small({ classes: 3 })];
    const digest = await one.digest();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await same.digest()).toBe(digest);
    const { variable } = same.statistics.at(-1)!;
    const values = variable.dataSync<"float32">();
    values[3]! += 2 ** -23;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
    expect(await same.digest()).not.toBe(digest);
    const others = [small({ classes: 4 }), small({ classes: 3, head: "cosine" }), small({ classes: 3, seed: 1 })];
    const all = await Promise.all([one, ...others].map((each) => each.digest()));
    expect(new Set(all).size).toBe(4);
    [one, same, ...others].forEach((network) => network.dispose());
  });

  test("no tensor is left after making, using and disposing of a network", async () => {
    const input = images();
    const held = tf.memory().numTensors;
    for (const name of ["resnet20", "small", "tiny", "resnet10"]) {
      const network = build(name, { classes: 3 });
      for (const mode of ["train", "batch", "eval"] as const) tf.tidy(() => void network.logits(input, mode));
      await network.digest();
      network.copy().dispose();
      network.dispose();
      expect(tf.memory().numTensors, name).toBe(held);
    }
    input.dispose();
  });

  test("logits are the classifier of the features", () => {
    const network = small({ classes: 3 });
    tf.tidy(() => {
      const features = network.features(images());
      expect(features.shape).toEqual([4, network.width]);
      expect([...network.classify(features).dataSync()]).toEqual([...network.logits(images()).dataSync()]);
    });
    network.dispose();
  });

  test("wrong images and options are refused", () => {
    const network = small({ classes: 3 });
    const grey = tf.ones<tf.Rank.R4>([1, 8, 8, 1]);
    expect(() => network.logits(grey)).toThrow("small: expected images of 3 channels, found 1");
    grey.dispose();
    network.dispose();
    const held = tf.memory().numTensors;
    for (const [options, message] of [
      [{}, /classes must be an integer of 2 or more \(got undefined\)/],
      [{ classes: 1 }, /classes must be an integer of 2 or more \(got 1\)/],
      [{ classes: NaN }, /classes must be/],
      [{ classes: 3, head: "softmax" }, /head must be "linear" or "cosine" or "meta-embedding" \(got "softmax"\)/],
      [{ classes: 3, channels: 0 }, /channels must be/],
      [{ classes: 3, seed: 0.5 }, /seed must be a safe integer/],
      [{ classes: 3, width: 2 }, /there is no parameter "width"/],
    ] as const) {
      expect(() => small(options as unknown as NetworkOptions)).toThrow(RangeError);
      expect(() => small(options as unknown as NetworkOptions)).toThrow(message);
    }
    expect(() => build("resnet33", { classes: 3 })).toThrow(/There is no model "resnet33". Did you mean resnet32\?/);
    expect(() => build("toString", { classes: 3 })).toThrow(/There is no model "toString"/);
    expect(names).toEqual(["resnet32", "resnet20", "small", "tiny", "resnet10", "resnet50"]);
    expect(tf.memory().numTensors).toBe(held);
  });

  test("a network that was disposed of says so, and leaves nothing behind", async () => {
    const [network, other] = [small({ classes: 3 }), small({ classes: 3 })];
    const images = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);
    const held = tf.memory().numTensors - other.weights.length - other.statistics.length;
    network.dispose();
    const expected = "small: this network was disposed of, and its weights are gone";
    for (const use of [
      () => network.logits(images),
      () => network.features(images),
      () => network.copy(),
      () => network.assign(other),
      () => other.assign(network),
      () => transfer(network, other),
      () => transfer(other, network),
    ])
      expect(use).toThrow(expected);
    await expect(network.digest()).rejects.toThrow(expected);
    expect(tf.memory().numTensors).toBe(held);
    [images, other].forEach((one) => one.dispose());
  });

  test("an option that is undefined takes its default", () => {
    const network = small({ classes: 3, head: undefined, channels: undefined, seed: undefined });
    expect(network.options).toEqual({ classes: 3, head: "linear", channels: 3, seed: 0 });
    network.dispose();
  });
});

test("groups of a batch are normalized apart, and running statistics follow one after the other", async () => {
  await use("simd");
  const [together, alone] = [small({ classes: 3, seed: 4 }), small({ classes: 3, seed: 4 })];
  const batch = images(6);
  const ours = together.featuresInGroups(batch, 3, "train");
  const theirs = tf.tidy(() =>
    tf.concat(tf.split(batch, 3).map((group) => alone.features(group as Tensor4D, "train"))),
  );
  expect(ours.dataSync()).toEqual(theirs.dataSync());
  expect(bits(together)).toEqual(bits(alone));
  expect(ours.dataSync()).not.toEqual(tf.tidy(() => alone.features(batch, "train").dataSync()));
  expect(() => together.featuresInGroups(batch, 4, "batch")).toThrow(
    "small: expected groups that divide the batch of 6, found 4",
  );
  tf.dispose([batch, ours, theirs]);
  together.dispose();
  alone.dispose();
});

test("a network shows itself as its parts, whose parameters add up", () => {
  for (const [name, head, parts] of [
    ["resnet32", "cosine", 17],
    ["tiny", "meta-embedding", 5],
    ["resnet10", "linear", 6],
  ] as const) {
    const network = build(name, { classes: 4, head });
    const [caption, , , ...rows] = String(network).split("\n");
    expect(caption).toBe(
      `${name}, ${head} head of 4 classes: ${network.parameterCount.toLocaleString("en-US")} parameters`,
    );
    expect(rows).toHaveLength(parts);
    const sizes = rows.map((row) => Number(row.split(/ +/)[1]!.replaceAll(",", "")));
    expect(sizes.reduce((a, b) => a + b)).toBe(network.parameterCount);
    expect(inspect([network])).toBe(`[ [Network: ${name}, 4 classes] ]`);
    network.dispose();
  }
});
