import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { format } from "../../../kernel/format/index.js";

const show = async (value: unknown): Promise<string> => String((await format(value))["text/plain"]);

describe("tensors", () => {
  it("show data type, shape and values", async () => {
    expect(
      await show(
        tf.tensor2d([
          [1, 2.5],
          [-3, 1e-7],
        ]),
      ),
    ).toBe("Tensor float32 [2, 2]\n[[   1,  2.5],\n [  -3, 1e-7]]");
    expect(await show(tf.scalar(7, "int32"))).toBe("Tensor int32 []\n7");
    expect(await show(tf.tensor(["a", 'b"']))).toBe('Tensor string [2]\n[  "a", "b\\""]');
    expect(await show(tf.variable(tf.tensor1d([1])))).toContain("Tensor float32 [1]\n[1]");
  });

  it("say when they are disposed or empty", async () => {
    const gone = tf.tensor1d([1, 2]);
    gone.dispose();
    expect(await show(gone)).toBe("Tensor float32 [2] (disposed)");
    expect(await show(tf.zeros([0, 3]))).toBe("Tensor float32 [0, 3]");
  });

  it("show a corner of large ones, in few lines, and leak nothing", async () => {
    const large = tf.range(0, 8 * 32 * 32 * 64).reshape([8, 32, 32, 64]);
    const before = tf.memory().numTensors;
    const text = await show(large);
    expect(tf.memory().numTensors).toBe(before);
    expect(text.split("\n").length).toBeLessThanOrEqual(30);
    expect(text).toContain("[[[[   0,    1,    2,    3,    4,    5,    6,    7, …],");
    expect(await show(tf.zeros([2, 2, 2, 2, 2, 2]))).not.toContain("undefined");
  });

  it("read only the corner back", async () => {
    const large = tf.zeros([1000, 1000]);
    const refuse = (): never => {
      throw new Error("read as a whole");
    };
    Object.assign(large, { dataSync: refuse, data: refuse });
    expect(await show(large)).toContain("Tensor float32 [1000, 1000]\n[[0, 0,");
  });

  it("wait for backends that cannot read at once", async () => {
    let disposed = 0;
    const fake = (shape: number[], size: number): object => ({
      dtype: "float32",
      shape,
      isDisposed: false,
      dataSync: () => {
        throw new Error("only asynchronous");
      },
      data: () => Promise.resolve(new Float32Array(size).fill(2)),
      slice: (_begin: number[], corner: number[]) => fake(corner, corner[0] ?? 0),
      dispose: () => disposed++,
    });
    expect(await show(fake([100], 100))).toBe("Tensor float32 [100]\n[2, 2, 2, 2, 2, 2, 2, 2, …]");
    expect(disposed).toBe(1);
  });
});
