import { compileAsIs } from "./bounds.js";
import { Clock } from "./clock.js";
import { cutConvolution, cutFilterGradient, type AnyFilterTile, type AnyTile } from "./cut.js";
import type { ConvolutionWork } from "./kernels/convolution-plan.js";
import type { FilterGradientWork } from "./kernels/filter-gradient.js";
import type { Gpu } from "./gpu.js";
import { MOST_GROUPS, type Program } from "./program.js";
import { keyOf, promising, type Tile, type TileChoice, type Work } from "./tile-choice.js";
import type { Limits } from "./tiles.js";

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
  readonly program: () => Program;
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
    const { maxStorageBufferBindingSize: bytes } = gpu.device.limits;
    const times = await measured(gpu, candidates(work, choice.limits, bytes, most));
    const [best] = [...times].sort((a, b) => a.ns - b.ns);
    if (best) choice.set(keyOf(work), best.tile);
    onTimes?.(work, times);
  }
  onWork?.(works.length, works.length);
}

/** Where matrices can be multiplied, a few cuts that multiply numbers have their turn too. */
const OTHERS = 2;

/** Cuts that promise most, of those whose groups and buffers the GPU can have. @param largest bytes of a buffer */
export function candidates(work: Work, limits: Limits, largest: number, most: number): Candidate[] {
  const fits = ({ grid, bytes }: Candidate): boolean =>
    grid[0] <= MOST_GROUPS && Object.values(bytes).every((size) => size <= largest);
  return promising(work, limits).flatMap((tiles, i) =>
    tiles
      .map((tile) => candidate(work, tile))
      .filter(fits)
      .slice(0, i === 0 ? most : OTHERS),
  );
}

function candidate({ kind, plan, batch }: Work, tile: Tile): Candidate {
  if (kind === "convolution") {
    const { program, grid } = cutConvolution(plan, tile as AnyTile, batch);
    return { tile, program, grid, bytes: convolutionBytes(plan, batch, grid[0]) };
  }
  const { program, grid, parts } = cutFilterGradient(plan, tile as AnyFilterTile, batch);
  return { tile, program, grid, bytes: filterGradientBytes(plan, batch, parts) };
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
  if (list.length === 0) return [];
  const { device } = gpu;
  gpu.flush();
  const programs = list.map(({ program }) => program());
  const pipelines = await Promise.all(
    programs.map(({ code }) =>
      device
        .createComputePipelineAsync({
          layout: "auto",
          compute: { module: compileAsIs(device, { code }), entryPoint: "main" },
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
  const dispatches = list.map(({ grid }, i) => {
    const pipeline = pipelines[i];
    if (!pipeline) return undefined;
    const entries = programs[i]!.names.map((name, binding) => ({ binding, resource: { buffer: bufferOf(name) } }));
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
