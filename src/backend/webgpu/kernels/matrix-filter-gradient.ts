import { Bindings, repeat, type Program } from "../program.js";
import { slopeOf, type FilterGradientShape, type FilterGradientWork } from "./filter-gradient.js";
import { line, matrixEntry, matrixHead, matrixWords, pitchOf, putFour, type MatrixShape } from "./matrices.js";
import { scaled } from "./precision.js";
import { elementOf } from "./prologue.js";

/** How the work is cut. */
export interface MatrixFilterTile {
  /** Output channels of a workgroup, a multiple of the matrices' columns. */
  readonly outBlock: number;
  /** Input channels of a workgroup, a multiple of the matrices' rows. */
  readonly inBlock: number;
  /** Output rows of a workgroup. */
  readonly rows: number;
  /** Of them, rows in workgroup memory at a time; divides `rows`. */
  readonly band: number;
  /** Subgroups of a workgroup, which share the nine taps by the rows of matrices; divides their number. */
  readonly subgroups: number;
}

export type MatrixFilterShape = FilterGradientShape & { readonly matrix: MatrixShape };
export type MatrixFilterPlan = FilterGradientWork & MatrixFilterShape & MatrixFilterTile;

/** Threads, groups and memory of a plan. */
export function matrixFilterLayout(plan: MatrixFilterShape & MatrixFilterTile) {
  const { height, width, stride, outBlock, inBlock, rows, band, subgroups, inChannels, outChannels, matrix } = plan;
  const { columns } = line(width, stride, band, 0);
  const length = Math.ceil((band * columns) / matrix.k) * matrix.k;
  const pixels = line(width, stride, band, length);
  const tile = pixels.planes ** 2 * pixels.plane * pitchOf(inBlock);
  const slopes = length * pitchOf(outBlock);
  return {
    ...{ threads: subgroups * matrix.lanes, length, pixels, tile, slopes },
    /** Sums of one subgroup: taps and rows of matrices by columns of matrices. */
    down: (9 * inBlock) / (matrix.m * subgroups),
    across: outBlock / matrix.n,
    bands: Math.ceil(height / rows),
    blocks: (inChannels / inBlock) * (outChannels / outBlock),
    bytes: 2 * (tile + slopes),
  };
}

/**
 * The gradient of a 3 x 3 convolution by its filters by subgroup matrices, in parts that are to be summed and are
 * GRADIENT_SCALE times too large: a workgroup takes some rows of one image, and part `group` has the layout of the filters.
 */
export function matrixFilterGradient(plan: MatrixFilterPlan): Program {
  const { height, width, inHeight, inWidth, inChannels, outChannels, stride, prologue, isBehindBatchNorm } = plan;
  const { outBlock, inBlock, rows, band, matrix } = plan;
  const { threads, length, pixels, tile, slopes, down, across, bands } = matrixFilterLayout(plan);
  const { columns, plane, planes } = pixels;
  const [in4, out4, ob, ib] = [inChannels / 4, outChannels / 4, outBlock / 4, inBlock / 4];
  const mats = inBlock / matrix.m;
  const words = matrixWords(matrix);
  const bindings = new Bindings().read("source", "vec4f");
  if (prologue === "normalized") bindings.read("coefficients", "vec4f");
  bindings.read("gradient", "vec4f");
  if (isBehindBatchNorm) bindings.read("normalizedInput", "vec4f").read("gradientCoefficients", "vec4f");
  bindings.write("parts", "f32");
  const slope = slopeOf(plan);
  const each = (text: (i: number, j: number) => string): string =>
    repeat(down, (i) => repeat(across, (j) => text(i, j), " "), " ");
  // What lies past the last pixel is multiplied by a slope of 0, and must be a number for it: it is loaded like the rest.
  return bindings.program(
    `
var<workgroup> tile: array<f16, ${tile}>;
var<workgroup> slopes: array<f16, ${slopes}>;
${matrixEntry(threads, matrix)} {
  let image = group.x / ${bands}u; let top = (group.x % ${bands}u) * ${rows}u;
  let out0 = (group.y % ${out4 / ob}u) * ${ob}u; let in0 = (group.y / ${out4 / ob}u) * ${ib}u;
  let unit = (thread / ${matrix.lanes}u) * ${down}u;
  ${repeat(down, (i) => `let tap${i} = (unit + ${i}u) / ${mats}u; let mat${i} = (unit + ${i}u) % ${mats}u;`)}
  ${repeat(down, (i) => `let from${i} = ${pixels.offset(`(tap${i} / 3u)`, `(tap${i} % 3u)`, plane)} * ${pitchOf(inBlock)}u + mat${i} * ${matrix.m}u;`)}
  ${each((i, j) => `var s${i}_${j}: ${words.sum};`)}
  for (var start = 0u; start < ${rows}u; start += ${band}u) {
    if (start > 0u) { workgroupBarrier(); }
    for (var i = thread; i < ${planes ** 2 * plane * ib}u; i += ${threads}u) {
      let c4 = in0 + i % ${ib}u; let pixel = (i / ${ib}u) % ${plane}u; let which = i / ${ib * plane}u;
      let y = i32((top + start + pixel / ${columns}u) * ${stride}u + which / ${planes}u) - 1;
      let x = i32((pixel % ${columns}u) * ${stride}u + which % ${planes}u) - 1; var v = vec4f(0);
      if (y >= 0 && y < ${inHeight} && x >= 0 && x < ${inWidth}) {
        let index = ((image * ${inHeight}u + u32(y)) * ${inWidth}u + u32(x)) * ${in4}u + c4; v = ${elementOf(prologue, "c4", in4, plan.groupSize)};
      }
      ${putFour("tile", `(which * ${plane}u + pixel) * ${pitchOf(inBlock)}u + (i % ${ib}u) * 4u`, "v")}
    }
    for (var i = thread; i < ${length * ob}u; i += ${threads}u) {
      let k4 = out0 + i % ${ob}u; let pixel = i / ${ob}u; let row = pixel / ${columns}u; let x = pixel % ${columns}u;
      let y = top + start + row; var v = vec4f(0);
      if (row < ${band}u && y < ${height}u && x < ${width}u) {
        let index = ((image * ${height}u + y) * ${width}u + x) * ${out4}u + k4; v = ${slope};
      }
      ${putFour("slopes", `pixel * ${pitchOf(outBlock)}u + (i % ${ob}u) * 4u`, scaled("v"))}
    }
    workgroupBarrier();
    for (var k = 0u; k < ${length}u; k += ${matrix.k}u) {
      ${repeat(across, (j) => `let b${j} = ${words.right("slopes", `k * ${pitchOf(outBlock)}u + ${j * matrix.n}u`, pitchOf(outBlock))};`)}
      ${repeat(down, (i) => `{ let a = ${words.left("tile", `from${i} + k * ${pitchOf(inBlock)}u`, pitchOf(inBlock), "col_major")}; ${repeat(across, (j) => words.multiply(`s${i}_${j}`, "a", `b${j}`), " ")} }`)}
    }
  }
  let base = group.x * ${9 * inChannels * outChannels}u + out0 * 4u;
  ${each((i, j) => words.store("parts", `base + (tap${i} * ${inChannels}u + in0 * 4u + mat${i} * ${matrix.m}u) * ${outChannels}u + ${j * matrix.n}u`, `s${i}_${j}`, outChannels))}
}`,
    matrixHead(matrix),
  );
}
