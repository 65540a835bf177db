import { Bindings, entry, inLines, type Program } from "../program.js";

export interface CrossEntropyPlan {
  readonly rows: number;
  readonly classes: number;
  readonly scale: number;
  readonly hasWeights: boolean;
  readonly hasMargins: boolean;
}

const THREADS = 64;

/** Sum over the threads of a workgroup of what each put into `shared`. */
const sum = `for (var s = ${THREADS / 2}u; s > 0u; s >>= 1u) { workgroupBarrier(); if (thread < s) { shares[thread] += shares[thread + s]; } } workgroupBarrier();`;

/** Each row's share of the loss, and the gradient by the logits; one workgroup a row. */
export function crossEntropyRows(plan: CrossEntropyPlan): Program & { readonly grid: [number, number] } {
  const { rows, classes, scale, hasWeights, hasMargins } = plan;
  const grid = inLines(rows);
  const bindings = new Bindings().read("logits", "f32").read("labels", "i32");
  if (hasWeights) bindings.read("weights", "f32");
  if (hasMargins) bindings.read("margins", "f32");
  bindings.write("losses", "f32").write("gradient", "f32");
  const weight = hasWeights ? "weights[min(u32(label), arrayLength(&weights) - 1u)]" : "1.0";
  const program = bindings.program(`
var<workgroup> shares: array<f32, ${THREADS}>;
// A label outside the classes makes everything NaN: bits that the compiler cannot see through.
fn weightOf(label: i32, nan: u32) -> f32 { if (label < 0 || label >= ${classes}) { return bitcast<f32>(nan); } return ${weight}; }
fn logit(row: u32, c: u32, label: u32) -> f32 {
  var z = logits[row * ${classes}u + c];
  ${hasMargins ? "if (c == label) { z -= margins[c]; }" : ""}
  return z * ${scale};
}
${entry(THREADS)} {
  let row = group.y * ${grid[0]}u + group.x;
  if (row >= ${rows}u) { return; }
  let own = labels[row]; let label = u32(own); var nan = 0x7fc00000u | (group.z + (thread >> 16u));
  var part = 0.0;
  for (var i = thread; i < ${rows}u; i += ${THREADS}u) { part += weightOf(labels[i], nan); }
  shares[thread] = part; ${sum}
  let share = weightOf(own, nan) / shares[0];
  workgroupBarrier();
  var highest = logit(row, 0u, label);
  for (var c = 1u; c < ${classes}u; c++) { let z = logit(row, c, label); highest = select(highest, z, z > highest || z != z); }
  var exps = 0.0;
  for (var c = thread; c < ${classes}u; c += ${THREADS}u) { exps += exp(logit(row, c, label) - highest); }
  shares[thread] = exps; ${sum}
  let all = shares[0];
  if (thread == 0u) { losses[row] = share * (log(all) + highest - logit(row, min(label, ${classes - 1}u), label)); }
  for (var c = thread; c < ${classes}u; c += ${THREADS}u) {
    let p = exp(logit(row, c, label) - highest) / all;
    gradient[row * ${classes}u + c] = share * ${scale} * (p - select(0.0, 1.0, c == label));
  }
}`);
  return { ...program, grid };
}

/** The sum of so many numbers. */
export function total(count: number): Program {
  return new Bindings().read("losses", "f32").write("out", "f32").program(`
var<workgroup> shares: array<f32, ${THREADS}>;
${entry(THREADS)} {
  var part = 0.0;
  for (var i = thread; i < ${count}u; i += ${THREADS}u) { part += losses[i]; }
  shares[thread] = part; ${sum}
  if (thread == 0u) { out[0] = shares[0]; }
}`);
}
