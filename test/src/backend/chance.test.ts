import { describe, expect, test } from "vitest";
import * as tf from "@tensorflow/tfjs";
import { watchChance } from "../../../src/backend/chance.js";
import { RandomState, stream } from "../../../src/random/index.js";

describe("watchChance", () => {
  test("gives what was made, of no chance", () => {
    expect(watchChance(() => 6 * 7)).toEqual({ made: 42, isByChance: false });
  });

  const ours = stream(1, "chance");
  const numpys = new RandomState(1);
  test.each([
    ["Math.random", () => Math.random()],
    ["a stream", () => ours.uniform()],
    ["a stream's normal numbers", () => ours.normal()],
    ["a RandomState", () => numpys.uniform()],
    ["TensorFlow.js's dropout", () => tf.dropout(tf.ones([8]), 0.5).dispose()],
  ])("sees that %s is drawn of", (_, draw) => {
    expect(watchChance(draw).isByChance).toBe(true);
  });

  test("numbers are those that they would have been, and it listens no more after a call that fails", () => {
    const { random } = Math;
    const draw = (): number[] => [stream(3, "same").uniform(), new RandomState(3).uniform()];
    expect(watchChance(draw).made).toEqual(draw());
    expect(() => watchChance(() => expect.unreachable("failed"))).toThrow("failed");
    expect(Math.random).toBe(random);
    expect(watchChance(() => 1).isByChance).toBe(false);
  });
});
