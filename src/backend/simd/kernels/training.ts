import type { TensorInfo } from "@tensorflow/tfjs-core";
import { gather, imagesOf, type AugmentRequest } from "../../fused/augment.js";
import type { Kernels } from "../kernel.js";

/** Numbers of one chunk of an optimizer's update. */
const CHUNK = 16_384;

/** Kernels of ../../fused/{cross-entropy,sgd,augment}.ts, which say what they compute. */
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
      const { length } = backend.values(inputs[`parameter${i}`]!);
      for (let from = 0; from < length; from += CHUNK)
        words.push(...addresses.map((address) => address + 4 * from), Math.min(CHUNK, length - from));
    }
    backend.scratch(4 * words.length, (table) => {
      backend.memoryOfTensors.int32(table, words.length).set(words);
      const factors = [rate, momentum, decay, nesterov].map(Number);
      backend.run("sgdChunks", { items: words.length / 4, grain: 4 }, table, ...factors);
    });
    return [];
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
