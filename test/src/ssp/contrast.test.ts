import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { unit } from "../../../src/models/index.js";
import { contrast, keyContrast } from "../../../src/ssp/contrast.js";

interface Result {
  readonly dimension: number;
  readonly temperature: number;
  readonly value: number;
  readonly gradient: number[];
}

/** What make_contrasts.py computed. */
const reference = JSON.parse(readFileSync(new URL("../../fixtures/ssp/contrasts.json", import.meta.url), "utf8")) as {
  ntXent: (Result & { images: number })[];
  infoNce: (Result & { batch: number; length: number })[];
};

function grid(rows: number, columns: number, salt: number): Tensor2D {
  const at = (i: number, c: number): number => (((i * 7919 + c * 104729 + salt * 31337) % 257) - 128) / 64;
  return tf.tensor2d(Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, c) => at(i, c))));
}

function expectAsReference({ value, gradient }: Result, loss: (raw: Tensor2D) => Scalar, raw: Tensor2D): void {
  const found = tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((z) => loss(z as Tensor2D))(raw);
    return { value: value.dataSync()[0]!, gradient: [...grad.dataSync()] };
  });
  expect(Math.abs(found.value - value)).toBeLessThan(2e-6 * Math.max(1, value));
  const difference = Math.hypot(...found.gradient.map((g, i) => g - gradient[i]!));
  expect(difference).toBeLessThan(3e-6 * Math.max(0.1, Math.hypot(...gradient)));
}

describe.each(["simd", "cpu"])("on %s", (device) => {
  beforeAll(async () => void (await use(device)));

  test.each(reference.ntXent)("SimCLR's is PyTorch's: $images images, temperature $temperature", (result) => {
    const { images, dimension, temperature } = result;
    expectAsReference(result, (raw) => contrast(unit(raw, 1), temperature), grid(2 * images, dimension, 1));
  });

  test.each(reference.infoNce)("MoCo's is PyTorch's: $batch of $length keys, temperature $temperature", (result) => {
    const { batch, length, dimension, temperature } = result;
    const [keys, queue] = [unit(grid(batch, dimension, 3), 1), unit(grid(length, dimension, 4), 1)];
    expectAsReference(result, (raw) => keyContrast(unit(raw, 1), keys, queue, temperature), grid(batch, dimension, 2));
  });

  test("at low temperatures, losses and gradients stay finite, and small where the pair is found", () => {
    tf.tidy(() => {
      const vectors = unit(tf.tensor2d([1, 0, 0, 1, 1, 0.01, 0.01, 1], [4, 2]), 1);
      for (const temperature of [1e-2, 1e-4, 1e-6]) {
        const both = [
          (z: Tensor2D) => contrast(z, temperature),
          (z: Tensor2D) => keyContrast(z, vectors, tf.neg(vectors), temperature),
        ];
        for (const loss of both) {
          const { value, grad } = tf.valueAndGrad((z) => loss(z as Tensor2D))(vectors);
          expect(value.dataSync()[0]).toBeLessThan(1e-3);
          expect(grad.dataSync().every(Number.isFinite)).toBe(true);
        }
      }
    });
  });
});
