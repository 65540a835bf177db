import { cutConvolution, type AnyTile } from "./cut.js";
import { sizeOf, type Gpu } from "./gpu.js";
import type { ConvolutionWork } from "./kernels/convolution-plan.js";
import type { MatrixShape } from "./kernels/matrices.js";
import { promising } from "./tile-choice.js";
import type { Limits } from "./tiles.js";

/** Numbers of which half precision and its sums are exact. */
const small = (size: number, factor: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => ((i * factor) % 3) - 1);

/** The first matrices that can be relied on; undefined, and why, where there are none. */
export async function reliableMatrices(
  gpu: Gpu,
  shapes: readonly MatrixShape[],
  limits: Limits,
): Promise<{ readonly matrix?: MatrixShape; readonly trouble?: string }> {
  let trouble: string | undefined;
  for (const matrix of shapes) {
    const found = await troubleWithMatrices(gpu, matrix, limits);
    if (found === undefined) return { matrix };
    trouble ??= found;
  }
  return trouble === undefined ? {} : { trouble };
}

/**
 * Why matrices of subgroups cannot be relied on here, undefined where they can: they are an experiment of Dawn's, on drivers
 * that not everyone has tried. A small convolution is computed by them and by the other programs.
 */
export async function troubleWithMatrices(gpu: Gpu, matrix: MatrixShape, limits: Limits): Promise<string | undefined> {
  const { device, backend } = gpu;
  const [side, channels] = [5, Math.max(matrix.m, matrix.n, matrix.k)];
  const plan: ConvolutionWork = {
    ...{ height: side, width: side, inHeight: side, inWidth: side, inChannels: channels, outChannels: channels },
    ...{ stride: 1, isTransposed: false, prologue: "raw", epilogue: "none", isHalf: true, matrix },
  };
  const [matrices, numbers] = promising({ kind: "convolution", plan, batch: 1 }, limits);
  const tiles = [matrices?.[0], numbers?.[0]] as (AnyTile | undefined)[];
  if (!tiles[0] || !tiles[1])
    return `no program fits ${limits.threads} threads and ${limits.bytes} bytes of a workgroup`;
  const inputs = {
    source: gpu.constant(small(side * side * channels, 7), "float32"),
    filters: gpu.constant(small(9 * channels * channels, 5), "float32"),
  };
  const outs = tiles.map(() => gpu.output([1, side, side, channels]));
  for (const kind of ["validation", "internal"] as const) device.pushErrorScope(kind);
  tiles.forEach((tile, i) => {
    const { key, program, grid } = cutConvolution(plan, tile!, 1);
    gpu.run(key, program, grid, { ...inputs, out: outs[i]! });
  });
  const [ours, theirs] = (await Promise.all(outs.map(({ dataId }) => backend.read(dataId)))) as Float32Array[];
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  gpu.dispose(...Object.values(inputs), ...outs);
  const refused = errors.find((error) => error !== null);
  if (refused) return refused.message;
  const wrong = Array.from({ length: sizeOf(outs[0]!) }, (_, i) => i).filter((i) => ours![i] !== theirs![i]);
  return wrong.length > 0 ? `${wrong.length} of ${ours!.length} numbers were wrong` : undefined;
}
