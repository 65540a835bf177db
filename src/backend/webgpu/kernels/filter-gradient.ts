import { Bindings, entry, inLines, repeat, type Program } from "../program.js";
import type { ConvolutionShape } from "./convolution-plan.js";
import { GRADIENT_SCALE, scaled, words } from "./precision.js";
import { elementOf, gradientOf } from "./prologue.js";

/** How the work is cut. */
export interface FilterGradientTile {
  /** Output channels of a workgroup, a multiple of 4. */
  readonly outBlock: number;
  /** Input channels of a workgroup, a multiple of 4 (those past the last are nothing). */
  readonly inBlock: number;
  /** Output rows of a workgroup. */
  readonly rows: number;
  /** Of them, rows in workgroup memory at a time; divides `rows`. */
  readonly band: number;
  /** Rows of a band that are worked on side by side; divides `band`. */
  readonly lanes: number;
}

/** Of the convolution itself. */
export type FilterGradientShape = Omit<ConvolutionShape, "isTransposed">;

/** What is to be computed, however it is cut. */
export interface FilterGradientWork extends FilterGradientShape {
  readonly prologue: "raw" | "normalized";
  /** Whether the result's gradient is that before a batch norm, to be computed from the one behind it. */
  readonly isBehindBatchNorm: boolean;
  /** Images whose batch norms have coefficients of their own, where they are not the whole batch. */
  readonly groupSize?: number;
}

export type FilterGradientPlan = FilterGradientWork & FilterGradientTile;

export function filterLayout(plan: FilterGradientShape & FilterGradientTile) {
  const { height, width, stride, outBlock, inBlock, rows, band, lanes, inChannels, outChannels } = plan;
  const [tileRows, tileColumns] = [(band - 1) * stride + 3, (width - 1) * stride + 3];
  return {
    threads: 3 * (inBlock / 4) * (outBlock / 4) * lanes,
    tileRows,
    tileColumns,
    bands: Math.ceil(height / rows),
    blocks: Math.ceil(inChannels / inBlock) * (outChannels / outBlock),
    bytes: words(plan.isHalf).bytes * (tileRows * tileColumns * (inBlock / 4) + band * width * (outBlock / 4)),
  };
}

const XYZW = ["x", "y", "z", "w"];

/**
 * The gradient of a 3 x 3 convolution by its filters, in parts that are to be summed: a workgroup takes some rows of one
 * image; a thread one row of the filter, four input and four output channels, with a window that slides along the pixels.
 * Part (group * lanes + lane) has the layout of the filters.
 */
export function filterGradient(plan: FilterGradientPlan): Program {
  const { height, width, inHeight, inWidth, inChannels, outChannels, stride, prologue, isBehindBatchNorm } = plan;
  const { outBlock, inBlock, rows, band, lanes } = plan;
  const { threads, tileRows, tileColumns, bands } = filterLayout(plan);
  const [in4, out4, ob, ib] = [Math.ceil(inChannels / 4), outChannels / 4, outBlock / 4, inBlock / 4];
  const isRagged = inChannels % 4 !== 0;
  const { isHalf } = plan;
  const { head, vector, rounded } = words(isHalf);
  const bindings = new Bindings().read("source", isRagged ? "f32" : "vec4f");
  if (prologue === "normalized") bindings.read("coefficients", "vec4f");
  bindings.read("gradient", "vec4f");
  if (isBehindBatchNorm) bindings.read("normalizedInput", "vec4f").read("gradientCoefficients", "vec4f");
  bindings.write("parts", "vec4f");
  const load =
    prologue === "normalized"
      ? elementOf(prologue, "c4", in4, plan.groupSize)
      : isRagged
        ? `vec4f(${repeat(4, (c) => `pick(at * ${inChannels}u, c4 * 4u + ${c}u)`, ", ")})`
        : "source[index]";
  const slope = slopeOf(plan);
  const inside = (c: number): string => (isRagged ? `if (c4 * 4u + ${c}u < ${inChannels}u)` : "");
  const guard = inChannels % inBlock === 0 || isRagged ? "" : `if (c4 < ${in4}u)`;
  const each = (text: (acc: string) => string): string =>
    repeat(3, (t) => repeat(4, (c) => text(`${t}_${c}`), " "), " ");
  const unscaled = isHalf ? ` * ${1 / GRADIENT_SCALE}` : "";
  return bindings.program(
    `
var<workgroup> tile: array<${vector}, ${tileRows * tileColumns * ib}>;
var<workgroup> slopes: array<${vector}, ${band * width * ob}>;
${isRagged ? `fn pick(base: u32, c: u32) -> f32 { if (c < ${inChannels}u) { return source[base + c]; } return 0.0; }` : ""}
${entry(threads)} {
  let image = group.x / ${bands}u; let top = (group.x % ${bands}u) * ${rows}u;
  let out0 = (group.y % ${out4 / ob}u) * ${ob}u; let in0 = (group.y / ${out4 / ob}u) * ${ib}u;
  let kg = thread % ${ob}u; let cg = (thread / ${ob}u) % ${ib}u; let ky = (thread / ${ob * ib}u) % 3u; let lane = thread / ${3 * ob * ib}u;
  ${each((i) => `var a${i} = vec4f(0);`)}
  for (var start = 0u; start < ${rows}u; start += ${band}u) {
    if (start > 0u) { workgroupBarrier(); }
    for (var i = thread; i < ${tileRows * tileColumns * ib}u; i += ${threads}u) {
      let c4 = in0 + i % ${ib}u; let column = (i / ${ib}u) % ${tileColumns}u; let row = i / ${tileColumns * ib}u;
      let y = i32((top + start) * ${stride}u + row) - 1; let x = i32(column) - 1; var v = vec4f(0);
      if (y >= 0 && y < ${inHeight} && x >= 0 && x < ${inWidth} && c4 < ${in4}u) {
        let at = (image * ${inHeight}u + u32(y)) * ${inWidth}u + u32(x); let index = at * ${in4}u + c4; v = ${load};
      }
      tile[i] = ${rounded("v")};
    }
    for (var i = thread; i < ${band * width * ob}u; i += ${threads}u) {
      let k4 = out0 + i % ${ob}u; let pixel = i / ${ob}u; let y = top + start + pixel / ${width}u; var v = vec4f(0);
      if (y < ${height}u) { let index = ((image * ${height}u + y) * ${width}u + pixel % ${width}u) * ${out4}u + k4; v = ${slope}; }
      slopes[i] = ${rounded(isHalf ? scaled("v") : "v")};
    }
    workgroupBarrier();
    for (var r = lane; r < ${band}u; r += ${lanes}u) {
      let row = (r * ${stride}u + ky) * ${tileColumns * ib}u + cg; let at = r * ${width * ob}u + kg;
      ${isHalf ? each((i) => `var h${i} = vec4h(0);`) : ""}
      var x0 = tile[row]; ${stride === 1 ? `var x1 = tile[row + ${ib}u];` : ""}
      for (var x = 0u; x < ${width}u; x++) {
        ${stride === 1 ? "" : `${stride === 2 ? "" : `x0 = tile[row + x * ${stride * ib}u];`} let x1 = tile[row + (x * ${stride}u + 1u) * ${ib}u];`}
        let x2 = tile[row + (x * ${stride}u + 2u) * ${ib}u]; let g = slopes[at + x * ${ob}u];
        ${repeat(3, (t) => repeat(4, (c) => `${isHalf ? "h" : "a"}${t}_${c} += x${t}.${XYZW[c]} * g;`, " "), " ")}
        ${stride === 1 ? "x0 = x1; x1 = x2;" : stride === 2 ? "x0 = x2;" : ""}
      }
      ${isHalf ? each((i) => `a${i} += vec4f(h${i});`) : ""}
    }
  }
  let c4 = in0 + cg; let base = (group.x * ${lanes}u + lane) * ${9 * inChannels * out4}u;
  ${guard} {
  ${repeat(3, (t) => repeat(4, (c) => `${inside(c)} { parts[base + ((ky * 3u + ${t}u) * ${inChannels}u + c4 * 4u + ${c}u) * ${out4}u + out0 + kg] = a${t}_${c}${unscaled}; }`))}
  }
}`,
    head,
  );
}

/** Text of four channels (`k4`) of the result's gradient at `index`. */
export function slopeOf({ isBehindBatchNorm, outChannels, groupSize }: FilterGradientWork): string {
  if (!isBehindBatchNorm) return "gradient[index]";
  const of = { name: "gradientCoefficients", quads: outChannels / 4, groupSize };
  return gradientOf(of, "k4", "gradient[index]", "normalizedInput[index]");
}

/** Sums parts of `length` numbers (a multiple of 4) each, and divides by how much larger they are than they should be. */
export function sumOfParts(length: number, parts: number, scale = 1): Program & { readonly grid: [number, number] } {
  const n = length / 4;
  const grid = inLines(Math.ceil(n / 16));
  const program = new Bindings().read("parts", "vec4f").write("out", "vec4f").program(`
var<workgroup> reduced: array<vec4f, 256>;
${entry(256)} {
  let i = (group.y * ${grid[0]}u + group.x) * 16u + thread % 16u; let segment = thread / 16u; var sum = vec4f(0);
  if (i < ${n}u) { for (var p = segment; p < ${parts}u; p += 16u) { sum += parts[p * ${n}u + i]; } }
  reduced[thread] = sum;
  for (var k = 128u; k >= 16u; k >>= 1u) { workgroupBarrier(); if (thread < k) { reduced[thread] += reduced[thread + k]; } }
  workgroupBarrier();
  if (thread < 16u && i < ${n}u) { out[i] = reduced[thread]${scale === 1 ? "" : ` * ${1 / scale}`}; }
}`);
  return { ...program, grid };
}
