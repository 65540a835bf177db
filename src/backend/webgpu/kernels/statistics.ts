import { Bindings, entry, forEach, gridOf, repeat, type Program } from "../program.js";
import { rectified } from "./rectifier.js";

/** Pixels that one workgroup sums up. */
const PIXELS = 512;

export interface ChannelSumsPlan {
  readonly pixels: number;
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
export function channelSums({ pixels, channels, of }: ChannelSumsPlan): Program & {
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
  const parts = Math.ceil(pixels / PIXELS);
  const program = bindings.program(`
var<workgroup> sums: array<vec4f, ${threads}>;
var<workgroup> products: array<vec4f, ${threads}>;
${entry(threads)} {
  let quad = group.y * ${quads}u + thread % ${quads}u; var sum = vec4f(0); var product = vec4f(0);
  let end = min((group.x + 1u) * ${PIXELS}u, ${pixels}u);
  for (var pixel = group.x * ${PIXELS}u + thread / ${quads}u; pixel < end; pixel += ${lanes}u) {
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

/** One workgroup sums up the parts of its channel: `first` and `second` of part after part. */
function reduction(channels: number, parts: number): string {
  return `
var<workgroup> first: array<f32, 64>;
var<workgroup> second: array<f32, 64>;
${entry(64)} {
  let c = group.x; var a = 0.0; var b = 0.0;
  for (var i = thread; i < ${parts}u; i += 64u) { a += partial[i * ${2 * channels}u + c]; b += partial[i * ${2 * channels}u + ${channels}u + c]; }
  first[thread] = a; second[thread] = b;
  for (var s = 32u; s > 0u; s >>= 1u) {
    workgroupBarrier();
    if (thread < s) { first[thread] += first[thread + s]; second[thread] += second[thread + s]; }
  }
  if (thread > 0u) { return; }`;
}

export interface ReductionPlan {
  readonly channels: number;
  /** How many parts there are to sum. */
  readonly parts: number;
  /** Numbers of a channel. */
  readonly count: number;
  readonly epsilon: number;
}

/** Mean and biased variance of each channel, and the coefficients of y = k0 * x + k1. */
export function batchStatistics({ channels, parts, count, epsilon }: ReductionPlan): Program {
  const bindings = new Bindings().read("partial", "f32").read("gamma", "f32").read("beta", "f32");
  for (const name of ["coefficients", "mean", "variance"]) bindings.write(name, "f32");
  return bindings.program(`${reduction(channels, parts)}
  let m = first[0] / ${count}.0; let d = second[0] / ${count}.0 - m * m; let v = ${rectified("d", "f32")};
  let k = gamma[c] * inverseSqrt(v + ${epsilon});
  coefficients[c] = k; coefficients[${channels}u + c] = beta[c] - m * k; mean[c] = m; variance[c] = v;
}`);
}

/**
 * What a batch norm's gradient needs: k0, k1, k2 of dx = k0 * dy + k1 * x + k2, and the gradients of scale and shift.
 * The parts hold sums of dy and of dy * x.
 */
export function gradientStatistics({ channels, parts, count, epsilon }: ReductionPlan): Program {
  const bindings = new Bindings()
    .read("partial", "f32")
    .read("gamma", "f32")
    .read("mean", "f32")
    .read("variance", "f32");
  for (const name of ["coefficients", "dGamma", "dBeta"]) bindings.write(name, "f32");
  return bindings.program(`${reduction(channels, parts)}
  let m = mean[c]; let inverse = inverseSqrt(variance[c] + ${epsilon});
  let slope = (second[0] - m * first[0]) * inverse; let k = gamma[c] * inverse;
  coefficients[c] = k; coefficients[${channels}u + c] = -k * inverse * slope / ${count}.0;
  coefficients[${2 * channels}u + c] = (k * inverse * slope * m - k * first[0]) / ${count}.0;
  dGamma[c] = slope; dBeta[c] = first[0];
}`);
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

/** In place: average = (1 - share) * average + share * factor * now, of several pairs. */
export function movingAverages(
  pairs: readonly { readonly size: number; readonly factor: number }[],
  share: number,
): Program & { readonly grid: [number, number] } {
  const bindings = new Bindings();
  pairs.forEach((_, j) => bindings.write(`average${j}`, "f32").read(`now${j}`, "f32"));
  const grid = gridOf(Math.max(...pairs.map(({ size }) => size)));
  const move = ({ size, factor }: (typeof pairs)[number], j: number): string =>
    `if (i < ${size}u) { average${j}[i] = average${j}[i] * ${1 - share} + now${j}[i] * ${share * factor}; }`;
  const program = bindings.program(`
${forEach(grid)}
  ${repeat(pairs.length, (j) => move(pairs[j]!, j))}
}`);
  return { ...program, grid };
}
