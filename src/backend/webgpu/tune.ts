import { compileAsIs } from "./bounds.js";
import { Clock } from "./clock.js";
import { cutConvolution, cutFilterGradient, type AnyFilterTile, type AnyTile } from "./cut.js";
import type { ConvolutionWork } from "./kernels/convolution-plan.js";
import type { FilterGradientWork } from "./kernels/filter-gradient.js";
import type { Gpu } from "./gpu.js";
import type { Program } from "./program.js";
import { keyOf, promising, type Tile, type TileChoice, type Work } from "./tile-choice.js";

export interface TuneOptions {
  /** Tiles of each work that are measured: those that promise most. Default 8; compiling them takes most of the time. */
  readonly candidates?: number;
  /** Is told how much is done. */
  readonly onWork?: (done: number, all: number) => void;
  /** Is told what was measured, in nanoseconds a run. */
  readonly onTimes?: (work: Work, times: readonly { readonly tile: Tile; readonly ns: number }[]) => void;
}

/** Runs before and while time is taken, and how often all candidates have their turn: the best of each counts. */
const [WARM, TIMED, ROUNDS] = [2, 8, 4];
/** Rounds before those: a GPU that was idle takes a while to its full clock. */
const WARM_ROUNDS = 4;

interface Candidate {
  readonly tile: Tile;
  readonly program: Program;
  readonly grid: readonly [number, number];
  /** Bytes of buffers, by name. */
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * Measures on the GPU how work is best cut that was asked for and not measured before, by its own clock, and has it cut so
 * from now on. Does nothing where the GPU gives no times.
 */
export async function tune(gpu: Gpu, choice: TileChoice, options: TuneOptions = {}): Promise<void> {
  const { candidates: most = 8, onWork, onTimes } = options;
  if (!gpu.device.features.has("timestamp-query")) return;
  const works = choice.unmeasured;
  for (const [done, work] of works.entries()) {
    onWork?.(done, works.length);
    const times = await measured(gpu, candidates(work, choice, most));
    const [best] = [...times].sort((a, b) => a.ns - b.ns);
    if (best) choice.set(keyOf(work), best.tile);
    onTimes?.(work, times);
  }
  onWork?.(works.length, works.length);
}

/** Where matrices can be multiplied, a few cuts that multiply numbers have their turn too. */
const OTHERS = 2;

function candidates(work: Work, { limits }: TileChoice, most: number): Candidate[] {
  const tiles = promising(work, limits).flatMap((list, i) => list.slice(0, i === 0 ? most : OTHERS));
  const { batch } = work;
  return tiles.map((tile) => {
    if (work.kind === "convolution") {
      const { program, grid } = cutConvolution(work.plan, tile as AnyTile, batch);
      return { tile, program: program(), grid, bytes: convolutionBytes(work.plan, batch, grid[0]) };
    }
    const { program, grid, parts } = cutFilterGradient(work.plan, tile as AnyFilterTile, batch);
    return { tile, program: program(), grid, bytes: filterGradientBytes(work.plan, batch, parts) };
  });
}

function convolutionBytes(plan: ConvolutionWork, batch: number, groups: number): Record<string, number> {
  const { height, width, inHeight, inWidth, inChannels, outChannels, shortcut } = plan;
  const [source, out] = [batch * inHeight * inWidth * inChannels * 4, batch * height * width * outChannels * 4];
  const channels = outChannels * 4;
  return {
    ...{ source, other: source, filters: 36 * inChannels * outChannels, coefficients: 12 * inChannels, out },
    ...{ partial: groups * 2 * channels, normalizedInput: out, maskCoefficients: 2 * channels },
    ...{ gamma: channels, beta: channels, mean: channels, variance: channels },
    ...(shortcut && { added: batch * shortcut.height * shortcut.width * shortcut.channels * 4 }),
  };
}

function filterGradientBytes(plan: FilterGradientWork, batch: number, parts: number): Record<string, number> {
  const { height, width, inHeight, inWidth, inChannels, outChannels } = plan;
  const gradient = batch * height * width * outChannels * 4;
  return {
    ...{ source: batch * inHeight * inWidth * inChannels * 4, coefficients: 8 * inChannels, gradient },
    ...{
      normalizedInput: gradient,
      gradientCoefficients: 12 * outChannels,
      parts: parts * 36 * inChannels * outChannels,
    },
  };
}

/** Buffers hold zeros: that speeds all candidates alike. */
async function measured(gpu: Gpu, list: readonly Candidate[]): Promise<{ tile: Tile; ns: number }[]> {
  const { device } = gpu;
  gpu.flush();
  const pipelines = await Promise.all(
    list.map(({ program }) =>
      device
        .createComputePipelineAsync({
          layout: "auto",
          compute: { module: compileAsIs(device, { code: program.code }), entryPoint: "main" },
        })
        .catch(() => undefined),
    ),
  );
  const sizes: Record<string, number> = {};
  for (const { bytes } of list)
    for (const [name, size] of Object.entries(bytes)) sizes[name] = Math.max(16, sizes[name] ?? 0, size);
  const buffers = new Map<string, GPUBuffer>();
  const bufferOf = (name: string): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE;
    const made = buffers.get(name) ?? device.createBuffer({ size: Math.ceil(sizes[name]! / 16) * 16, usage });
    buffers.set(name, made);
    return made;
  };
  const dispatches = list.map(({ program, grid }, i) => {
    const pipeline = pipelines[i];
    if (!pipeline) return undefined;
    const entries = program.names.map((name, binding) => ({ binding, resource: { buffer: bufferOf(name) } }));
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    return (pass: GPUComputePassEncoder): void => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...grid);
    };
  });
  const clock = new Clock(device, ROUNDS * list.length);
  for (let round = -WARM_ROUNDS; round < ROUNDS; round++)
    dispatches.forEach((dispatch, i) => {
      if (dispatch) clock.time(Math.max(0, round) * list.length + i, WARM, TIMED, dispatch);
    });
  const times = await clock.read();
  for (const buffer of buffers.values()) buffer.destroy();
  const bestOf = (i: number): number => Math.min(...times.filter((_, at) => at % list.length === i));
  return list.flatMap(({ tile }, i) => (dispatches[i] ? [{ tile, ns: bestOf(i) / TIMED }] : []));
}
