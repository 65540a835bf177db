/**
 * Compiles the programs of convolutions, in single precision, in half, and with the matrices of subgroups that GPUs have, as far
 * as that goes without a GPU: Dawn's null device takes every word of WGSL and checks all types.
 *
 *     node test/contracts/webgpu-compile.mjs [--driver]
 *
 * With --driver: by the driver that Vulkan offers, down to the GPU's own instructions, for its own matrices, if it has any.
 * Two need no GPU for it: AMD's, behind no-hardware.c, and Intel's, behind Mesa's own stand-in for the kernel's part, which Mesa's
 * sources make (meson setup b -Dtools=drm-shim,intel -Dvulkan-drivers= -Dgallium-drivers= ...; ninja -C b
 * src/intel/tools/libintel_noop_drm_shim.so): LD_PRELOAD=.../libintel_noop_drm_shim.so INTEL_STUB_GPU_PLATFORM=dg2 node ...
 *
 * Prints {"gpu", "programs", "failed"} and why; exit 1 where one failed.
 */
import { create, globals } from "webgpu";
import { cutConvolution, cutFilterGradient } from "../../dist/src/backend/webgpu/cut.js";
import { SUBGROUP_MATRIX, SUBGROUP_SIZE } from "../../dist/src/backend/webgpu/dawn.js";
import { matrixShapesOf } from "../../dist/src/backend/webgpu/kernels/matrices.js";
import { promising } from "../../dist/src/backend/webgpu/tile-choice.js";

Object.assign(globalThis, globals);
const byDriver = process.argv.includes("--driver");
const switches = "enable-dawn-features=allow_unsafe_apis,disable_robustness,disable_workgroup_init";
const gpu = create(byDriver ? [switches] : ["backend=null", switches]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error("expected a Vulkan driver, found none");
const names = ["maxComputeWorkgroupStorageSize", "maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupSizeX"];
const device = await adapter.requestDevice({
  requiredFeatures: ["shader-f16", "subgroups", SUBGROUP_MATRIX, SUBGROUP_SIZE].filter((one) =>
    adapter.features.has(one),
  ),
  requiredLimits: Object.fromEntries(names.map((name) => [name, adapter.limits[name]])),
});
device.addEventListener("uncapturederror", (event) => event.preventDefault());

/** NVIDIA's, AMD's, Intel's, Apple's; those of AMD and Intel where a shader asks for the size. */
const ALL = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 16, k: 16, lanes: 64 },
  { m: 8, n: 16, k: 16, lanes: 16 },
  { m: 8, n: 8, k: 8, lanes: 32 },
  { m: 16, n: 16, k: 16, lanes: 32, widest: 64 },
  { m: 8, n: 16, k: 16, lanes: 16, widest: 32 },
];
const { subgroupMatrixConfigs, subgroupMinSize: least, subgroupMaxSize: most, description } = adapter.info;
const MATRICES = byDriver ? matrixShapesOf(subgroupMatrixConfigs ?? [], { least, most, isFree: true }) : ALL;
const { maxComputeInvocationsPerWorkgroup: threads, maxComputeWorkgroupStorageSize: bytes } = device.limits;
const LIMITS = byDriver ? { threads, bytes } : { threads: 1024, bytes: 49_152 };
/** Of ResNet-32 on 32 x 32, and of ResNet-10 on 224 x 224: side of the result, channels, stride. */
const LAYERS = [[32, 16, 16, 1], [16, 16, 32, 2], [16, 32, 32, 1], [8, 32, 64, 2], [8, 64, 64, 1], [56, 64, 64, 1], [7, 256, 512, 2]]; // prettier-ignore
const ENDS = ["none", "sums", "mask", "shortcut"];

let [programs, failed] = [0, 0];

/** Why the driver does not make a program of a shader; undefined where it does. */
async function driverTrouble(module) {
  try {
    await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

async function compile(cut) {
  programs++;
  const module = device.createShaderModule({ code: cut.program().code });
  const { messages } = await module.getCompilationInfo();
  const [first] = messages.filter(({ type }) => type !== "info").map((one) => `line ${one.lineNum}: ${one.message}`);
  const trouble = first ?? (byDriver ? await driverTrouble(module) : undefined);
  if (trouble === undefined) return;
  failed++;
  console.error(`${cut.key}: ${trouble}`);
}

/** Single precision, half precision with numbers, half precision with matrices. */
const PRECISIONS = [{}, { isHalf: true }, ...MATRICES.map((matrix) => ({ isHalf: true, matrix }))];

for (const precision of PRECISIONS)
  for (const [side, inChannels, outChannels, stride] of LAYERS) {
    const shape = {
      height: side,
      width: side,
      inHeight: side * stride,
      inWidth: side * stride,
      inChannels,
      outChannels,
    };
    const { matrix } = precision;
    for (const isTransposed of [false, true])
      for (const [i, prologue] of ["raw", "normalized", "gradient"].entries()) {
        const epilogue = isTransposed ? ENDS[(i + side) % 4] : ENDS[i % 2];
        const shortcut = { channels: outChannels, height: side, width: side, stride: 1 };
        const plan = {
          ...shape,
          ...precision,
          stride,
          isTransposed,
          prologue,
          epilogue,
          ...(epilogue === "shortcut" && { shortcut }),
        };
        const [tiles] = promising({ kind: "convolution", plan, batch: 2 }, LIMITS);
        if (tiles.length === 0) throw new Error(`no tile for ${JSON.stringify(plan)}`);
        for (const tile of [tiles[0], tiles.at(-1)]) await compile(cutConvolution(plan, tile, 2));
      }
    for (const [prologue, isBehindBatchNorm] of [
      ["raw", false],
      ["normalized", true],
    ]) {
      const plan = { ...shape, ...precision, stride, prologue, isBehindBatchNorm };
      const [tiles] = promising({ kind: "filter gradient", plan, batch: 2 }, LIMITS);
      // An odd number of subgroups is no multiple of the largest: such a layer multiplies numbers.
      if (tiles.length === 0 && matrix?.widest > matrix?.lanes && inChannels === 16) continue;
      if (tiles.length === 0) throw new Error(`no tile for ${JSON.stringify(plan)}`);
      for (const tile of [tiles[0], tiles.at(-1)]) await compile(cutFilterGradient(plan, tile, 2));
    }
  }
console.log(JSON.stringify({ gpu: byDriver ? description : "none", programs, failed }));
process.exit(failed ? 1 : 0);
