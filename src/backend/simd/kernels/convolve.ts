import type { SimdBackend } from "../backend.js";
import {
  directCut,
  directPlanWords,
  directScratch,
  isWinograd,
  planWords,
  transformedBytes,
  winogradCut,
  winogradScratch,
  winogradSumsBytes,
  withWords,
  type Cut,
  type Geometry,
  type Scratch,
} from "./plan.js";
import { epilogueWords, sourceWords, type EpilogueFields, type SourceFields } from "./stage.js";

/** Most items of a convolution: each may bring sums of its own. */
const MOST_GROUPS = 64;
/** What the groups' sums of a weight gradient may take together. */
const SUMS_BYTES = 4 * 2 ** 20;

/** Filters that one thread transforms at a time: some 20 us. */
const FILTERS = 1024;

const NOTHING: EpilogueFields = { kind: "none" };

/** How many groups of sums a convolution's epilogue writes. */
export function groupCount(g: Geometry): number {
  return Math.min(MOST_GROUPS, (isWinograd(g) ? winogradCut(g) : directCut(g)).units);
}

/** out = convolution of a source, finished by an epilogue. All arguments but the first are addresses or hold such. */
export function convolve(
  backend: SimdBackend,
  g: Geometry,
  source: SourceFields,
  filter: number,
  out: number,
  epilogue: EpilogueFields = NOTHING,
): void {
  if (isWinograd(g)) return winograd(backend, g, source, filter, out, epilogue, false);
  const cut = directCut(g);
  const groups = Math.min(MOST_GROUPS, cut.units);
  // A row of the kernel is one run of numbers, unless the kernel is dilated.
  const wide = g.dilationX === 1 ? g.kernelWidth : 1;
  const depth = wide * g.channels;
  const segments = (g.kernelHeight * g.kernelWidth) / wide;
  const panels = Math.ceil(g.outChannels / 8);
  withScratch(backend, directScratch(g), (scratch) =>
    backend.scratch(segments * panels * depth * 32, (packed) => {
      for (let i = 0; i < segments; i++)
        backend.run(
          "packPanels",
          { items: panels, grain: 8 },
          ...[filter + i * depth * g.outChannels * 4, 4 * g.outChannels, 4, depth, g.outChannels],
          packed + i * panels * depth * 32,
        );
      const words = [
        directPlanWords(g, cut, groups, packed, out, scratch),
        sourceWords(source),
        epilogueWords(epilogue),
      ];
      withWords(backend, words, (...structures) => backend.run("direct", { items: groups }, ...structures));
    }),
  );
}

/** out = gradient with respect to the input of the convolution `g`, `dy` that of its result. */
export function inputGradient(
  backend: SimdBackend,
  g: Geometry,
  dy: SourceFields,
  filter: number,
  out: number,
  epilogue: EpilogueFields = NOTHING,
): void {
  if (isWinograd(g)) return winograd(backend, transposed(g), dy, filter, out, epilogue, true);
  const pixels = g.kernelHeight * g.kernelWidth;
  const panels = Math.ceil(g.channels / 8);
  const groups = Math.min(MOST_GROUPS, g.batch);
  withScratch(backend, directScratch(g), (scratch) =>
    backend.scratch(pixels * panels * g.outChannels * 32, (packed) => {
      for (let i = 0; i < pixels; i++)
        backend.run(
          "packPanels",
          { items: panels, grain: 8 },
          ...[filter + i * g.channels * g.outChannels * 4, 4, 4 * g.outChannels, g.outChannels, g.channels],
          packed + i * panels * g.outChannels * 32,
        );
      const plan = directPlanWords(g, directCut(g), groups, packed, out, scratch);
      withWords(backend, [plan, sourceWords(dy), epilogueWords(epilogue)], (...structures) =>
        backend.run("directInputGradient", { items: groups }, ...structures),
      );
    }),
  );
}

/** The input's gradient, where it is wanted too: its filter, where it goes and how it is finished. */
export interface Back {
  readonly filter: number;
  readonly out: number;
  readonly epilogue: EpilogueFields;
}

/** How many groups of sums the epilogue of `back` writes. */
export function backGroupCount(g: Geometry): number {
  return isBothWays(g)
    ? weightGroups(g, winogradCut(g))
    : isWinograd(g)
      ? groupCount(transposed(g))
      : Math.min(MOST_GROUPS, g.batch);
}

/** out = gradient with respect to the weights; with `back`, the input's as well, from the same reading of `dy`. */
export function weightGradient(
  backend: SimdBackend,
  g: Geometry,
  x: SourceFields,
  dy: SourceFields,
  out: number,
  back?: Back,
): void {
  if (!isWinograd(g)) {
    if (back) inputGradient(backend, g, dy, back.filter, back.out, back.epilogue);
    return directWeights(backend, g, x, dy, out);
  }
  const together = back && isBothWays(g) ? back : undefined;
  if (back && !together) inputGradient(backend, g, dy, back.filter, back.out, back.epilogue);
  const cut = winogradCut(g);
  const groups = weightGroups(g, cut);
  const bytes = winogradSumsBytes(g.channels, g.outChannels);
  withScratch(backend, winogradScratch(g, cut), (scratch) =>
    backend.scratch(groups * bytes, (sums) => {
      const plan = planWords(g, cut, groups, sums, out, scratch);
      const run = (weights?: number): void => {
        const other = together ? planWords(transposed(g), cut, groups, weights!, together.out, scratch) : [0];
        const words = [plan, sourceWords(x), sourceWords(dy), other, epilogueWords(together?.epilogue ?? NOTHING)];
        withWords(backend, words, (p, xs, dys, o, e) =>
          backend.run("winogradGradient", { items: groups }, p, xs, dys, together ? o : 0, e),
        );
      };
      if (together) withTransformed(backend, g.channels, g.outChannels, together.filter, true, run);
      else run();
      sumGroups(backend, sums, groups, bytes / 4, sums);
      backend.scratch(4096 * backend.pool.threads, (space) => {
        const args = [sums, out, g.channels, g.outChannels, space];
        backend.run("winogradWeightGradient", { items: g.channels, grain: grain(g.outChannels) }, ...args);
      });
    }),
  );
}

/** Both gradients of one reading: the two grids of tiles must be the same. */
function isBothWays(g: Geometry): boolean {
  return isWinograd(g) && g.top === 1 && g.left === 1 && g.outHeight === g.height && g.outWidth === g.width;
}

function weightGroups(g: Geometry, cut: Cut): number {
  const most = Math.min(32, Math.max(8, Math.floor(SUMS_BYTES / winogradSumsBytes(g.channels, g.outChannels))));
  return Math.min(cut.units, most);
}

/** The convolution that gives the input's gradient of one with stride 1. */
function transposed(g: Geometry): Geometry {
  return {
    ...g,
    height: g.outHeight,
    width: g.outWidth,
    channels: g.outChannels,
    top: g.kernelHeight - 1 - g.top,
    left: g.kernelWidth - 1 - g.left,
    outHeight: g.height,
    outWidth: g.width,
    outChannels: g.channels,
  };
}

function winograd(
  backend: SimdBackend,
  g: Geometry,
  source: SourceFields,
  filter: number,
  out: number,
  epilogue: EpilogueFields,
  flip: boolean,
): void {
  const cut = winogradCut(g);
  const groups = Math.min(MOST_GROUPS, cut.units);
  const [rows, columns] = flip ? [g.outChannels, g.channels] : [g.channels, g.outChannels];
  withTransformed(backend, rows, columns, filter, flip, (weights) =>
    withScratch(backend, winogradScratch(g, cut), (scratch) => {
      const words = [planWords(g, cut, groups, weights, out, scratch), sourceWords(source), epilogueWords(epilogue)];
      withWords(backend, words, (...structures) => backend.run("winograd", { items: groups }, ...structures));
    }),
  );
}

/** Transforms weights [3][3][rows][columns] for the time of a call. */
function withTransformed(
  backend: SimdBackend,
  rows: number,
  columns: number,
  filter: number,
  flip: boolean,
  use: (weights: number) => void,
): void {
  const bytes = flip ? transformedBytes(columns, rows) : transformedBytes(rows, columns);
  backend.scratch(bytes, (weights) => {
    if (rows % 8 || columns % 8) backend.memoryOfTensors.uint8(weights, bytes).fill(0);
    backend.scratch(4096 * backend.pool.threads, (space) =>
      backend.run(
        "winogradWeights",
        { items: Math.ceil(rows / 4), grain: grain(4 * columns) },
        ...[filter, weights, rows, columns, flip ? 1 : 0, space],
      ),
    );
    use(weights);
  });
}

function directWeights(backend: SimdBackend, g: Geometry, x: SourceFields, dy: SourceFields, out: number): void {
  const count = g.kernelHeight * g.kernelWidth * g.channels * g.outChannels;
  const most = Math.min(32, Math.max(4, Math.floor(SUMS_BYTES / (4 * count))));
  const groups = Math.min(g.batch, most);
  withScratch(backend, directScratch(g), (scratch) =>
    backend.scratch(4 * groups * count, (sums) => {
      const plan = directPlanWords(g, directCut(g), groups, sums, out, scratch);
      withWords(backend, [plan, sourceWords(x), sourceWords(dy)], (...structures) =>
        backend.run("directWeightGradient", { items: groups }, ...structures),
      );
      sumGroups(backend, sums, groups, count, out);
    }),
  );
}

/** out = the groups' sums, added up. */
function sumGroups(backend: SimdBackend, sums: number, groups: number, count: number, out: number): void {
  backend.run("sumGroups", { items: Math.ceil(count / 1024), grain: 4 }, sums, groups, count, out);
}

/** Items of so many filters each that are worth a thread's while. */
function grain(filters: number): number {
  return Math.ceil(FILTERS / filters);
}

/** Scratch space for each thread. */
function withScratch(backend: SimdBackend, bytes: number, use: (scratch: Scratch) => void): void {
  // An odd number of lines apart, so that threads do not compete for the same sets of a shared cache.
  const each = Math.ceil(bytes / 4096) * 4096 + 64;
  backend.scratch(each * backend.pool.threads, (address) => use({ address, bytes: each }));
}
