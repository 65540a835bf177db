import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { chain } from "../../../src/models/chain.js";

beforeAll(() => use("simd"));

const add = (x: Tensor4D): Tensor4D => tf.add(x, 1);
const same = (x: Tensor4D): Tensor4D => x;

test.each([
  ["last", [add, same], 2],
  ["first", [same, add], 2],
  ["between others", [add, same, add], 3],
  ["alone", [same], 1],
])("a layer that gives back what it was given, %s", (_, layers, expected) => {
  const x = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
  const before = tf.memory().numTensors;
  const y = chain(x, layers);
  expect([...y.dataSync(), ...x.dataSync()]).toEqual([expected, 1]);
  expect(tf.memory().numTensors - before).toBe(y === x ? 0 : 1);
  tf.dispose([x, y]);
});
