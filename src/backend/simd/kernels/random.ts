import { util } from "@tensorflow/tfjs-core";
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

/** Kernels of ../../fused/random.ts, which says what they compute. */
export const random: Kernels = {
  PhiloxUniform: numbers("randomUniform", 4096),
  PhiloxNormal: numbers("randomNormal", 512),
};
