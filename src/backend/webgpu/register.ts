import {
  findBackendFactory,
  getKernel,
  registerBackend,
  registerKernel,
  removeBackend,
  unregisterKernel,
  type KernelFunc,
} from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { convBatchNorm } from "./conv-batch-norm.js";
import { STOCK } from "./convolve.js";
import { Gpu } from "./gpu.js";
import type { Kernels, Named } from "./kernel.js";
import { residualBlock } from "./residual-block.js";
import { training } from "./training.js";
import { Tiles } from "./tuning.js";

/** TensorFlow.js's name of this backend. */
export const NAME = "webgpu";

const FAMILIES: readonly Kernels[] = [convBatchNorm, residualBlock, training];

/** Makes a backend on an opened device known to TensorFlow.js, with our kernels beside and in place of its own. */
export function register(backend: WebGPUBackend): Gpu {
  if (findBackendFactory(NAME)) removeBackend(NAME);
  const gpu = new Gpu(backend);
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = gpu.device.limits;
  const limits = { threads: maxComputeInvocationsPerWorkgroup, bytes: maxComputeWorkgroupStorageSize };
  const place = { gpu, tiles: new Tiles(limits) };
  registerBackend(NAME, () => backend, 3);
  for (const [kernelName, own] of FAMILIES.flatMap((family) => Object.entries(family))) {
    const before = getKernel(kernelName, NAME)?.kernelFunc;
    if (before) {
      STOCK.set(kernelName, before);
      unregisterKernel(kernelName, NAME);
    }
    const kernelFunc: KernelFunc = (args) => {
      const made = own(place, args.inputs as Named, args.attrs ?? {}) ?? before?.(args);
      if (!made) throw new Error(`The kernel ${kernelName} does not take such inputs`);
      return made;
    };
    registerKernel({ kernelName, backendName: NAME, kernelFunc });
  }
  opened = gpu;
  return gpu;
}

let opened: Gpu | undefined;

/** The GPU that TensorFlow.js computes on, if it does. */
export function openedGpu(): Gpu | undefined {
  return opened;
}
