/**
 * Compiles programs that multiply matrices of subgroups for the GPUs that have them, as far as that goes without one: Dawn's
 * null device takes every word of WGSL and checks all types.
 *
 *     node test/contracts/webgpu-compile.mjs
 *
 * Prints {"programs", "failed"} and why; exit 1 where one failed.
 */
import { create, globals } from "webgpu";
import { cutConvolution, cutFilterGradient } from "../../dist/src/backend/webgpu/cut.js";
import { SUBGROUP_MATRIX } from "../../dist/src/backend/webgpu/dawn.js";
import { promising } from "../../dist/src/backend/webgpu/tile-choice.js";

Object.assign(globalThis, globals);
const gpu = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice({ requiredFeatures: ["shader-f16", "subgroups", SUBGROUP_MATRIX] });
device.addEventListener("uncapturederror", (event) => event.preventDefault());

/** NVIDIA's, AMD's, Intel's, Apple's. */
const MATRICES = [
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 16, n: 16, k: 16, lanes: 64 },
  { m: 8, n: 16, k: 16, lanes: 16 },
  { m: 8, n: 8, k: 8, lanes: 32 },
];
const LIMITS = { threads: 1024, bytes: 49_152 };
/** Of ResNet-32 on 32 x 32, and of ResNet-10 on 224 x 224: side of the result, channels, stride. */
const LAYERS = [[32, 16, 16, 1], [16, 16, 32, 2], [16, 32, 32, 1], [8, 32, 64, 2], [8, 64, 64, 1], [56, 64, 64, 1], [7, 256, 512, 2]]; // prettier-ignore
const ENDS = ["none", "sums", "mask", "shortcut"];

let [programs, failed] = [0, 0];
async function compile(cut) {
  programs++;
  const { messages } = await device.createShaderModule({ code: cut.program().code }).getCompilationInfo();
  const [first] = messages.filter(({ type }) => type !== "info");
  if (first) {
    failed++;
    console.error(`${cut.key}: line ${first.lineNum}: ${first.message}`);
  }
}

for (const matrix of MATRICES)
  for (const [side, inChannels, outChannels, stride] of LAYERS) {
    const shape = {
      height: side,
      width: side,
      inHeight: side * stride,
      inWidth: side * stride,
      inChannels,
      outChannels,
    };
    const half = { stride, isHalf: true, matrix };
    for (const isTransposed of [false, true])
      for (const [i, prologue] of ["raw", "normalized", "gradient"].entries()) {
        const epilogue = isTransposed ? ENDS[(i + side) % 4] : ENDS[i % 2];
        const shortcut = { channels: outChannels, height: side, width: side, stride: 1 };
        const plan = {
          ...shape,
          ...half,
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
      const plan = { ...shape, ...half, prologue, isBehindBatchNorm };
      const [tiles] = promising({ kind: "filter gradient", plan, batch: 2 }, LIMITS);
      if (tiles.length === 0) throw new Error(`no tile for ${JSON.stringify(plan)}`);
      for (const tile of [tiles[0], tiles.at(-1)]) await compile(cutFilterGradient(plan, tile, 2));
    }
  }
console.log(JSON.stringify({ programs, failed }));
process.exit(failed ? 1 : 0);
