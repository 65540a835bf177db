import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Availability, Backend, Opened } from "./backend.js";
import { findPackage } from "./packages.js";
import type { DawnModule } from "./webgpu/dawn-module.js";
import type { MatrixShape } from "./webgpu/kernels/matrices.js";

const DAWN = "webgpu";
const INSTALL = `npm install ${DAWN}@0.6.2`;

/** Any GPU through WebGPU: the npm package `webgpu` (Dawn) needs nothing but the vendor's driver. */
export const webgpu: Backend = {
  name: "webgpu",
  title: "any GPU, through WebGPU",
  probe: () => probe(),
  async open() {
    if (!opened) return (opened = await open());
    const { openedGpu } = await import("./webgpu/register.js");
    await openedGpu().gpu.settle();
    return opened;
  },
  async setPrecision(precision) {
    const { openedGpu } = await import("./webgpu/register.js");
    const { gpu, tiles, matrices } = openedGpu();
    if (precision === "half" && !gpu.device.features.has("shader-f16"))
      throw new Error("expected a GPU and driver with half precision (WebGPU's shader-f16), found one without");
    gpu.isHalf = precision === "half";
    if (!gpu.isHalf) return undefined;
    const { reliableMatrices } = await import("./webgpu/matrix-check.js");
    reliable ??= reliableMatrices(gpu, matrices, tiles.limits).then(({ matrix, trouble }) => {
      if (trouble !== undefined)
        console.warn(`webgpu: half precision goes without matrices of subgroups, which failed here: ${trouble}`);
      return matrix;
    });
    const matrix = (gpu.matrix = await reliable);
    return matrix ? `half precision by matrices of ${matrix.m} x ${matrix.n} x ${matrix.k}` : "half precision";
  },
};

let opened: Opened | undefined;
/** Tried once: what was opened stays open. */
let reliable: Promise<MatrixShape | undefined> | undefined;

function probe(): Availability {
  if (!findPackage(DAWN)) return { available: false, reason: "not installed", install: INSTALL };
  if (hasGpu()) return { available: true };
  return {
    available: false,
    reason: "no GPU is to be seen: neither /dev/dri/renderD*, /dev/nvidia0 nor /dev/dxg, nor is VK_DRIVER_FILES set",
  };
}

/** Whether it is worth while to load Dawn: elsewhere than on Linux there is a GPU. */
function hasGpu(): boolean {
  if (process.platform !== "linux") return true;
  if (process.env["VK_DRIVER_FILES"] ?? process.env["VK_ICD_FILENAMES"]) return true;
  const renders = existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD"));
  return renders || existsSync("/dev/nvidia0") || existsSync("/dev/dxg");
}

async function open(): Promise<Opened> {
  const found = findPackage(DAWN);
  if (!found) throw new Error(`the package ${DAWN} is not installed; to install it: ${INSTALL}`);
  const entry = createRequire(join(found.folder, "package.json")).resolve(found.folder);
  const dawn = (await import(pathToFileURL(entry).href)) as DawnModule;
  const { openDevice, isSoftware } = await import("./webgpu/dawn.js");
  const { device, info } = await openDevice(dawn);
  await import("@tensorflow/tfjs"); // first: what it registers, the backend's kernels are added to
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  const { register } = await import("./webgpu/register.js");
  register(new WebGPUBackend(device, info), info);
  const model = info.description || info.device || info.vendor;
  return {
    description: `${model} (WebGPU, Dawn ${found.manifest.version ?? "of unknown version"})`,
    ...(isSoftware(info) && {
      onRequest: `only a processor that plays a GPU was found (${model}): slower than "simd"`,
    }),
  };
}
