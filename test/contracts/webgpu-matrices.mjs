/**
 * Holds programs that multiply matrices of subgroups (tensor cores) against those that multiply numbers, on numbers that
 * half precision has and whose sums single precision has: nothing may differ but the sums of squares, by a rounding. Where
 * the GPU has no such matrices, each thread computes them by itself, with sides too that no GPU has.
 *
 *     node test/contracts/webgpu-matrices.mjs [SEED]
 *
 * A line of JSON for each case: {"name", "error", "limit", "ok"}; exit 1 where one is not.
 */
import * as tf from "@tensorflow/tfjs";
import { device } from "longtail";
import { cutConvolution, cutFilterGradient } from "../../dist/src/backend/webgpu/cut.js";
import { SUBGROUP_SIZE } from "../../dist/src/backend/webgpu/dawn.js";
import { sumOfParts } from "../../dist/src/backend/webgpu/kernels/filter-gradient.js";
import { reliableMatrices } from "../../dist/src/backend/webgpu/matrix-check.js";
import { openedGpu } from "../../dist/src/backend/webgpu/register.js";
import { promising } from "../../dist/src/backend/webgpu/tile-choice.js";
import { emulated } from "./emulated-matrices.mjs";

await device.use("webgpu");
const { gpu, tiles, matrices } = openedGpu();
/** Single precision takes twice the memory. */
const limits = { threads: Math.min(tiles.limits.threads, 256), bytes: tiles.limits.bytes / (matrices.length ? 1 : 2) };

let state = Number(process.argv[2] ?? 1);
/** An integer from 0 to n - 1. */
function below(n) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}
const one = (list) => list[below(list.length)];
/** Multiples of 1/4 in [-2, 2]. */
const values = (size) => tf.tensor1d(Float32Array.from({ length: size }, () => (below(17) - 8) / 4));
/** Powers of two, and their negatives. */
const coefficients = (size) => tf.tensor1d(Float32Array.from({ length: size }, () => one([-1, -0.5, 0.5, 1])));

const TURNS = 12;
const SHAPES = [
  { m: 8, n: 8, k: 8, lanes: 8 },
  { m: 16, n: 8, k: 4, lanes: 4 },
  { m: 4, n: 16, k: 8, lanes: 16 },
  { m: 8, n: 8, k: 8, lanes: 8, widest: 16 },
];
let failures = 0;
function report(name, error, limit = 0) {
  const ok = error <= limit;
  if (!ok) failures++;
  console.log(JSON.stringify({ name, error, limit, ok }));
}

/** Runs a cut; @returns its results by name */
async function computed({ key, program, grid }, inputs, outputs, matrix) {
  const isMatrix = key.includes('"subgroups"');
  const isEmulated = isMatrix && !claimed.includes(matrix);
  const made = Object.fromEntries(Object.entries(outputs).map(([name, shape]) => [name, gpu.output(shape)]));
  gpu.run(isEmulated ? `emulated ${key}` : key, () => (isEmulated ? emulated(program(), matrix) : program()), grid, {
    ...inputs,
    ...made,
  });
  const engine = tf.engine();
  const tensors = Object.entries(made).map(([name, info]) => [name, engine.makeTensorFromTensorInfo(info)]);
  const read = Object.fromEntries(
    await Promise.all(tensors.map(async ([name, tensor]) => [name, await tensor.data()])),
  );
  tf.dispose(tensors.map(([, tensor]) => tensor));
  return read;
}

const most = (a, b) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]) || (value === b[i] ? 0 : Infinity)), 0);
/** Parts of sums, whole. */
const whole = (parts, length) =>
  Float64Array.from({ length }, (_, i) => {
    let sum = 0;
    for (let at = i; at < parts.length; at += length) sum += parts[at];
    return sum;
  });

// Before half precision is computed by matrices, it is seen whether they do: where there are none, they are found out.
const none = { m: 8, n: 2, k: 4, lanes: 8 };
const outcomes = {
  "what the GPU has": [await reliableMatrices(gpu, matrices, limits), matrices.length > 0],
  "what it has not": [await reliableMatrices(gpu, [none], limits), false],
  "first what it has not": [await reliableMatrices(gpu, [none, ...matrices], limits), matrices.length > 0],
};
for (const [name, [{ matrix, trouble }, isRight]] of Object.entries(outcomes)) {
  const said = matrix ? `taken: ${Object.values(matrix).join("-")}` : (trouble?.split("\n")[0] ?? "none");
  report(`matrices are tried: ${name} (${said})`, (matrix !== undefined) === isRight ? 0 : 1);
}
const { matrix: reliable } = outcomes["what the GPU has"][0];
const claimed = reliable ? [reliable] : [];
// Where subgroups are all of one size, shaders may ask for it nevertheless.
if (reliable && !reliable.widest && gpu.device.features.has(SUBGROUP_SIZE))
  claimed.push({ ...reliable, widest: reliable.lanes });

const shapes = reliable ? claimed : SHAPES;
for (let turn = 0; turn < TURNS; turn++) {
  const matrix = shapes[turn % shapes.length];
  const unit = Math.max(matrix.m, matrix.n, matrix.k);
  const [size, stride, batch] = [1 + below(10), one([1, 1, 2, 3]), 1 + below(3)];
  const [inChannels, outChannels] = [unit * one([1, 2]), unit * one([1, 2])];
  const side = Math.floor((size - 1) / stride) + 1;
  const shape = { height: side, width: side, inHeight: size, inWidth: size, inChannels, outChannels, stride };
  const isTransposed = below(2) === 1;
  const turned = {
    ...{ height: size, width: size, inHeight: side, inWidth: side, inChannels: outChannels, outChannels: inChannels },
    ...{ stride, isTransposed },
  };
  const epilogue = one(["none", "sums", "mask", "shortcut"]);
  const shortcut = { channels: turned.outChannels + one([0, 8]), height: size, width: size, stride: 1 };
  const work = {
    ...(isTransposed ? turned : { ...shape, isTransposed }),
    ...{ prologue: one(["raw", "normalized", "gradient"]), epilogue: isTransposed ? epilogue : one(["none", "sums"]) },
    ...(isTransposed && epilogue === "shortcut" && { shortcut }),
  };
  // Images one by one, as batch norm sees them in groups.
  const groups = below(3) === 0 ? { groupSize: 1 } : {};
  const half = { ...work, isHalf: true, matrix };
  const [pixels, results] = [batch * work.inHeight * work.inWidth, batch * work.height * work.width];
  const inputs = {
    ...{ source: values(pixels * work.inChannels), other: values(pixels * work.inChannels) },
    ...{ filters: values(9 * inChannels * outChannels), coefficients: coefficients(3 * batch * work.inChannels) },
    ...{
      normalizedInput: values(results * work.outChannels),
      maskCoefficients: coefficients(2 * batch * work.outChannels),
    },
    added: values(batch * size * size * shortcut.channels),
  };
  const convolved = async (tile, of) => {
    const cut = cutConvolution({ ...of, ...groups }, tile, batch);
    const outputs = {
      out: [results * work.outChannels],
      ...(cut.measures && { partial: [cut.grid[0] * 2 * work.outChannels] }),
    };
    return computed(cut, inputs, outputs, matrix);
  };
  const [ways, numbers] = promising({ kind: "convolution", plan: half, batch }, limits);
  const tile = one(ways.slice(0, 12));
  const [ours, theirs] = [await convolved(tile, half), await convolved(numbers[0], work)];
  const name = `${work.prologue} ${isTransposed ? "transposed " : ""}convolution by ${stride}, ${work.epilogue}: ${batch} x ${work.inHeight} x ${work.inWidth} x ${work.inChannels} to ${work.outChannels}${groups.groupSize ? ", in groups" : ""}, matrices of ${Object.values(matrix).join("-")}, ${JSON.stringify(tile)}`;
  report(name, most(ours.out, theirs.out));
  if (ours.partial) {
    const [a, b] = [ours, theirs].map(({ partial }) => whole(partial, 2 * work.outChannels));
    // Squares have more bits than single precision, and are summed in another order.
    report(`${name}, sums`, most(a, b) / Math.max(...b.map(Math.abs)), 1e-6);
  }
  tf.dispose(Object.values(inputs));

  const plan = { ...shape, prologue: one(["raw", "normalized"]), isBehindBatchNorm: below(2) === 1 };
  const slopes = batch * side * side * outChannels;
  const given = {
    ...{ source: values(batch * size * size * inChannels), coefficients: coefficients(2 * batch * inChannels) },
    ...{
      gradient: values(slopes),
      normalizedInput: values(slopes),
      gradientCoefficients: coefficients(3 * batch * outChannels),
    },
  };
  const length = 9 * inChannels * outChannels;
  const filtered = async (tile, of) => {
    const cut = cutFilterGradient({ ...of, ...groups }, tile, batch);
    const { parts } = await computed(cut, given, { parts: [cut.parts * length] }, matrix);
    const [kept, key] = [tf.tensor1d(parts), `sum ${length} ${cut.parts} ${cut.scale}`];
    const program = () => sumOfParts(length, cut.parts, cut.scale);
    const sum = await computed({ key, program, grid: program().grid }, { parts: kept }, { out: [length] }, matrix);
    kept.dispose();
    return sum.out;
  };
  const [filterWays, filterNumbers] = promising(
    { kind: "filter gradient", plan: { ...plan, isHalf: true, matrix }, batch },
    limits,
  );
  // An odd number of subgroups is no multiple of the largest: such a layer multiplies numbers.
  if (filterWays.length === 0 && matrix.widest > matrix.lanes && inChannels === unit) continue;
  const filterTile = one(filterWays.slice(0, 12));
  const [a, b] = [
    await filtered(filterTile, { ...plan, isHalf: true, matrix }),
    await filtered(filterNumbers[0], plan),
  ];
  report(
    `filter gradient by ${stride}, ${plan.prologue}${plan.isBehindBatchNorm ? ", behind a batch norm" : ""}: ${batch} x ${size} x ${size} x ${inChannels} to ${outChannels}${groups.groupSize ? ", in groups" : ""}, matrices of ${Object.values(matrix).join("-")}, ${JSON.stringify(filterTile)}`,
    most(a, b),
  );
  tf.dispose(Object.values(given));
}
process.exit(failures ? 1 : 0);
