import { Bindings, repeat, type Program } from "../program.js";
import type { ConvolutionShape, ConvolutionWork, Epilogue } from "./convolution-plan.js";
import { epilogueOf } from "./epilogue.js";
import { line, matrixEntry, matrixHead, matrixWords, pitchOf, putFour, type MatrixShape } from "./matrices.js";
import { GRADIENT_SCALE, scaled } from "./precision.js";
import { elementOf } from "./prologue.js";
import { totalOfSums } from "./total-of-sums.js";

/** How the work is cut. */
export interface MatrixTile {
  /** Rows of pixels of one workgroup. */
  readonly rows: number;
  /** Output channels of one workgroup, a multiple of the matrices' columns. */
  readonly block: number;
  /** Input channels in workgroup memory at a time, a multiple of the factors' common side. */
  readonly chunk: number;
  /** Subgroups of a workgroup, which share its pixels. */
  readonly subgroups: number;
}

export type MatrixConvolutionShape = ConvolutionShape & { readonly matrix: MatrixShape };
export type MatrixConvolutionPlan = ConvolutionWork & MatrixConvolutionShape & MatrixTile;

/** Threads, groups and memory of a plan. */
export function matrixLayout(plan: MatrixConvolutionShape & MatrixTile & { readonly epilogue: Epilogue }) {
  const { rows, block, chunk, subgroups, width, height, isTransposed, matrix } = plan;
  const step = isTransposed ? 1 : plan.stride;
  const threads = subgroups * matrix.lanes;
  const { columns } = line(width, step, rows, 0);
  /** Products of one subgroup: rows of matrices by columns of matrices. */
  const down = Math.ceil((rows * columns) / (matrix.m * subgroups));
  const across = block / matrix.n;
  const length = down * subgroups * matrix.m;
  const pixels = line(width, step, rows, length);
  const weights = isTransposed ? 9 * block * pitchOf(chunk) : 9 * chunk * pitchOf(block);
  const measures = plan.epilogue === "sums" || plan.epilogue === "mask";
  const tile = pixels.planes ** 2 * pixels.plane * pitchOf(chunk);
  const staged = Math.max(subgroups * matrix.m * (block + 4), measures ? 8 * threads : 0);
  return {
    ...{ step, threads, pixels, down, across, tile, weights, staged, measures },
    bytes: 2 * (tile + weights) + 4 * staged,
    bands: Math.ceil(height / rows),
  };
}

/**
 * A 3 x 3 convolution padded by 1, by subgroup matrices: one workgroup makes some rows of one image. Input (with its halo) and
 * filters pass through workgroup memory, some input channels at a time; the sums pass through it on their way to the epilogue,
 * a matrix of each subgroup at a time.
 */
export function matrixConvolution(plan: MatrixConvolutionPlan): Program {
  const { height, width, inHeight, inWidth, inChannels, outChannels, isTransposed, prologue, matrix } = plan;
  const { rows, block, chunk, subgroups } = plan;
  const { step, threads, pixels, down, across, tile, weights, staged, measures, bands } = matrixLayout(plan);
  const { columns, filled, plane, planes } = pixels;
  const [in4, out4, block4, chunk4] = [inChannels / 4, outChannels / 4, block / 4, chunk / 4];
  const places = threads / block4;
  const spread = isTransposed ? plan.stride : 1;
  const words = matrixWords(matrix);
  const bindings = new Bindings().read("source", "vec4f").read("filters", "vec4f");
  if (prologue !== "raw") bindings.read("coefficients", "vec4f");
  if (prologue === "gradient") bindings.read("other", "vec4f");
  const end = epilogueOf(plan, bindings);
  bindings.write("out", "vec4f");
  if (measures) bindings.write("partial", "vec4f");

  const sparse = spread > 1 ? ` && y % ${spread} == 0 && x % ${spread} == 0` : "";

  const loadInput = `for (var i = thread; i < ${planes ** 2 * filled * chunk4}u; i += ${threads}u) {
      let q = i % ${chunk4}u; let pixel = (i / ${chunk4}u) % ${filled}u; let which = i / ${chunk4 * filled}u;
      let y = i32((pixel / ${columns}u + y0) * ${step}u + which / ${planes}u) - 1;
      let x = i32((pixel % ${columns}u) * ${step}u + which % ${planes}u) - 1; var v = vec4f(0);
      if (y >= 0 && y < ${inHeight * spread} && x >= 0 && x < ${inWidth * spread}${sparse}) {
        let c4 = first + q; let index = ((image * ${inHeight}u + u32(y) / ${spread}u) * ${inWidth}u + u32(x) / ${spread}u) * ${in4}u + c4;
        v = ${elementOf(prologue, "c4", in4, plan.groupSize)};
      }
      ${putFour("tile", `(which * ${plane}u + pixel) * ${pitchOf(chunk)}u + q * 4u`, isTransposed ? scaled("v") : "v")}
    }`;
  const loadFilters = isTransposed
    ? // Filters lie as [tap][out][in] as seen from here, turned by 180 degrees.
      `for (var i = thread; i < ${9 * block * chunk4}u; i += ${threads}u) {
      let q = i % ${chunk4}u; let o = (i / ${chunk4}u) % ${block}u; let tap = i / ${chunk4 * block}u;
      ${putFour("weights", `(tap * ${block}u + o) * ${pitchOf(chunk)}u + q * 4u`, `filters[((8u - tap) * ${outChannels}u + first4 * 4u + o) * ${in4}u + first + q]`)}
    }`
    : `for (var i = thread; i < ${9 * chunk * block4}u; i += ${threads}u) {
      let q = i % ${block4}u; let c = (i / ${block4}u) % ${chunk}u; let tap = i / ${block4 * chunk}u;
      ${putFour("weights", `(tap * ${chunk}u + c) * ${pitchOf(block)}u + q * 4u`, `filters[(tap * ${inChannels}u + first * 4u + c) * ${out4}u + first4 + q]`)}
    }`;

  const right = (j: number): string =>
    isTransposed
      ? words.right(
          "weights",
          `(tap * ${block}u + ${j * matrix.n}u) * ${pitchOf(chunk)}u + k`,
          pitchOf(chunk),
          "col_major",
        )
      : words.right("weights", `(tap * ${chunk}u + k) * ${pitchOf(block)}u + ${j * matrix.n}u`, pitchOf(block));
  const left = (i: number): string => words.left("tile", `begin + ${i * matrix.m * pitchOf(chunk)}u`, pitchOf(chunk));
  const each = (text: (i: number, j: number) => string): string =>
    repeat(down, (i) => repeat(across, (j) => text(i, j), " "), " ");
  const pitch = block + 4;

  const finish = (i: number): string => `${i > 0 ? "workgroupBarrier();" : ""}
  ${repeat(across, (j) => words.store("staged", `(thread / ${matrix.lanes}u) * ${matrix.m * pitch}u + ${j * matrix.n}u`, `s${i}_${j}`, pitch))}
  workgroupBarrier();
  for (var p = place; p < ${subgroups * matrix.m}u; p += ${places}u) {
    let pixel = (p / ${matrix.m}u) * ${down * matrix.m}u + ${i * matrix.m}u + p % ${matrix.m}u;
    let x = pixel % ${columns}u; let row = pixel / ${columns}u; let y = y0 + row;
    if (x < ${width}u && row < ${rows}u && y < ${height}u) {
      let from4 = p * ${pitch}u + lane * 4u; let at = ((image * ${height}u + y) * ${width}u + x) * ${out4}u + quad;
      let acc = vec4f(${repeat(4, (j) => `staged[from4 + ${j}u]`, ", ")})${isTransposed ? ` * ${1 / GRADIENT_SCALE}` : ""};
      ${end.value} out[at] = v; sum0 += v;
    }
  }`;

  return bindings.program(
    `
var<workgroup> tile: array<f16, ${tile}>;
var<workgroup> weights: array<f16, ${weights}>;
var<workgroup> staged: array<f32, ${staged}>;
${matrixEntry(threads, matrix)} {
  let image = group.x / ${bands}u; let y0 = (group.x % ${bands}u) * ${rows}u; let first4 = group.y * ${block4}u;
  let pixel0 = (thread / ${matrix.lanes}u) * ${down * matrix.m}u;
  ${each((i, j) => `var s${i}_${j}: ${words.sum};`)}
  for (var first = 0u; first < ${in4}u; first += ${chunk4}u) {
    if (first > 0u) { workgroupBarrier(); }
    ${loadInput}
    ${loadFilters}
    workgroupBarrier();
    for (var tap = 0u; tap < 9u; tap++) {
      let offset = pixel0 + ${pixels.offset("(tap / 3u)", "(tap % 3u)", plane)};
      for (var k = 0u; k < ${chunk}u; k += ${matrix.k}u) {
        let begin = offset * ${pitchOf(chunk)}u + k;
        ${repeat(across, (j) => `let b${j} = ${right(j)};`)}
        ${repeat(down, (i) => `{ let a = ${left(i)}; ${repeat(across, (j) => words.multiply(`s${i}_${j}`, "a", `b${j}`), " ")} }`)}
      }
    }
  }
  let lane = thread % ${block4}u; let place = thread / ${block4}u; let quad = first4 + lane; ${end.setup}
  var sum0 = vec4f(0); var sum1 = vec4f(0);
  ${repeat(down, finish)}
  ${measures ? totalOfSums({ places, block4, out4, threads }) : ""}
}`,
    matrixHead(matrix),
  );
}
