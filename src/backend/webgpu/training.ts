import type { TensorInfo } from "@tensorflow/tfjs-core";
import { imagesOf, type AugmentRequest } from "../fused/augment.js";
import type { SumsRequest } from "../fused/normal-sums.js";
import type { Kernels } from "./kernel.js";
import { sizeOf } from "./gpu.js";
import { augmentImages } from "./kernels/augment.js";
import { crossEntropyRows, total } from "./kernels/cross-entropy.js";
import { poolAll, poolAllGradient } from "./kernels/pooling.js";
import { lanesOf, normalSums } from "./kernels/normal-sums.js";
import { randomNumbers } from "./kernels/random.js";
import { sgdStep } from "./kernels/sgd.js";
import { movingAverages } from "./kernels/statistics.js";
import { gridOf } from "./program.js";
import { wordsOf } from "./resident-images.js";

interface SgdAttributes {
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  readonly nesterov: boolean;
}

/** Kernels of ../fused/{cross-entropy,sgd,augment,global-average-pool,moving-averages,random,normal-sums}.ts, which say what they compute. */
export const training: Kernels = {
  CrossEntropy({ gpu }, inputs, attrs) {
    const { logits, labels, weights, margins } = inputs;
    const [rows, classes] = logits.shape as [number, number];
    const { scale } = attrs as { scale: number };
    // The mean of no numbers.
    if (sizeOf(logits) === 0)
      return [gpu.backend.makeTensorInfo([], "float32", Float32Array.of(NaN)), gpu.zeros(logits.shape)];
    const plan = { rows, classes, scale, hasWeights: weights !== undefined, hasMargins: margins !== undefined };
    const [loss, losses, gradient] = [gpu.output([]), gpu.output([rows]), gpu.output(logits.shape)];
    gpu.runWhole(`cross entropy ${JSON.stringify(plan)}`, () => crossEntropyRows(plan), {
      ...{ logits, labels, losses, gradient, ...(weights && { weights }), ...(margins && { margins }) },
    });
    gpu.run(`total ${rows}`, () => total(rows), [1], { losses, out: loss });
    gpu.dispose(losses);
    return [loss, gradient];
  },

  SgdMomentum({ gpu }, inputs, attrs) {
    const { rate: given, momentum, decay, nesterov } = attrs as unknown as SgdAttributes;
    const rate = inputs["rate"] ?? gpu.constant(Float32Array.of(given));
    const most = Math.floor((gpu.device.limits.maxStorageBuffersPerShaderStage - 1) / 3);
    for (let from = 0; inputs[`parameter${from}`]; from += most) {
      const buffers: Record<string, TensorInfo> = { rate };
      const changed: TensorInfo[] = [];
      const sizes: number[] = [];
      for (let i = from; i < from + most && inputs[`parameter${i}`]; i++) {
        for (const name of ["parameter", "gradient", "velocity"])
          buffers[`${name}${i - from}`] = inputs[`${name}${i}`]!;
        changed.push(inputs[`parameter${i}`]!, inputs[`velocity${i}`]!);
        sizes.push(sizeOf(inputs[`parameter${i}`]!));
      }
      const plan = { sizes, momentum, decay, nesterov };
      const key = `sgd ${JSON.stringify(plan)}`;
      gpu.runWhole(key, () => sgdStep(plan), buffers);
      gpu.changed(...changed);
    }
    if (!inputs["rate"]) gpu.dispose(rate);
    return [];
  },

  MovingAverages({ gpu }, inputs, attrs) {
    const { share, factors } = attrs as unknown as { share: number; factors: readonly number[] };
    const most = Math.floor(gpu.device.limits.maxStorageBuffersPerShaderStage / 2);
    for (let from = 0; from < factors.length; from += most) {
      const buffers: Record<string, TensorInfo> = {};
      const pairs = factors.slice(from, from + most).map((factor, i) => {
        const [average, now] = [inputs[`average${from + i}`]!, inputs[`now${from + i}`]!];
        Object.assign(buffers, { [`average${i}`]: average, [`now${i}`]: now });
        const size = sizeOf(average);
        return { factor, size, times: sizeOf(now) / Math.max(1, size) };
      });
      const key = `moving averages ${share} ${JSON.stringify(pairs)}`;
      gpu.runWhole(key, () => movingAverages(pairs, share), buffers);
      gpu.changed(...pairs.map((_, i) => buffers[`average${i}`]!));
    }
    return [];
  },

  AugmentImages({ gpu, resident }, { scale, shift }, attrs) {
    const { images, placements, outHeight, outWidth } = attrs as unknown as AugmentRequest;
    const [[height, width, channels], batch] = [images.shape, placements.length];
    if (batch === 0) return gpu.zeros([0, outHeight, outWidth, channels]);
    const all = resident.bufferOf(images, batch);
    const bytes = all ?? gpu.constant(wordsOf(images, imagesOf(placements)), "int32");
    const words = placements.flatMap(({ image, top, left, mirrored }, i) => [all ? image : i, top, left, +mirrored]);
    const placement = gpu.constant(Int32Array.from(words), "int32");
    const plan = { batch, height, width, channels, outHeight, outWidth };
    const out = gpu.output([batch, outHeight, outWidth, channels]);
    const key = `augment ${JSON.stringify(plan)}`;
    gpu.runWhole(key, () => augmentImages(plan), { images: bytes, placement, scale, shift, out });
    gpu.dispose(placement);
    if ("dataId" in bytes) gpu.dispose(bytes);
    return out;
  },

  GlobalAveragePool({ gpu }, { x }) {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const [pixels, out] = [height * width, gpu.output([batch, channels])];
    const key = `pool ${x.shape.join()}`;
    gpu.runWhole(key, () => poolAll(batch, pixels, channels), { source: x, out });
    return out;
  },

  GlobalAveragePoolGradient({ gpu }, { dy }, attrs) {
    const { height, width } = attrs as { height: number; width: number };
    const [batch, channels] = dy.shape as [number, number];
    const [pixels, out] = [height * width, gpu.output([batch, height, width, channels])];
    const key = `pool gradient ${batch} ${pixels} ${channels}`;
    gpu.runWhole(key, () => poolAllGradient(batch, pixels, channels), { gradient: dy, out });
    return out;
  },

  PhiloxUniform: (place, _, attrs) => random("uniform", place, attrs as never),
  PhiloxNormal: (place, _, attrs) => random("normal", place, attrs as never),

  PhiloxSums({ gpu }, _, attrs) {
    const { shape, key, from, length, threshold } = attrs as unknown as SumsRequest;
    const [rows, parts] = shape;
    const [items, lanes] = [rows * parts, lanesOf(length)];
    const [grid, out] = [gridOf(items * lanes), gpu.output(shape)];
    const words = [...key, from, items, parts, length, threshold, grid[0]];
    const request = gpu.constant(
      Int32Array.from(words, (word) => word | 0),
      "int32",
    );
    gpu.run(`normal sums ${lanes}`, () => normalSums(lanes), grid, { request, out });
    gpu.dispose(request);
    return out;
  },
};

function random(
  kind: "uniform" | "normal",
  { gpu }: Parameters<(typeof training)["PhiloxUniform"] & object>[0],
  { shape, key }: { readonly shape: number[]; readonly key: readonly [number, number] },
): TensorInfo {
  const out = gpu.output(shape);
  const count = sizeOf(out);
  if (count === 0) return out;
  const seed = gpu.constant(Int32Array.from(key), "int32");
  const name = `random ${kind} ${count}`;
  gpu.runWhole(name, () => randomNumbers(kind, count), { key: seed, out });
  gpu.dispose(seed);
  return out;
}
