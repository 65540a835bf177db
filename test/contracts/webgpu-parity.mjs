/**
 * Holds every operation of longtail's that has a kernel on WebGPU against its composition of TensorFlow.js's operations,
 * whole training steps against PyTorch's, and recorded steps against those that are computed as they stand. For any GPU,
 * and for a software one (slow, but the same commands).
 *
 *     node test/contracts/webgpu-parity.mjs [TEXT]      only cases whose name contains TEXT
 *
 * A line of JSON for each case: {"name", "error", "limit", "ok"}; exit 1 where one is not.
 */
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { data, device, models, random, semi, ssp, train } from "longtail";
import * as fused from "longtail/backend/fused";
import { CompiledSteps } from "../../dist/src/backend/compiled-steps.js";
import { CapturedStep } from "../../dist/src/backend/webgpu/captured-step.js";
import { sumOfParts } from "../../dist/src/backend/webgpu/kernels/filter-gradient.js";
import { openedGpu } from "../../dist/src/backend/webgpu/register.js";
import { tune } from "../../dist/src/backend/webgpu/tune.js";
import { features, predict } from "../../dist/src/eval/predict.js";
import { batch, dispose, gradients, step, variables } from "../bench/resnet32.mjs";

const text = process.argv[2] ?? "";
let failures = 0;
let cases = 0;

function report(name, error, limit) {
  cases++;
  const ok = error <= limit;
  if (!ok) failures++;
  console.log(JSON.stringify({ name, error, limit, ok }));
}

let state = 7;
/** Numbers in [-1, 1) that are the same in every run. */
function numbers(shape, scale = 1) {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * scale;
  });
  return { shape, values };
}
const tensor = ({ shape, values }) => tf.tensor(values, shape);

/** Relative L2 error. */
function distance(actual, expected) {
  let [difference, norm] = [0, 0];
  expected.forEach((value, i) => {
    difference += (actual[i] - value) ** 2;
    norm += value ** 2;
  });
  const error = Math.sqrt(difference / (norm || 1));
  return actual.length === expected.length && !Number.isNaN(error) ? error : Infinity;
}

/** What operations compute on a device, as numbers. */
async function on(name, compute) {
  await device.use(name);
  const made = tf.tidy(compute);
  const values = [];
  for (const one of made) values.push(await one.data());
  tf.dispose(made);
  return values;
}

const references = Object.fromEntries(Object.keys(fused).map((key) => [key, fused[`${key}Reference`] ?? fused[key]]));

/** @param compute of the operations or of their references, a list of tensors */
async function compare(name, compute, limit) {
  if (!name.includes(text)) return;
  const ours = await on("webgpu", () => compute(fused));
  const theirs = await on("simd", () => compute(references));
  report(name, Math.max(...ours.map((one, i) => distance(one, theirs[i]))), limit);
}

/** Relative error of float32 through two convolutions and two batch norms. */
const LIMIT = 2e-5;

const NAMES = ["x", "filter1", "gamma1", "beta1", "filter2", "gamma2", "beta2"];
const named = (tensors) => Object.fromEntries(NAMES.map((name, i) => [name, tensors[i]]));
const slopes = (size) => Float32Array.from({ length: size }, (_, i) => Math.cos(i));

/** Statistics to evaluate by: those of a batch, or of the first of its groups. */
const first = ({ mean, variance }) => ({
  mean: mean.rank === 1 ? mean : tf.unstack(mean)[0],
  variance: variance.rank === 1 ? variance : tf.unstack(variance)[0],
});

for (const [count, height, from, to, stride, width = height, groups = 1] of [
  [2, 5, 4, 4, 1],
  [2, 6, 4, 8, 2],
  [2, 5, 4, 8, 2],
  [2, 3, 4, 8, 1],
  [20, 16, 16, 16, 1],
  [17, 9, 16, 32, 2],
  [2, 4, 4, 8, 3],
  [2, 1, 4, 8, 2, 8],
  [4, 5, 4, 4, 1, 5, 2],
  [6, 9, 4, 8, 2, 9, 3],
  [16, 16, 16, 16, 1, 16, 8],
  [12, 8, 16, 32, 2, 8, 2],
]) {
  const shapes = [[count, height, width, from], [3, 3, from, to], [to], [to], [3, 3, to, to], [to], [to]];
  const inputs = shapes.map((shape) => numbers(shape));
  const compute = ({ residualBlock }) => {
    const given = inputs.map(tensor);
    const { y, statistics } = residualBlock(named(given), { stride, groups });
    const evaluated = residualBlock(named(given), { stride, statistics: statistics.map(first) }).y;
    const of = (...all) => residualBlock(named(all), { stride, groups }).y;
    const all = tf.grads(of)(given, tf.tensor(slopes(y.size), y.shape));
    return [y, evaluated, ...statistics.flatMap(({ mean, variance }) => [mean, variance]), ...all];
  };
  await compare(
    `residual block, ${count} of ${height} x ${width} x ${from}, ${to}, stride ${stride}${groups > 1 ? `, in ${groups} groups` : ""}`,
    compute,
    LIMIT,
  );
}

for (const [side, count, size, from, to, stride, relu, groups = 1] of [
  [3, 3, 6, 3, 8, 1, true],
  [3, 2, 7, 4, 8, 2, true],
  [1, 2, 5, 6, 4, 1, false],
  [5, 2, 8, 3, 4, 2, true],
  [3, 5, 32, 3, 16, 1, true],
  [3, 2, 9, 8, 12, 3, true],
  [3, 4, 6, 3, 8, 1, true, 2],
  [1, 6, 5, 8, 4, 1, false, 3],
  [5, 4, 40, 4, 8, 1, true, 2],
  [3, 16, 32, 3, 16, 1, true, 8],
]) {
  const inputs = [[count, size, size, from], [side, side, from, to], [to], [to]].map((shape) => numbers(shape));
  const compute = ({ convBatchNorm }) => {
    const [x, filter, gamma, beta] = inputs.map(tensor);
    const { y, statistics } = convBatchNorm({ x, filter, gamma, beta }, { stride, relu, groups });
    const evaluated = convBatchNorm({ x, filter, gamma, beta }, { stride, relu, statistics: first(statistics) }).y;
    const of = (...all) =>
      convBatchNorm({ x: all[0], filter: all[1], gamma: all[2], beta: all[3] }, { stride, relu, groups }).y;
    const all = tf.grads(of)([x, filter, gamma, beta], tf.tensor(slopes(y.size), y.shape));
    return [y, evaluated, statistics.mean, statistics.variance, ...all];
  };
  await compare(
    `convolution ${side} x ${side}, ${count} of ${size} x ${size} x ${from}, ${to}, stride ${stride}${groups > 1 ? `, in ${groups} groups` : ""}`,
    compute,
    LIMIT,
  );
}

/** What TensorFlow.js lets through, and says of sizes: windows that are there since a size is rounded up, a dy of another size. */
{
  const [x, filter] = [[2, 8, 8, 4], [3, 3, 4, 8]].map((shape) => numbers(shape)); // prettier-ignore
  const of = (a, b) => tf.conv2d(a, b, 3, 1, "NHWC", 1, "ceil");
  const gradients = () => tf.grads(of)([x, filter].map(tensor), tf.tensor(slopes(256), [2, 4, 4, 8]));
  await compare("convolution, sizes that are rounded up", gradients, LIMIT);
  const across = numbers([1, 5, 5, 8]);
  const back = () => [tf.conv2dTranspose(tensor(across), tensor(filter), [1, 4, 4, 4], 1, "same")];
  await compare("convolution, a gradient of another size", back, LIMIT);
}

/** A NaN, in a number or in all of a filter, stays one wherever it goes. */
if ("NaN that stay".includes(text)) {
  const shapes = [[2, 6, 6, 4], [3, 3, 4, 8], [8], [8], [3, 3, 8, 8], [8], [8]];
  for (const where of ["x", "filter1", "gamma1"]) {
    const inputs = shapes.map((shape) => numbers(shape));
    inputs[NAMES.indexOf(where)].values[1] = NaN;
    const compute = ({ residualBlock, convBatchNorm }) => {
      const given = named(inputs.map(tensor));
      const { x, filter1: filter, gamma1: gamma, beta1: beta } = given;
      const one = { mean: tf.zeros([8]), variance: tf.ones([8]) };
      const ours = [residualBlock(given), residualBlock(given, { statistics: [one, one] })];
      return [...ours, convBatchNorm({ x, filter, gamma, beta }, { statistics: one })].map(({ y }) => y);
    };
    const [ours, theirs] = [await on("webgpu", () => compute(fused)), await on("cpu", () => compute(references))];
    const lost = ours.flatMap((one, i) => [...one].filter((v, at) => !isNaN(v) && isNaN(theirs[i][at])));
    report(`NaN that stay, in ${where}: numbers that lost it`, lost.length, 0);
  }
}

/** More groups than a side of a grid may have. */
if ("sum of a large filter's parts".includes(text)) {
  const length = 9 * 1024 * 512;
  await device.use("webgpu");
  const { gpu } = openedGpu();
  const parts = Float32Array.from({ length: 2 * length }, (_, i) => i % 7);
  const [given, out] = [gpu.constant(parts), gpu.output([length])];
  gpu.runWhole("sum of a large filter's parts", () => sumOfParts(length, 2), { parts: given, out });
  const sums = new Float32Array(await gpu.backend.getBufferData(gpu.buffer(out)));
  const expected = parts.subarray(0, length).map((v, i) => v + parts[length + i]);
  report("sum of a large filter's parts", distance(sums, expected), 0);
  gpu.dispose(given, out);
}

const pooled = [numbers([3, 5, 4, 8]), numbers([3, 8])];
await compare("global average pool", ({ globalAveragePool }) => {
  const [x, dy] = pooled.map(tensor);
  return [globalAveragePool(x), tf.grad(globalAveragePool)(x, dy)];
}, 1e-6); // prettier-ignore

/** TensorFlow.js's programs, which would read past their buffers what lies there on some GPUs (bounds.ts). */
for (const [what, [m, k, n]] of Object.entries({ few: [32, 6, 10], "very few": [9, 7, 11], many: [300, 70, 250] })) {
  const start = state;
  await compare(`products of matrices beside NaN, ${what}`, () => {
    state = start;
    const among = (shape) => {
      tf.fill([k * n], NaN);
      const made = tensor(numbers(shape));
      tf.fill([64], NaN);
      return made;
    };
    return Array.from({ length: 12 }, () => tf.matMul(among([k, m]), among([k, n]), true));
  }, 1e-6); // prettier-ignore
}

for (const [what, make] of Object.entries({
  plain: () => ({}),
  weights: () => ({ weights: tf.tensor1d([1, 2, 0.5, 3, 0.1, 1, 1]) }),
  margins: () => ({ margins: tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5, 0, 0]), scale: 30 }),
})) {
  const logits = numbers([6, 7], 3);
  await compare(`cross-entropy, ${what}`, ({ crossEntropy }) => {
    const truth = tf.tensor1d([0, 3, 6, 2, 2, 5], "int32");
    const { value, grad } = tf.valueAndGrad((z) => crossEntropy(z, truth, make()))(tensor(logits));
    return [value, grad];
  }, 2e-6); // prettier-ignore
}
if ("cross-entropy, no class".includes(text)) {
  for (const label of [3, -1]) {
    const [[loss]] = await on("webgpu", () => [fused.crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, label], "int32"))]);
    report(`cross-entropy, no class ${label}: NaN`, Number.isNaN(loss) ? 0 : 1, 0);
  }
  const [[loss]] = await on("webgpu", () => [fused.crossEntropy(tf.tensor2d([[NaN, 1]]), tf.tensor1d([1], "int32"))]);
  report("cross-entropy, no class: logits of NaN give NaN", Number.isNaN(loss) ? 0 : 1, 0);
}

for (const nesterov of [false, true]) {
  const start = state;
  await compare(`SGD, nesterov ${nesterov}`, ({ sgd }) => {
    state = start;
    const parameters = [[3, 3, 4, 5], [7], [], [20], [2, 2], [9]].map((shape, i) => tf.variable(tf.fill(shape, i + 1)));
    const velocities = parameters.map((one) => tf.variable(tf.zerosLike(one), false));
    const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov };
    for (let i = 0; i < 5; i++) sgd(parameters, parameters.map(({ shape }) => tensor(numbers(shape))), velocities, options);
    return [...parameters, ...velocities].map((one) => tf.clone(one));
  }, 1e-6); // prettier-ignore
}

/** More than one program's buffers, of several sizes. */
const averaged = [3, 2, 300, 1, 5, 7, 4, 9, 2, 600, 1, 2].map((size) => [numbers([size]), numbers([size])]);
await compare("moving averages", ({ follow }) => {
  const pairs = averaged.map(([average, now], i) => ({
    average: tf.variable(tensor(average), false),
    now: tensor(now),
    ...(i % 2 && { factor: 3 }),
  }));
  follow(pairs, 0.1);
  return pairs.map(({ average }) => tf.clone(average));
}, 1e-6); // prettier-ignore

const followed = [3, 300, 4].map((size) => [numbers([size]), numbers([5, size])]);
await compare("moving averages of several, one after the other", ({ follow }) => {
  const pairs = followed.map(([average, now]) => ({ average: tf.variable(tensor(average), false), now: tensor(now) }));
  follow(pairs, 0.1);
  return pairs.map(({ average }) => tf.clone(average));
}, 1e-6); // prettier-ignore

/** A whole network whose batch norms see groups: here in one go, on the CPU group by group; running statistics, too. */
if ("a network in groups".includes(text)) {
  for (const [name, side] of [
    ["small", 16],
    ["resnet10", 33],
  ]) {
    const images = numbers([6, side, side, 3]);
    const found = async (backend) => {
      await device.use(backend);
      const network = models.build(name, { classes: 3, seed: 2 });
      const features = tf.tidy(() => network.featuresInGroups(tensor(images), 3, "train"));
      const made = [features, ...network.statistics.map(({ variable }) => variable)];
      const values = await Promise.all(made.map((one) => one.data()));
      features.dispose();
      network.dispose();
      return values;
    };
    const [ours, theirs] = [await found("webgpu"), await found("simd")];
    report(`a network in groups, ${name}`, Math.max(...ours.map((one, i) => distance(one, theirs[i]))), 1e-5);
  }
}

const bytes = Uint8Array.from({ length: 4 * 6 * 5 * 3 }, (_, i) => (i * 37) % 256);
const stillImages = { length: 4, shape: [6, 5, 3], image: (i) => bytes.subarray(i * 90, (i + 1) * 90) };
const placements = [
  { image: 3, top: -2, left: 1, mirrored: true },
  { image: 0, top: 0, left: 0, mirrored: false },
  { image: 1, top: 3, left: -3, mirrored: true },
  { image: 3, top: 5, left: 4, mirrored: false },
  { image: 2, top: 0, left: 1, mirrored: false },
];
for (const size of [undefined, [4, 4], [7, 8]]) {
  const options = { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.3, 0.4], ...(size && { size }) };
  const stills = { ...stillImages };
  const compute = ({ augment }) => [augment(stills, placements, options)];
  const name = `augmentation, ${size ?? "same size"}`;
  if (!name.includes(text)) continue;
  await compare(`${name}, images carried to the GPU`, compute, 1e-6);
  const [carried] = await on("webgpu", () => compute(fused));
  report(`${name}: images that the GPU keeps, are there`, (await isKept(stills)) ? 0 : Infinity, 0);
  const [kept] = await on("webgpu", () => compute(fused));
  report(`${name}, images that the GPU keeps: numbers that differ`, carried.filter((v, i) => v !== kept[i]).length, 0);
}

/** Asks for images until the GPU keeps them. */
async function isKept(images) {
  const { resident } = openedGpu();
  for (let i = 0; i < 1000 && !resident.bufferOf(images, images.length); i++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return resident.bufferOf(images, 0) !== undefined;
}

await compare("uniform numbers", ({ randomUniform }) => [randomUniform([3, 5, 7], 12_345_678_901)], 0);
await compare("normal numbers", ({ randomNormal }) => [randomNormal([100_001], 42)], 2e-7);

/** Counts are the same everywhere; sums differ by their order. */
for (const [rows, length, chance] of [
  [1000, 1, 0],
  [300, 5, 0.3],
  [40, 1001, 0],
  [3, 70_001, 0.9],
]) {
  const name = `numbers summed, ${rows} rows of ${length}, right with ${chance}`;
  if (!name.includes(text)) continue;
  const summed = async (where) => {
    await device.use(where);
    return fused.normalSums({ seed: 2 ** 40 + 1, from: 77, rows, length, chance });
  };
  const [ours, theirs] = [await summed("webgpu"), await summed("simd")];
  report(`${name}: hits`, distance(ours.hits, theirs.hits), 0);
  for (const what of ["sums", "squares"]) report(`${name}: ${what}`, distance(ours[what], theirs[what]), 1e-6);
}

/** Four steps of ResNet-32 against PyTorch in float64; `limit` as for the other backends. */
if ("ResNet-32 against PyTorch".includes(text)) {
  const fixture = JSON.parse(readFileSync(new URL("../fixtures/engine/resnet32.json", import.meta.url), "utf8"));
  const { count, size, batches } = fixture.images;
  await device.use("webgpu");
  const net = variables(fused);
  const first = tf.tidy(() => {
    const { value, gradients: all } = gradients(net, batch(batches[0], count, size));
    return [value, ...all];
  });
  const [loss, ...slope] = await Promise.all(first.map((one) => one.data()));
  report("ResNet-32 against PyTorch, loss", Math.abs(loss[0] / fixture.losses.float64[0] - 1), 2 ** -20);
  const probed = (values, { float64 }) =>
    float64.map((_, i) => values[Math.floor((i * values.length) / float64.length)]);
  const errorOf = (probes) => {
    let [sum, terms] = [0, 0];
    fixture.gradients.probes.forEach((expected, i) => {
      const scale = Math.hypot(...expected.float64) / Math.sqrt(expected.float64.length);
      probes(expected, i).forEach((value, j) => {
        sum += ((value - expected.float64[j]) / scale) ** 2;
        terms++;
      });
    });
    return Math.sqrt(sum / terms);
  };
  const ratio = errorOf((expected, i) => probed(slope[i], expected)) / errorOf(({ float32 }) => float32);
  report("ResNet-32 against PyTorch, gradients: error over that of PyTorch in float32", ratio, 2);
  tf.dispose(first);
  dispose(net);
  const again = variables(fused);
  for (const [i, index] of batches.entries()) {
    const value = step(again, batch(index, count, size), true);
    const [own] = await value.data();
    report(`ResNet-32 against PyTorch, loss of step ${i + 1}`, Math.abs(own / fixture.losses.float64[i] - 1), 2 ** -16);
    value.dispose();
  }
  dispose(again);
}

/** Steps that are replayed from now on, the first replay of each kind aside: it is held against the recorded run. */
function countReplays() {
  const [original, seen] = [CapturedStep.prototype.replay, []];
  CapturedStep.prototype.replay = function (...args) {
    seen.push(this);
    return original.apply(this, args);
  };
  return {
    stop() {
      CapturedStep.prototype.replay = original;
      return seen.length - new Set(seen).size;
    },
  };
}

/** The same run, recorded and replayed and as it stands: to the same bits. */
const few = (split, counts) => data.Examples.of(data.stickers({ scene: "plain", split, counts, seed: 1 }));
const recipe = { model: "tiny", epochs: 2, batchSize: 16, schedule: { name: "steps", rate: 0.01 }, progress: false };
for (const [name, run] of Object.entries({
  sgd: (images) => train.fit({ data: images, ...recipe, loss: "ldam", rebalance: "drw" }),
  "the network that validation chooses": (images) =>
    train.fit({ data: { ...images, validation: images.test }, ...recipe, keep: "selected" }),
  adam: (images) => train.fit({ data: images, ...recipe, optimizer: "adam" }),
  rotation: (images) => ssp.rotation({ data: images, ...recipe }),
  moco: (images) => ssp.moco({ data: images, ...recipe, queue: 64, groups: 2, dimension: 16 }),
  simclr: (images) => ssp.simclr({ data: images, ...recipe, dimension: 16 }),
  "mean teacher": (images) => semi.meanTeacher({ data: images, ...recipe, loss: "ldam" }),
  "virtual adversarial training": (images) => semi.vat({ data: images, ...recipe }),
})) {
  if (!`recorded steps, ${name}`.includes(text)) continue;
  const images = { train: few("train", [24, 16, 12, 10, 8, 6, 4, 4, 2, 2]), test: few("test", 2) };
  if (/teacher|adversarial/.test(name)) images.unlabeled = few("unlabeled", 4);
  const outcome = async (capture) => {
    process.env.LONGTAIL_CAPTURE = capture;
    await device.use("webgpu");
    const { records, network } = await run(images);
    const values = [];
    for (const { variable } of [...network.weights, ...network.statistics]) values.push(...(await variable.data()));
    return [...records.map(({ loss }) => loss), ...values];
  };
  const replays = countReplays();
  const [recorded, plain] = [await outcome("1"), await outcome("0")];
  report(`recorded steps, ${name}: too few replays`, Math.max(0, 2 - replays.stop()), 0);
  const differing = plain.filter((value, i) => !Object.is(value, recorded[i])).length;
  report(`recorded steps, ${name}: numbers that differ`, differing, 0);
}

/** Numbers that lie on the GPU are not had at once, nor by another device; once they were read, they are. */
if ("numbers on the GPU".includes(text)) {
  await device.use("webgpu");
  const made = tf.fill([2], 3);
  const said = (read) => {
    try {
      return String(read());
    } catch ({ message }) {
      return message;
    }
  };
  const isRefused = (read) => (said(read).includes("await tensor.data()") ? 0 : 1);
  report(
    "numbers on the GPU, read at once: what to do is told",
    isRefused(() => made.dataSync()),
    0,
  );
  await device.use("simd");
  report(
    "numbers on the GPU, for another device: what to do is told",
    isRefused(() => tf.neg(made).dataSync()),
    0,
  );
  await made.data();
  report("numbers on the GPU that were read, for another device", distance(tf.neg(made).dataSync(), [-3, -3]), 0);
}

/** What is computed of no images has none, and what comes after it is right: a program cannot read from nothing. */
if ("no images".includes(text)) {
  await device.use("webgpu");
  const [x, filter, ones] = [tf.zeros([0, 8, 8, 4]), tf.ones([3, 3, 4, 4]), tf.ones([4])];
  const statistics = { mean: tf.zeros([4]), variance: ones };
  const block = { x, filter1: filter, gamma1: ones, beta1: ones, filter2: filter, gamma2: ones, beta2: ones };
  const none = { length: 1, shape: [8, 8, 3], image: () => new Uint8Array(192) };
  const normalization = { mean: [0.5, 0.5, 0.5], deviation: [1, 1, 1] };
  for (const [what, make, shape] of [
    ["tf.conv2d", () => tf.conv2d(x, filter, 2, "same"), [0, 4, 4, 4]],
    ["tf.conv2d, valid", () => tf.conv2d(x, tf.ones([5, 5, 4, 2]), 1, "valid"), [0, 4, 4, 2]],
    ["its gradients", () => tf.grads((a, b) => tf.conv2d(a, b, 1, 1))([x, filter], x)[1], [3, 3, 4, 4]],
    [
      "a convolution",
      () => fused.convBatchNorm({ x, filter, gamma: ones, beta: ones }, { statistics }).y,
      [0, 8, 8, 4],
    ],
    ["a residual block", () => fused.residualBlock(block, { statistics: [statistics, statistics] }).y, [0, 8, 8, 4]],
    ["a pool", () => fused.globalAveragePool(x), [0, 4]],
    ["augmentation", () => fused.augment(none, [], normalization), [0, 8, 8, 3]],
  ]) {
    const made = make();
    const zeros = new Float32Array(made.size);
    const isRight = String(made.shape) === String(shape) && distance(await made.data(), zeros) === 0;
    const next = await tf.add(ones, 1).data();
    report(`no images, ${what}`, isRight ? distance(next, [2, 2, 2, 2]) : 1, 0);
  }
}

/** What is computed of nothing is what it is elsewhere, and the next is right, which each case is to the one before. */
for (const [what, compute] of Object.entries({
  "products of matrices": () =>
    [[2, 3], [40, 40], [300, 250]].map(([m, n]) => tf.matMul(tf.zeros([m, 0]), tf.zeros([0, n]))), // prettier-ignore
  "tf.conv2d": () => [tf.conv2d(tf.zeros([1, 4, 4, 0]), tf.zeros([3, 3, 0, 4]), 1, "same")],
  "tf.conv2d, 1 x 1": () => [tf.conv2d(tf.zeros([1, 4, 4, 0]), tf.zeros([1, 1, 0, 4]), 2, "valid")],
  "gradients of tf.conv2d": () =>
    tf.grads((a, b) => tf.conv2d(a, b, 1, "same"))([tf.ones([1, 4, 4, 2]), tf.zeros([3, 3, 2, 0])]),
  "tf.bincount": () => [tf.bincount(tf.tensor1d([], "int32"), tf.zeros([0]), 3)],
  SGD: ({ sgd }) => {
    const parameters = [tf.zeros([0]), tf.ones([2]), tf.zeros([3, 0])].map((one) => tf.variable(one));
    const velocities = parameters.map((one) => tf.variable(tf.zerosLike(one), false));
    sgd(parameters, parameters.map(({ shape }) => tf.fill(shape, 3)), velocities, { learningRate: 1, momentum: 0.5 }); // prettier-ignore
    return [...parameters, ...velocities].map((one) => tf.clone(one));
  },
  "moving averages": ({ follow }) => {
    const pairs = [[0], [2]].map((shape) => ({ average: tf.variable(tf.zeros(shape), false), now: tf.ones(shape) }));
    for (const some of [pairs, pairs.slice(0, 1)]) follow(some, 0.5);
    return pairs.map(({ average }) => tf.clone(average));
  },
  "what comes after": () => [tf.add(tf.ones([4]), 1)],
}))
  await compare(`of nothing, ${what}`, compute, 0);
if ("of nothing, cross-entropy".includes(text)) {
  const [[loss], slope] = await on("webgpu", () => {
    const of = (z) => fused.crossEntropy(z, tf.tensor1d([], "int32"));
    const { value, grad } = tf.valueAndGrad(of)(tf.zeros([0, 3]));
    return [value, grad];
  });
  report("of nothing, cross-entropy: NaN", Number.isNaN(loss) && slope.length === 0 ? 0 : 1, 0);
}

/** A refused command is an error once, and the GPU goes on. */
if ("trouble, a refused command".includes(text)) {
  await device.use("webgpu");
  const said = async (call) => {
    try {
      return String(await call());
    } catch ({ message }) {
      return message;
    }
  };
  const program = () => ({ names: ["out"], code: "no program" });
  const refused = (key) => {
    const { gpu } = openedGpu();
    const out = gpu.output([4]);
    gpu.run(`refused ${key}`, program, [1], { out });
    return gpu.backend.read(out.dataId);
  };
  const next = () => said(() => tf.fill([4], 2).data());
  const isTold = (told) => (told.includes("The GPU refused a command") ? 0 : 1);
  report("trouble, a refused command: is told", isTold(await said(() => refused(1))), 0);
  const after = [];
  for (let i = 0; i < 3; i++) after.push(await next());
  report("trouble, a refused command: is told again at most once", after.slice(1).filter((one) => one !== "2,2,2,2").length, 0); // prettier-ignore
  await said(() => refused(2));
  await device.use("webgpu");
  report("trouble, a refused command: after device.use the next is right", (await next()) === "2,2,2,2" ? 0 : 1, 0);
}

/** A tensor that is too large is an error, and no zeros, of TensorFlow.js's programs and of ours; the next one is right. */
if ("trouble".includes(text)) {
  await device.use("webgpu");
  const size = openedGpu().gpu.device.limits.maxBufferSize / 4 + 1024;
  for (const [what, make] of Object.entries({
    "TensorFlow.js's": () => tf.fill([size], 1),
    ours: () => tf.engine().makeTensorFromTensorInfo(openedGpu().gpu.output([size])),
  })) {
    const read = () => tf.tidy(() => tf.slice(make(), 0, 4)).data();
    const said = await Promise.resolve()
      .then(read)
      .then(String, ({ message }) => message);
    const name = `trouble, a tensor of ${what} that is too large`;
    const isTold = said.includes("too large for this GPU");
    if (!isTold) console.error(said);
    report(`${name}: is told`, isTold ? 0 : 1, 0);
    const small = await tf.fill([4], 2).data();
    report(`${name}: the next is right`, distance(small, [2, 2, 2, 2]), 0);
  }
}

/** As where a run is stopped between two steps. */
if ("recorded steps, disposed of before its loss is read".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const [weight, x] = [tf.variable(tf.ones([8])), tensor(numbers([8]))];
  const steps = new CompiledSteps([weight]);
  const step = ([x]) => {
    const loss = tf.sum(tf.mul(weight, x));
    weight.assign(tf.sub(weight, tf.mul(x, 0.5)));
    return loss;
  };
  let loss;
  for (let i = 0; i < 5; i++) {
    loss?.dispose();
    loss = await steps.run("step", [x], (given) => tf.tidy(() => step(given)));
  }
  const captured = steps.size;
  steps.dispose();
  const [own, values] = [await loss.data(), await x.data()];
  const expected = values.reduce((sum, v) => sum + v - 2 * v * v, 0);
  report("recorded steps, disposed of before its loss is read: captured", captured === 1 ? 0 : 1, 0);
  report("recorded steps, disposed of before its loss is read", distance(own, [expected]), 1e-6);
}

/** A step that assigns to another variable as it is recorded is undone, and stays as it is. */
if ("recorded steps, another variable is assigned to".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const [weight, other] = [tf.variable(tf.fill([2], 1)), tf.variable(tf.fill([2], 5))];
  const steps = new CompiledSteps([weight, other]);
  let calls = 0;
  const step = ([x]) => {
    weight.assign(tf.add(weight, x));
    if (++calls === 4) other.assign(tf.add(other, x));
    return tf.sum(weight);
  };
  const x = tf.ones([2]);
  for (let i = 0; i < 5; i++) (await steps.run("step", [x], (given) => tf.tidy(() => step(given)))).dispose();
  const refused = [...steps.reasons.values()].filter((reason) => reason.includes("found 1 of them, and then 2"));
  report("recorded steps, another variable is assigned to: is not recorded", refused.length === 1 ? 0 : 1, 0);
  const values = [...(await weight.data()), ...(await other.data())];
  report("recorded steps, another variable is assigned to: numbers", distance(values, [6, 6, 5, 5]), 0);
}

/** A recorded step that fails leaves nothing behind for the next, and what is read while one runs is not kept. */
if ("recorded steps, one that fails".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const weight = tf.variable(tf.scalar(0));
  const steps = new CompiledSteps([weight]);
  const step = ([a, b]) =>
    tf.tidy(() => {
      const loss = tf.sum(tf.add(tf.mul(a, 100), b));
      weight.assign(tf.add(weight, loss));
      return loss;
    });
  const inMemory = (value) => tf.tensor1d(Float32Array.of(value, value));
  const next = () => steps.run("step", [inMemory(1), inMemory(2)], step);
  for (let i = 0; i < 5; i++) (await next()).dispose();
  const [there, gone] = [tf.fill([2], 7), inMemory(9)];
  gone.dispose();
  const said = await Promise.resolve()
    .then(() => steps.run("step", [there, gone], step))
    .then(() => "nothing", String);
  report("recorded steps, one that fails: an error", steps.size === 1 && said !== "nothing" ? 0 : 1, 0);
  report("recorded steps, one that fails: the next loss", distance([...(await (await next()).data())], [204]), 0);
  const reading = weight.data();
  (await next()).dispose();
  report("recorded steps, read while one runs: as it was", distance(await reading, [6 * 204]), 0);
  report("recorded steps, read while one runs: read again", distance(await weight.data(), [7 * 204]), 0);
}

/** A step that fails as it is recorded is undone, and what comes next is right: it is recorded at the next try. */
if ("recorded steps, one that fails as it is recorded".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const [moved, changed] = [tf.variable(tf.fill([3], 1)), tf.variable(tf.fill([3], 1), false)];
  const { gpu } = openedGpu();
  const used = () => [tf.memory().numTensors, gpu.backend.memory().numBytesInGPU].join();
  const x = tf.ones([3]);
  let [calls, losses, wrong] = [0, [], new Set([4])];
  const step = ([given]) => {
    moved.assign(tf.add(moved, given));
    fused.follow([{ average: changed, now: given }], 0.5);
    const loss = tf.sum(tf.mul(moved, changed));
    if (wrong.has(++calls)) throw new Error("failed");
    return loss;
  };
  const steps = new CompiledSteps([moved, changed]);
  const next = () => steps.run("step", [x], (given) => tf.tidy(() => step(given)));
  const said = [];
  let before;
  for (let i = 0; i < 6; i++) {
    if (i === 2) before = used();
    try {
      const loss = await next();
      losses.push(...(await loss.data()));
      loss.dispose();
    } catch ({ message }) {
      said.push(message);
      gpu.flush();
      said.push(used() === before ? "nothing is left" : `${before} and then ${used()}`);
    }
  }
  report(`recorded steps, one that fails as it is recorded: ${said}`, String(said) === "failed,nothing is left" ? 0 : 1, 0); // prettier-ignore
  report("recorded steps, one that fails as it is recorded: losses", distance(losses, [6, 9, 12, 15, 18]), 0);
  report("recorded steps, one that fails as it is recorded: is recorded later", steps.size === 1 ? 0 : 1, 0);
  steps.dispose();
}

/** Recorded evaluations are of the network as it is, whatever changed it: the same bits as those that are computed as they stand. */
if ("recorded steps, evaluations".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const network = models.build("tiny", { classes: 10, seed: 1 });
  const all = [...network.weights, ...network.statistics].map(({ variable }) => variable);
  const recorder = new CompiledSteps(all);
  const options = { normalization: data.CIFAR_NORMALIZATION, batchSize: 10 };
  const examples = few("test", 5);
  const nudge = ([share]) =>
    tf.tidy(() => {
      for (const one of all) fused.follow([{ average: one, now: tf.mul(share, tf.onesLike(one)) }], 0.1);
      return tf.sum(all[0]);
    });
  const copies = [];
  const replays = countReplays();
  for (const [name, change] of Object.entries({
    "as it was made": () => undefined,
    "after recorded steps": async () => {
      for (let i = 0; i < 6; i++) {
        const share = tf.scalar(i / 10);
        (await recorder.run("nudge", [share], nudge)).dispose();
        share.dispose();
      }
    },
    "assigned to": () => all[0].assign(tf.mul(all[0], 2)),
    "copied, and changed": async () => {
      copies.push(network.copy());
      const share = tf.scalar(0.3);
      for (let i = 0; i < 6; i++) (await recorder.run("nudge", [share], nudge)).dispose();
    },
  })) {
    await change();
    for (const [what, find] of Object.entries({ predict, features })) {
      const [recorded, plain] = [
        await find(network, examples, options, recorder),
        await find(network, examples, options),
      ];
      const differing = plain.filter((value, i) => !Object.is(value, recorded[i])).length;
      report(
        `recorded steps, evaluations: ${what} ${name}, numbers that differ`,
        differing + (plain.length - recorded.length),
        0,
      );
    }
  }
  const reasons = [...recorder.reasons.values()].join();
  report(`recorded steps, evaluations: too few replays ${reasons}`, Math.max(0, 12 - replays.stop()), 0);
  recorder.dispose();
}

/** What chance decides is drawn for each step, and not once for all. */
if ("recorded steps, by chance".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const weight = tf.variable(tf.ones([64]));
  const steps = new CompiledSteps([weight]);
  const drop = ([x]) => tf.tidy(() => (weight.assign(tf.add(weight, tf.dropout(x, 0.5))), tf.sum(weight)));
  const [x, kinds] = [tf.ones([64]), new Set()];
  let before = await weight.data();
  for (let i = 0; i < 6; i++) {
    (await steps.run("step", [x], drop)).dispose();
    const now = await weight.data();
    kinds.add(now.map((value, j) => value - before[j]).join());
    before = now;
  }
  report("recorded steps, by chance: is not recorded", steps.size, 0);
  report("recorded steps, by chance: steps that repeat another", 6 - kinds.size, 0);
  // What rarely comes about may come about alike as the step stands and as it would be recorded.
  const stream = random.stream(1, "rare");
  for (const [name, draw] of Object.entries({
    "Math.random": () => Math.random(),
    "a stream": () => stream.uniform(),
  })) {
    const rare = ([x]) => tf.tidy(() => tf.sum(draw() < 0 ? tf.neg(x) : x));
    for (let i = 0; i < 6; i++) (await steps.run(name, [x], rare)).dispose();
    report(`recorded steps, by chance that rarely matters, of ${name}: is not recorded`, steps.size, 0);
  }
}

/** Integers that were cast are floats to our programs too, and to what is recorded of them. */
if ("integers as floats".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const whole = tf.tensor4d(
    Int32Array.from({ length: 32 }, (_, i) => i - 9),
    [2, 2, 2, 4],
    "int32",
  );
  const pooled = await tf.tidy(() => fused.globalAveragePool(tf.cast(whole, "float32"))).data();
  report("integers as floats: pooled", distance(pooled, [-3, -2, -1, 0, 13, 14, 15, 16]), 0);
  const steps = new CompiledSteps([]);
  for (const [dtype, least] of [
    ["int32", -9],
    ["bool", 0],
  ]) {
    const cast = ([x]) => tf.tidy(() => tf.cast(tf.cast(x, dtype), "float32"));
    let made;
    for (let i = 0; i < 5; i++) {
      made?.dispose();
      made = await steps.run(dtype, [tf.cast(whole, "float32")], cast);
    }
    const expected = Array.from({ length: 32 }, (_, i) => (least < 0 ? i - 9 : +(i !== 9)));
    report(`integers as floats: ${dtype}, recorded`, distance([...(await made.data())], expected), 0);
  }
  report("integers as floats: steps that were not recorded", 2 - steps.size, 0);
}

/** The gradient of a mean over windows that reach into the padding, as it stands and recorded. */
if ("padded means".includes(text)) {
  const dy = tf.tensor1d(Array.from({ length: 2 * 5 * 6 * 4 }, (_, i) => Math.sin(0.3 * i)));
  const image = tf.tensor1d(Array.from({ length: 2 * 9 * 12 * 4 }, (_, i) => Math.sin(0.7 * i)));
  const gradient = ([x, y]) =>
    tf.tidy(() =>
      tf.grad((given) => tf.avgPool(given, 3, 2, "same"))(x.reshape([2, 9, 12, 4]), y.reshape([2, 5, 6, 4])),
    );
  const [expected] = await on("simd", () => [gradient([image, dy])]);
  const [asItStands] = await on("webgpu", () => [gradient([image, dy])]);
  report("padded means: gradient", distance(asItStands, expected), 1e-6);
  process.env.LONGTAIL_CAPTURE = "1";
  const steps = new CompiledSteps([]);
  let made;
  for (let i = 0; i < 5; i++) {
    made?.dispose();
    made = await steps.run("gradient", [image, dy], gradient);
  }
  report("padded means: recorded", distance(await made.data(), expected), 1e-6);
  report("padded means: steps that were not recorded", 1 - steps.size, 0);
}

/** Clones of what a recorded step changes keep their numbers, and it goes on. */
if ("recorded steps, a clone".includes(text)) {
  await device.use("webgpu");
  process.env.LONGTAIL_CAPTURE = "1";
  const [weight, velocity] = [tf.variable(tf.fill([4], 1)), tf.variable(tf.fill([4], 0), false)];
  const steps = new CompiledSteps([weight, velocity]);
  const x = tf.ones([4]);
  const step = async () => {
    const sgd = ([given]) =>
      tf.tidy(() => {
        fused.sgd([weight], [given], [velocity], { learningRate: 1, momentum: 0 });
        return tf.sum(weight);
      });
    (await steps.run("step", [x], sgd)).dispose();
  };
  for (let i = 0; i < 4; i++) await step();
  const clones = [];
  for (let i = 0; i < 3; i++) {
    clones.push(weight.clone());
    await step();
    await step();
  }
  const kept = await Promise.all(clones.map((clone) => tf.add(clone, 0).data()));
  report("recorded steps, a clone: is recorded", steps.size === 1 ? 0 : 1, 0);
  report(
    "recorded steps, a clone: numbers of clones",
    distance(
      kept.map(([one]) => one),
      [-3, -5, -7],
    ),
    0,
  );
  report("recorded steps, a clone: numbers of the variable", distance(await weight.data(), [-9, -9, -9, -9]), 0);
}

/** Tiles are measured whether steps are recorded or not: both are cut alike. */
if ("steps that are not recorded are measured".includes(text)) {
  await device.use("webgpu");
  const { LONGTAIL_TUNE = "" } = process.env;
  Object.assign(process.env, { LONGTAIL_CAPTURE: "0", LONGTAIL_TUNE: "1" });
  const { cache, tiles } = openedGpu();
  cache.save = () => Promise.resolve();
  tiles.asked.clear(); // by the cases before
  const [filter, x] = [tf.variable(tensor(numbers([3, 3, 4, 4]))), tensor(numbers([1, 5, 5, 4]))];
  const steps = new CompiledSteps([filter]);
  const before = tiles.all.size;
  await steps.run("step", [x], ([given]) => tf.tidy(() => tf.sum(tf.conv2d(given, filter, 1, "same"))));
  Object.assign(process.env, { LONGTAIL_TUNE });
  report("steps that are not recorded are measured", tiles.all.size > before ? 0 : 1, 0);
}

/** Half precision: what is multiplied has 11 bits, and training goes the same way. */
if ("half precision".includes(text)) {
  await device.use("webgpu");
  const { gpu } = openedGpu();
  if (!gpu.device.features.has("shader-f16")) console.error("half precision: skipped, this GPU has none (shader-f16)");
  else await halfPrecision();
  await device.use("webgpu", { precision: "single" });
}

async function halfPrecision() {
  for (const [count, size, from, to, stride] of [
    [4, 9, 8, 12, 1],
    [3, 8, 16, 32, 2],
    [2, 8, 3, 16, 1],
  ]) {
    const inputs = [
      [count, size, size, from],
      [3, 3, from, to],
    ].map((shape) => numbers(shape));
    const side = Math.floor((size - 1) / stride) + 1;
    const dy = { shape: [count, side, side, to], values: slopes(count * side * side * to).map((one) => one * 1e-6) };
    const computed = async (name, precision) => {
      await device.use(name, { precision });
      const made = tf.tidy(() => {
        const [x, filter] = inputs.map(tensor);
        const of = (x, filter) => tf.conv2d(x, filter, stride, 1);
        return [of(x, filter), ...tf.grads(of)([x, filter], tensor(dy))];
      });
      const values = await Promise.all(made.map((one) => one.data()));
      tf.dispose(made);
      return values;
    };
    const [half, exact] = [await computed("webgpu", "half"), await computed("simd", "single")];
    const error = Math.max(...half.map((one, i) => distance(one, exact[i])));
    report(`half precision, ${from} to ${to} channels by ${stride}`, error, 3e-3);
    report(`half precision, ${from} to ${to} channels by ${stride}: is used`, error > 1e-5 ? 0 : 1, 0);
  }
  const images = { train: few("train", [60, 40, 30, 20, 15, 10, 8, 6, 5, 4]), test: few("test", 20) };
  const losses = async (precision) => {
    await device.use("webgpu", { precision });
    const { records } = await train.fit({ data: images, ...recipe, epochs: 6, schedule: "paper" });
    return records.map(({ loss }) => loss);
  };
  const [half, single] = [await losses("half"), await losses("single")];
  report("half precision, training losses of six epochs", distance(half, single), 0.03);
}

/** Another cut of the work gives the same numbers but for the order of sums, and is known from then on. */
if ("measured tiles".includes(text)) {
  await device.use("webgpu");
  const { gpu, tiles } = openedGpu();
  const shapes = [[4, 9, 9, 8], [3, 3, 8, 12], [12], [12]]; // prettier-ignore
  const inputs = shapes.map((shape) => numbers(shape));
  const compute = async () => {
    const made = tf.tidy(() => {
      const given = inputs.map(tensor);
      const of = (x, filter, gamma, beta) => fused.convBatchNorm({ x, filter, gamma, beta }).y;
      const y = of(...given);
      return [y, ...tf.grads(of)(given, tf.tensor(slopes(y.size), y.shape))];
    });
    return Promise.all(made.map((one) => one.data()));
  };
  const before = await compute();
  const asked = tiles.unmeasured.length;
  await tune(gpu, tiles, { candidates: 2 });
  const after = await compute();
  report("measured tiles: work left to measure", asked > 0 ? tiles.unmeasured.length : Infinity, 0);
  report("measured tiles: results", Math.max(...after.map((one, i) => distance(one, before[i]))), 1e-6);
}

console.error(`${cases} cases, ${failures} failed`);
process.exit(failures > 0 || cases === 0 ? 1 : 0);
