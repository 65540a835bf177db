import { util } from "@tensorflow/tfjs-core";
import type { SumsRequest } from "../../fused/normal-sums.js";
import type { Kernels, SimdKernel } from "../kernel.js";

function numbers(kernel: string, grain: number): SimdKernel {
  return (backend, _, attrs) => {
    const { shape, key } = attrs as { shape: number[]; key: [number, number] };
    const count = util.sizeFromShape(shape);
    const blocks = Math.ceil(count / 4);
    const out = backend.output(shape);
    // Blocks are whole; the tensor need not be.
    backend.scratch(16 * blocks, (address) => {
      backend.run(kernel, { items: blocks, grain }, address, ...key);
      backend.float32(out).set(backend.memoryOfTensors.float32(address, count));
    });
    return out;
  };
}

/** Kernels of ../../fused/{random,normal-sums}.ts, which say what they compute. */
export const random: Kernels = {
  PhiloxUniform: numbers("randomUniform", 4096),
  PhiloxNormal: numbers("randomNormal", 512),

  PhiloxSums(backend, _, attrs) {
    const { shape, key, from, length, threshold } = attrs as unknown as SumsRequest;
    const [rows, parts] = shape;
    const out = backend.output(shape);
    const grain = Math.max(1, Math.round(32_768 / Math.min(length, 65_536)));
    backend.run(
      "normalSums",
      { items: rows * parts, grain },
      backend.address(out),
      ...key,
      from,
      length,
      threshold,
      parts,
    );
    return out;
  },
};
