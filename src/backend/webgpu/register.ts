import {
  env,
  findBackendFactory,
  getKernel,
  registerBackend,
  registerKernel,
  removeBackend,
  unregisterKernel,
  type KernelFunc,
} from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { mendWindowGradients } from "../gradients.js";
import { giveBounds } from "./bounds.js";
import { cast } from "./cast.js";
import { convBatchNorm } from "./conv-batch-norm.js";
import { convolutionOps } from "./convolution-ops.js";
import { STOCK } from "./convolve.js";
import { isSoftware, SUBGROUP_MATRIX, SUBGROUP_SIZE } from "./dawn.js";
import { bindEmptyBuffers } from "./empty-buffers.js";
import { Gpu } from "./gpu.js";
import type { Kernels, Named, Place } from "./kernel.js";
import { matrixShapesOf, type MatrixConfig, type MatrixShape } from "./kernels/matrices.js";
import { explainReadSync, forgetOldReads } from "./read-sync.js";
import { ResidentImages } from "./resident-images.js";
import { residualBlock } from "./residual-block.js";
import { training } from "./training.js";
import { TileCache } from "./tile-cache.js";
import { TileChoice } from "./tile-choice.js";
import { writeUploads } from "./uploads.js";

/** TensorFlow.js's name of this backend. */
export const NAME = "webgpu";

const FAMILIES: readonly Kernels[] = [cast, convBatchNorm, convolutionOps, residualBlock, training];

/** Makes a backend on an opened device known to TensorFlow.js, with our kernels beside and in place of its own. */
export function register(backend: WebGPUBackend, adapter: GPUAdapterInfo): void {
  if (findBackendFactory(NAME)) removeBackend(NAME);
  // Small tensors that are still in memory would be computed there, with other digits than on the GPU.
  env().set("WEBGPU_CPU_FORWARD", false);
  mendWindowGradients();
  giveBounds(backend.device);
  bindEmptyBuffers(backend.device);
  explainReadSync(backend);
  forgetOldReads(backend);
  writeUploads(backend);
  const gpu = new Gpu(backend);
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = gpu.device.limits;
  const limits = { threads: maxComputeInvocationsPerWorkgroup, bytes: maxComputeWorkgroupStorageSize };
  const tiles = new TileChoice(limits);
  const { vendor, architecture, device, description } = adapter;
  const cache = new TileCache([vendor, architecture, device, description].join(" / "));
  cache.load(tiles);
  const traits = { isSoftware: isSoftware(adapter), matrices: matricesOf(backend.device, adapter) };
  const place: OpenedGpu = { gpu, tiles, resident: new ResidentImages(gpu), cache, ...traits };
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
  opened = place;
}

/** What a GPU says of its subgroups that WebGPU's types do not have yet. */
interface Subgroups {
  readonly subgroupMatrixConfigs?: Iterable<MatrixConfig>;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
}

function matricesOf({ features }: GPUDevice, adapter: GPUAdapterInfo): MatrixShape[] {
  if (process.env["LONGTAIL_MATRICES"] === "0") return [];
  const { subgroupMatrixConfigs, subgroupMinSize: least, subgroupMaxSize: most } = adapter as unknown as Subgroups;
  if (!features.has(SUBGROUP_MATRIX) || !features.has("shader-f16") || !subgroupMatrixConfigs) return [];
  return matrixShapesOf(subgroupMatrixConfigs, { least, most, isFree: features.has(SUBGROUP_SIZE) });
}

export interface OpenedGpu extends Place {
  readonly cache: TileCache;
  /** A processor that plays a GPU. */
  readonly isSoftware: boolean;
  /** What its subgroups may multiply in half precision, if it is as the driver says. */
  readonly matrices: readonly MatrixShape[];
}

let opened: OpenedGpu | undefined;

/** The GPU that TensorFlow.js computes on. @throws Error where it was not opened */
export function openedGpu(): OpenedGpu {
  if (!opened) throw new Error('expected an opened GPU, found none; open it by device.use("webgpu")');
  return opened;
}
