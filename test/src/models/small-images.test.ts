import { beforeAll, describe, expect, test } from "vitest";
import * as tf from "@tensorflow/tfjs-core";
import { use } from "../../../src/backend/device.js";
import { resnet20, resnet32, small, type Network } from "../../../src/models/index.js";
import { compare } from "./against-torch.js";

describe("a step of training and an evaluation, against PyTorch", () => {
  test.each([
    ["resnet32", 464_154],
    ["resnet20", 269_722 - 650 + 64 * 7], // with a cosine head
    ["small", 75_290 - 650 + 65 * 3],
  ])("%s", async (name, parameters) => {
    await use("simd");
    compare(name, parameters);
  });

  test("small, where nothing is fused", async () => {
    await use("cpu");
    compare("small", 75_290 - 650 + 65 * 3);
  });
});

describe("sizes", () => {
  beforeAll(() => use("simd"));
  const count = (network: Network): number => {
    network.dispose();
    return network.parameterCount;
  };

  test("as many parameters as the authors' networks have", () => {
    expect(count(resnet32({ classes: 10 }))).toBe(464_154);
    expect(count(resnet32({ classes: 100 }))).toBe(470_004);
    expect(count(resnet32({ classes: 4 }))).toBe(463_764);
    expect(count(resnet32({ classes: 10, head: "cosine" }))).toBe(464_144);
    expect(count(resnet20({ classes: 10 }))).toBe(269_722);
  });

  test("features are 64 long, whatever the size of the images", () => {
    const network = small({ classes: 3, channels: 1 });
    tf.tidy(() => {
      for (const size of [8, 16, 28, 32, 33]) {
        const images = tf.ones<tf.Rank.R4>([2, size, size, 1]);
        expect(network.features(images).shape).toEqual([2, 64]);
        expect(network.logits(images).shape).toEqual([2, 3]);
      }
    });
    network.dispose();
  });
});
