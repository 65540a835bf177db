import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backend, NAME, SimdBackend } from "../../../../src/backend/simd/index.js";

beforeEach(async () => {
  await tf.setBackend(NAME);
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

const used = (): number => backend.memory().usedBytes;

describe("tensors", () => {
  test.each([
    ["float32", [1.5, -0, NaN, Infinity]],
    ["int32", [1, -2, 2 ** 31 - 1, 0]],
    ["bool", [1, 0, 1, 1]],
  ] as const)("of type %s live in the shared memory, and read as they were written", (dtype, numbers) => {
    const before = used();
    const tensor = tf.tensor([...numbers], [2, 2], dtype);
    expect(tensor.dtype).toBe(dtype);
    expect(Array.from(tensor.dataSync())).toEqual(numbers);
    expect(used()).toBe(before + 64);
    expect(backend.address(tensor) % 64).toBe(0);
    expect(backend.values(tensor).buffer).toBe(backend.memoryOfTensors.wasm.buffer);
  });

  test("of strings and complex numbers read as they were written", async () => {
    const strings = tf.tensor(["a", "ä", "", "longer"], [2, 2], "string");
    expect(strings.arraySync()).toEqual([
      ["a", "ä"],
      ["", "longer"],
    ]);
    expect(tf.concat([strings, strings]).shape).toEqual([4, 2]);
    const complex = tf.complex([1, 2], [3, 4]);
    expect(Array.from(await complex.data())).toEqual([1, 3, 2, 4]);
    expect(Array.from(tf.mul(complex, complex).dataSync())).toEqual([1 - 9, 6, 4 - 16, 16]);
    expect(Array.from(tf.real(complex).dataSync())).toEqual([1, 2]);
    expect(() => backend.address(strings)).toThrow("A tensor of type string has no address: it lives in JavaScript");
  });

  test("of no elements are computed with", () => {
    const none = tf.zeros([0, 3]);
    expect(none.dataSync()).toHaveLength(0);
    expect(tf.add(none, none).shape).toEqual([0, 3]);
    expect(Array.from(none.sum(0).dataSync())).toEqual([0, 0, 0]);
    expect(tf.concat([none, tf.ones([1, 3])]).shape).toEqual([1, 3]);
    expect(Array.from(tf.matMul(tf.zeros([2, 0]), none).dataSync())).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("of one element and of none of rank keep their number", () => {
    expect(tf.scalar(3).dataSync()[0]).toBe(3);
    expect(tf.scalar(3, "int32").add(tf.scalar(0.5)).dataSync()[0]).toBe(3.5);
    expect(tf.scalar(true).dtype).toBe("bool");
  });

  test("keep NaN through arithmetic, and find it", () => {
    const tensor = tf.tensor1d([NaN, 1, NaN, -1, Infinity]);
    expect(Array.from(tf.add(tensor, tensor).dataSync())).toEqual([NaN, 2, NaN, -2, Infinity]);
    expect(Array.from(tf.isNaN(tensor).dataSync())).toEqual([1, 0, 1, 0, 0]);
    expect(tensor.max().dataSync()[0]).toBeNaN();
  });
});

describe("what is read", () => {
  test("is a copy: it outlives its tensor, and changing it changes nothing", async () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const [now, later] = [tensor.dataSync(), await tensor.data()];
    now[0] = 100;
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
    tensor.dispose();
    tf.fill([3], 7);
    expect([Array.from(now), Array.from(later)]).toEqual([
      [100, 2, 3],
      [1, 2, 3],
    ]);
    expect(now.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test("does not change with the array that a tensor was made of", () => {
    const numbers = new Float32Array([1, 2, 3]);
    const tensor = tf.tensor1d(numbers);
    numbers.fill(0);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
  });
});

describe("memory", () => {
  test("is given back with the last tensor that shows it", () => {
    const before = used();
    const tensor = tf.ones([100]);
    const view = tensor.reshape([10, 10]);
    const same = view.clone();
    expect(used()).toBe(before + 448);
    tensor.dispose();
    view.dispose();
    expect(used()).toBe(before + 448);
    expect(same.sum().dataSync()[0]).toBe(100);
    same.dispose();
    tf.dispose(tf.complex([1], [2]));
    tf.dispose(tf.tensor(["text"]));
    expect(tf.memory().numTensors).toBe(1); // the sum
  });

  test("is counted in tf.memory()", () => {
    const before = tf.memory() as ReturnType<SimdBackend["memory"]> & tf.MemoryInfo;
    const tensor = tf.ones([1000]);
    const after = tf.memory() as typeof before;
    expect(after.numTensors - before.numTensors).toBe(1);
    expect(after.numBytes - before.numBytes).toBe(4000);
    expect(after.usedBytes - before.usedBytes).toBe(4032);
    expect(after.peakBytes).toBeGreaterThanOrEqual(after.usedBytes);
    expect(after.unreliable).toBe(false);
    tensor.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, usedBytes: before.usedBytes });
  });

  test("does not grow over 1,000 steps of training", () => {
    const weights = tf.variable(tf.randomNormal([10, 3], 0, 1, "float32", 3));
    const optimizer = tf.train.momentum(0.01, 0.9);
    const [x, y] = [tf.randomNormal([32, 10], 0, 1, "float32", 1), tf.randomUniform([32, 3], 0, 1, "float32", 2)];
    const step = (): number =>
      tf.tidy(() => {
        const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(y, tf.matMul(x, weights).relu());
        return optimizer.minimize(loss, true, [weights])!.dataSync()[0]!;
      });
    for (let i = 0; i < 3; i++) step();
    const before = {
      used: used(),
      tensors: tf.memory().numTensors,
      bytes: backend.memoryOfTensors.wasm.buffer.byteLength,
    };
    const first = step();
    let last = first;
    for (let i = 0; i < 1000; i++) last = step();
    expect(last).toBeLessThan(first);
    expect({
      used: used(),
      tensors: tf.memory().numTensors,
      bytes: backend.memoryOfTensors.wasm.buffer.byteLength,
    }).toEqual(before);
    optimizer.dispose();
    weights.dispose();
  });

  test("beyond the limit is a RangeError; what is there stays", () => {
    const tensor = tf.ones([10]);
    expect(() => tf.zeros([1100, 1024, 1024])).toThrow("Out of memory: a tensor needs 4400 MiB");
    expect(tensor.sum().dataSync()[0]).toBe(10);
  });

  test("lent for the time of a call is given back, also when the call fails", () => {
    const before = used();
    expect(
      backend.scratch(1000, (address) => {
        expect(used()).toBe(before + 1024);
        return address % 64;
      }),
    ).toBe(0);
    expect(() =>
      backend.scratch(1000, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(used()).toBe(before);
  });
});

describe("beside TensorFlow.js's pure JavaScript backend", () => {
  // Not complex64: TensorFlow.js moves the numbers alone, without which are real and which imaginary.
  test.each(["float32", "int32", "bool", "string"] as const)("a %s tensor moves there and back", async (dtype) => {
    const make = (): tf.Tensor => (dtype === "string" ? tf.tensor(["a", "b"]) : tf.tensor([1, 0], [2], dtype));
    const before = used();
    const ours = make();
    const expected = Array.from(ours.dataSync() as ArrayLike<unknown>);
    await tf.setBackend("cpu");
    const theirs = make();
    const there = ours.clone().reshape([2, 1]).reshape([2]);
    expect(Array.from(there.dataSync() as ArrayLike<unknown>)).toEqual(expected);
    if (dtype === "float32") expect(Array.from(tf.add(ours, theirs).dataSync())).toEqual([2, 0]);
    await tf.setBackend(NAME);
    expect(Array.from(theirs.clone().reshape([2, 1]).dataSync() as ArrayLike<unknown>)).toEqual(expected);
    if (dtype === "float32") expect(Array.from(tf.add(ours, theirs).dataSync())).toEqual([2, 0]);
    expect(Array.from(ours.dataSync() as ArrayLike<unknown>)).toEqual(expected);
    for (const tensor of [ours, theirs, there]) tensor.dispose();
    tf.engine().endScope();
    tf.engine().startScope();
    expect(used()).toBe(before);
  });
});

test("a tensor whose type is not what its memory holds is refused", () => {
  const { dataId, shape } = tf.tensor1d([1, 2], "int32");
  expect(() => backend.address({ dataId, shape, dtype: "float32" })).toThrow(
    "A tensor of type float32 is kept as int32: no kernel can read it",
  );
  expect(
    Array.from(
      tf
        .cast(tf.tensor1d([1, 2], "int32"), "float32")
        .mul(0.5)
        .dataSync(),
    ),
  ).toEqual([0.5, 1]);
  expect(
    Array.from(
      tf
        .cast(tf.tensor1d([1, 0], "bool"), "int32")
        .mul(tf.scalar(3, "int32"))
        .dataSync(),
    ),
  ).toEqual([3, 0]);
});

test("TensorFlow.js resets its engine: a new backend comes, with its threads", async () => {
  tf.engine().endScope();
  tf.engine().reset();
  await tf.setBackend(NAME);
  tf.engine().startScope();
  const fresh = tf.backend();
  expect(fresh).toBeInstanceOf(SimdBackend);
  expect(fresh).not.toBe(backend);
  expect((fresh as SimdBackend).pool.helpers).toBe((fresh as SimdBackend).pool.threads - 1);
  expect(Array.from(tf.add([1, 2], [3, 4]).dataSync())).toEqual([4, 6]);
});
