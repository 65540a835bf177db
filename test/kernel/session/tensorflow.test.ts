import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { closeOpenScopes, stopTraining } from "../../../kernel/session/tensorflow.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("closing what an interrupt left open in TensorFlow.js", () => {
  it("gives gradients back that a cut-off operation had switched off", () => {
    const x = tf.variable(tf.scalar(3));
    const gradient = (): number =>
      tf.tidy(() => tf.variableGrads(() => x.square() as tf.Scalar).grads[x.name]!.dataSync()[0]!);
    tf.engine().state.kernelDepth++; // cut off inside an operation
    expect(gradient).toThrow(/connection/);
    closeOpenScopes();
    expect(gradient()).toBe(6);
  });

  it("closes scopes, disposes of their tensors and keeps variables", () => {
    const kept = tf.variable(tf.scalar(1));
    const before = tf.memory().numTensors;
    tf.engine().startScope("cut off");
    tf.engine().startScope("inside it");
    tf.zeros([10]);
    closeOpenScopes();
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.engine().state.scopeStack).toEqual([]);
    const later = tf.tensor([1, 2]);
    expect(tf.tidy(() => later.add(kept).sum().dataSync()[0])).toBe(5);
    expect(later.isDisposed).toBe(false);
  });

  it("lets a model train again whose training was cut off", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
    const [x, y] = [tf.ones([4, 1]), tf.ones([4, 1])];
    const inner = (model as unknown as { model: { isTraining: boolean } }).model;
    inner.isTraining = true; // cut off inside fit
    await expect(model.fit(x, y, { verbose: 0 })).rejects.toThrow(/another fit\(\) call is ongoing/);
    stopTraining(model);
    expect((await model.fit(x, y, { verbose: 0 })).epoch).toEqual([0]);
  });

  it("leaves other values alone, hostile ones too", () => {
    const plain = { isTraining: true };
    const throws = (): never => {
      throw new Error("trap");
    };
    for (const value of [plain, null, 5, "text", new Proxy({}, { has: throws, get: throws })]) stopTraining(value);
    expect(plain).toEqual({ isTraining: true });
  });
});
