import { Bindings, entry, forEach, gridOf, repeat, type Program } from "../program.js";
import { rectified } from "./rectifier.js";

/** Pixels that one workgroup sums up. */
const PIXELS = 512;

export interface ChannelSumsPlan {
  readonly pixels: number;
  /** Of images that are normalized apart: no part is of two of them. */
  readonly groups: number;
  /** A multiple of 4. */
  readonly channels: number;
  /**
   * "squares": of numbers and of their squares; "gradient": of a gradient and of its product with the batch norm's input;
   * "masked": the same, of a gradient that a ReLU's result masks, which is written too.
   */
  readonly of: "squares" | "gradient" | "masked";
}

/** Groups of four channels that a workgroup takes. */
const quadsOf = (channels: number): number => {
  for (let quads = Math.min(64, channels / 4); ; quads--) if ((channels / 4) % quads === 0) return quads;
};

/** Sums of each channel over all pixels, in parts of [first sum of each channel, second sum of each channel]. */
export function channelSums({ pixels, groups, channels, of }: ChannelSumsPlan): Program & {
  readonly grid: [number, number];
  readonly parts: number;
} {
  const [all, quads] = [channels / 4, quadsOf(channels)];
  const lanes = Math.floor(256 / quads);
  const threads = lanes * quads;
  const bindings = new Bindings();
  if (of !== "squares") bindings.read("gradient", "vec4f");
  bindings.read("normalizedInput", "vec4f");
  if (of === "masked") bindings.read("result", "vec4f").write("masked", "vec4f");
  bindings.write("partial", "vec4f");
  const value = {
    squares: "let v = normalizedInput[i];",
    gradient: "let v = gradient[i];",
    masked: "let v = select(vec4f(0), gradient[i], result[i] > vec4f(0)); masked[i] = v;",
  }[of];
  const [each, partsOfEach] = [pixels / groups, Math.ceil(pixels / groups / PIXELS)];
  const parts = groups * partsOfEach;
  const program = bindings.program(`
var<workgroup> sums: array<vec4f, ${threads}>;
var<workgroup> products: array<vec4f, ${threads}>;
${entry(threads)} {
  let quad = group.y * ${quads}u + thread % ${quads}u; var sum = vec4f(0); var product = vec4f(0);
  let first = group.x / ${partsOfEach}u * ${each}u; let begin = first + group.x % ${partsOfEach}u * ${PIXELS}u;
  let end = min(begin + ${PIXELS}u, first + ${each}u);
  for (var pixel = begin + thread / ${quads}u; pixel < end; pixel += ${lanes}u) {
    let i = pixel * ${all}u + quad;
    ${value}
    sum += v; product += v * normalizedInput[i];
  }
  sums[thread] = sum; products[thread] = product;
  workgroupBarrier();
  if (thread < ${quads}u) {
    for (var lane = 1u; lane < ${lanes}u; lane++) { sum += sums[lane * ${quads}u + thread]; product += products[lane * ${quads}u + thread]; }
    partial[group.x * ${2 * all}u + quad] = sum; partial[group.x * ${2 * all}u + ${all}u + quad] = product;
  }
}`);
  return { ...program, grid: [parts, all / quads], parts };
}

/**
 * One workgroup sums up the parts of its channel, `first` and `second` of part after part, and does something with the sums; group
 * after group of images, if there are several: `g`.
 */
function reduction({ channels, parts, groups }: ReductionPlan, then: string, last = ""): string {
  const of = parts / groups;
  return `
var<workgroup> first: array<f32, 64>;
var<workgroup> second: array<f32, 64>;
${entry(64)} {
  let c = group.x; var total1 = 0.0; var total2 = 0.0;
  for (var g = 0u; g < ${groups}u; g++) {
    var a = 0.0; var b = 0.0;
    for (var i = g * ${of}u + thread; i < (g + 1u) * ${of}u; i += 64u) { a += partial[i * ${2 * channels}u + c]; b += partial[i * ${2 * channels}u + ${channels}u + c]; }
    workgroupBarrier();
    first[thread] = a; second[thread] = b;
    for (var s = 32u; s > 0u; s >>= 1u) {
      workgroupBarrier();
      if (thread < s) { first[thread] += first[thread + s]; second[thread] += second[thread + s]; }
    }
    if (thread == 0u) { ${then} }
  }
  ${last}
}`;
}

export interface ReductionPlan {
  readonly channels: number;
  /** How many parts there are to sum. */
  readonly parts: number;
  /** Of images that are normalized apart; divides the parts. */
  readonly groups: number;
  /** Numbers of a channel in a group. */
  readonly count: number;
  readonly epsilon: number;
}

/** Mean and biased variance of each channel, and the coefficients of y = k0 * x + k1, of each group. */
export function batchStatistics(plan: ReductionPlan): Program {
  const { channels, count, epsilon } = plan;
  const bindings = new Bindings().read("partial", "f32").read("gamma", "f32").read("beta", "f32");
  for (const name of ["coefficients", "mean", "variance"]) bindings.write(name, "f32");
  return bindings.program(
    reduction(
      plan,
      `
      let m = first[0] / ${count}.0; let d = second[0] / ${count}.0 - m * m; let v = ${rectified("d", "f32")};
      let k = gamma[c] * inverseSqrt(v + ${epsilon}); let to = g * ${2 * channels}u + c;
      coefficients[to] = k; coefficients[to + ${channels}u] = beta[c] - m * k;
      mean[g * ${channels}u + c] = m; variance[g * ${channels}u + c] = v;`,
    ),
  );
}

/**
 * What a batch norm's gradient needs: k0, k1, k2 of dx = k0 * dy + k1 * x + k2 of each group, and the gradients of scale and
 * shift. The parts hold sums of dy and of dy * x.
 */
export function gradientStatistics(plan: ReductionPlan): Program {
  const { channels, count, epsilon } = plan;
  const bindings = new Bindings()
    .read("partial", "f32")
    .read("gamma", "f32")
    .read("mean", "f32")
    .read("variance", "f32");
  for (const name of ["coefficients", "dGamma", "dBeta"]) bindings.write(name, "f32");
  return bindings.program(
    reduction(
      plan,
      `
      let m = mean[g * ${channels}u + c]; let inverse = inverseSqrt(variance[g * ${channels}u + c] + ${epsilon});
      let slope = (second[0] - m * first[0]) * inverse; let k = gamma[c] * inverse; let to = g * ${3 * channels}u + c;
      coefficients[to] = k; coefficients[to + ${channels}u] = -k * inverse * slope / ${count}.0;
      coefficients[to + ${2 * channels}u] = (k * inverse * slope * m - k * first[0]) / ${count}.0;
      total1 += first[0]; total2 += slope;`,
      "if (thread == 0u) { dGamma[c] = total2; dBeta[c] = total1; }",
    ),
  );
}

/** Coefficients of y = k0 * x + k1 by given statistics. */
export function affineCoefficients(channels: number, epsilon: number): Program {
  const bindings = new Bindings();
  for (const name of ["gamma", "beta", "mean", "variance"]) bindings.read(name, "f32");
  return bindings.write("coefficients", "f32").program(`
${forEach(gridOf(channels))}
  if (i >= ${channels}u) { return; }
  let k = gamma[i] * inverseSqrt(variance[i] + ${epsilon});
  coefficients[i] = k; coefficients[${channels}u + i] = beta[i] - mean[i] * k;
}`);
}

/** In place: average = (1 - share) * average + share * factor * now, of several pairs; of one `now` after the other. */
export function movingAverages(
  pairs: readonly { readonly size: number; readonly factor: number; readonly times: number }[],
  share: number,
): Program & { readonly grid: [number, number] } {
  const bindings = new Bindings();
  pairs.forEach((_, j) => bindings.write(`average${j}`, "f32").read(`now${j}`, "f32"));
  const grid = gridOf(Math.max(...pairs.map(({ size }) => size)));
  const move = ({ size, factor, times }: (typeof pairs)[number], j: number): string => {
    const once = (from: string): string =>
      `average${j}[i] = average${j}[i] * ${1 - share} + now${j}[${from}i] * ${share * factor};`;
    const each = times === 1 ? once("") : `for (var g = 0u; g < ${times}u; g++) { ${once(`g * ${size}u + `)} }`;
    return `if (i < ${size}u) { ${each} }`;
  };
  const program = bindings.program(`
${forEach(grid)}
  ${repeat(pairs.length, (j) => move(pairs[j]!, j))}
}`);
  return { ...program, grid };
}
