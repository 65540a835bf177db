import { util, type TensorInfo } from "@tensorflow/tfjs-core";
import { gather, imagesOf, type AugmentRequest } from "../../fused/augment.js";
import type { SimdBackend } from "../backend.js";
import type { Kernels } from "../kernel.js";

/** Numbers of one chunk of an optimizer's update. */
const CHUNK = 16_384;

/** A tensor in pieces for threads: bytes from its beginning, and how many numbers. */
function chunks(backend: SimdBackend, info: TensorInfo): { at: number; count: number }[] {
  const { length } = backend.values(info);
  return Array.from({ length: Math.ceil(length / CHUNK) }, (_, i) => ({
    at: 4 * CHUNK * i,
    count: Math.min(CHUNK, length - CHUNK * i),
  }));
}

/** @param words four for each chunk */
function runChunks(backend: SimdBackend, kernel: string, words: readonly number[], ...factors: number[]): void {
  backend.scratch(4 * words.length, (table) => {
    backend.memoryOfTensors.int32(table, words.length).set(words);
    backend.run(kernel, { items: words.length / 4, grain: 4 }, table, ...factors);
  });
}

/** Kernels of ../../fused/{cross-entropy,sgd,moving-averages,augment}.ts, which say what they compute. */
export const training: Kernels = {
  CrossEntropy(backend, inputs, attrs) {
    const { logits, labels, weights, margins } = inputs as Record<string, TensorInfo> & typeof inputs;
    const { scale } = attrs as { scale: number };
    const [rows, classes] = logits!.shape as [number, number];
    const known = backend.values(labels!);
    const weightOf = weights && backend.float32(weights);
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += weightOf ? (weightOf[known[row]!] ?? NaN) : 1;
    const [loss, gradient] = [backend.output([]), backend.output(logits!.shape)];
    backend.scratch(8 * rows, (losses) => {
      backend.run(
        "crossEntropyRows",
        { items: rows, grain: 256 },
        ...[backend.address(logits!), backend.address(labels!), classes, weights ? backend.address(weights) : 0],
        ...[margins ? backend.address(margins) : 0, scale, 1 / sum, losses, backend.address(gradient)],
      );
      let total = 0;
      for (const part of backend.memoryOfTensors.float64(losses, rows)) total += part;
      backend.float32(loss)[0] = total;
    });
    return [loss, gradient];
  },

  SgdMomentum(backend, inputs, attrs) {
    const { momentum, decay, nesterov } = attrs as Record<string, number | boolean>;
    const rate = inputs["rate"] ? backend.float32(inputs["rate"])[0]! : attrs["rate"];
    const words: number[] = [];
    for (let i = 0; inputs[`parameter${i}`]; i++) {
      const addresses = ["parameter", "gradient", "velocity"].map((name) => backend.address(inputs[`${name}${i}`]!));
      for (const { at, count } of chunks(backend, inputs[`parameter${i}`]!))
        words.push(...addresses.map((address) => address + at), count);
    }
    const factors = [rate, momentum, decay, nesterov].map(Number);
    runChunks(backend, "sgdChunks", words, ...factors);
    return [];
  },

  MovingAverages(backend, inputs, attrs) {
    const { share, factors } = attrs as unknown as { share: number; factors: readonly number[] };
    // The next of several that an average follows comes when all have followed the one before.
    for (let time = 0; ; time++) {
      const words = factors.flatMap((factor, i) => {
        const [average, now] = [inputs[`average${i}`]!, inputs[`now${i}`]!];
        const [length, all] = [average, now].map(({ shape }) => util.sizeFromShape(shape)) as [number, number];
        if (time * length >= all) return [];
        const [to, from] = [backend.address(average), backend.address(now) + 4 * time * length];
        const bits = new Int32Array(Float32Array.of(share * factor).buffer)[0]!;
        return chunks(backend, average).flatMap(({ at, count }) => [to + at, from + at, bits, count]);
      });
      if (words.length === 0) return [];
      runChunks(backend, "followChunks", words, 1 - share);
    }
  },

  AugmentImages(backend, inputs, attrs) {
    const { scale, shift } = inputs as Record<string, TensorInfo>;
    const { images, placements, outHeight, outWidth } = attrs as unknown as AugmentRequest;
    const [[height, width, channels], batch] = [images.shape, placements.length];
    const bytes = backend.output([batch, height, width, channels], "bool");
    gather(images, imagesOf(placements), backend.values(bytes) as Uint8Array);
    const corners = backend.output([batch, 3], "int32");
    const words = placements.flatMap(({ top, left, mirrored }) => [top, left, mirrored ? 1 : 0]);
    (backend.values(corners) as Int32Array).set(words);
    const out = backend.output([batch, outHeight, outWidth, channels]);
    const [from, ...addresses] = [bytes, corners, scale, shift, out].map((info) => backend.address(info!)) as [number];
    const work = { items: batch, grain: 8 };
    backend.run("augmentImages", work, from, height, width, channels, ...addresses, outHeight, outWidth);
    for (const { dataId } of [bytes, corners]) backend.disposeData(dataId);
    return out;
  },
};
