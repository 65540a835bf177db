/**
 * What half precision on a GPU does to accuracy, without one: the same runs with what convolutions of training multiply
 * rounded to float16, gradients 1,024 times as large, and sums of float32, as matrices of subgroups (tensor cores) have it.
 *
 *     node test/evidence/half.mjs [--seeds 0,1,...,14] [--data plain-stickers] [--head 200] [--model tiny] [--epochs 30]
 *
 * Prints a line of JSON for each run, and mean ± half the 95 % interval of the difference of each method.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { device, experiment, train } from "longtail";
import { METHODS } from "./ce-and-ldam.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14" },
    data: { type: "string", default: "plain-stickers" },
    head: { type: "string", default: "200" },
    model: { type: "string", default: "tiny" },
    epochs: { type: "string", default: "30" },
  },
});
const [head, epochs] = [Number(options.head), Number(options.epochs)];
const GRADIENT_SCALE = 1024;

/** Rounded to float16: 11 bits (Veltkamp's split, in float32), steps of 2^-24 below 2^-14. */
function rounded(x, scale) {
  const v = Math.fround(x * scale);
  if (Math.abs(v) >= 65_520) return v * Infinity;
  if (Math.abs(v) < 2 ** -14) return Math.round(v * 2 ** 24) / 2 ** 24 / scale;
  const c = Math.fround(v * 8193);
  return Math.fround(c - Math.fround(c - v)) / scale;
}
for (const [x, half] of [
  [1 + 2 ** -11, 1],
  [1 + 3 * 2 ** -11, 1 + 2 ** -9],
  [0.1, 0.0999755859375],
  [2.9e-8, 0],
  [4e-8, 2 ** -24],
  [65_504, 65_504],
])
  if (rounded(x, 1) !== half) throw new Error(`float16 of ${x}: expected ${half}, found ${rounded(x, 1)}`);

let isHalf = false;
/** Convolutions composed of TensorFlow.js's, whose kernels round their factors where it is asked for. */
function roundFactors() {
  for (const name of ["ConvBatchNorm", "ResidualBlock"])
    for (const { kernelName } of tf.getKernelsForBackend("simd"))
      if (kernelName.startsWith(name)) tf.unregisterKernel(kernelName, "simd");
  for (const kernelName of ["Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"]) {
    const { kernelFunc } = tf.getKernel(kernelName, "simd");
    tf.unregisterKernel(kernelName, "simd");
    const inHalf = ({ inputs, backend, attrs }) => {
      // Evaluation is as exact as ever: nothing is differentiated then.
      if (!isHalf || (kernelName === "Conv2D" && tf.engine().state.gradientDepth === 0))
        return kernelFunc({ inputs, backend, attrs });
      const made = Object.entries(inputs).map(([name, { dataId, shape }]) => {
        const scale = name === "dy" ? GRADIENT_SCALE : 1;
        return [
          name,
          backend.makeTensorInfo(
            shape,
            "float32",
            backend.readSync(dataId).map((x) => rounded(x, scale)),
          ),
        ];
      });
      const result = kernelFunc({ inputs: Object.fromEntries(made), backend, attrs });
      for (const [, { dataId }] of made) backend.disposeData(dataId);
      return result;
    };
    tf.registerKernel({ kernelName, backendName: "simd", kernelFunc: inHalf });
  }
}

await device.use("simd");
roundFactors();
const schedule = {
  ...{ name: "steps", rate: 0.05, warmup: epochs / 20, warmupBy: "step", factor: 0.1 },
  at: [0.7, 0.9].map((share) => Math.round(share * epochs)),
};
const lines = [];
for (const seed of options.seeds.split(",").map(Number)) {
  const data = await experiment.longTailed({ name: options.data, head, rho: 100, seed });
  for (const [method, how] of Object.entries(METHODS))
    for (const precision of ["single", "half"]) {
      isHalf = precision === "half";
      const common = { model: options.model, epochs, batchSize: 32, schedule, augmentation: { pad: 0 } };
      const { last, records } = await train.fit({
        data,
        ...common,
        ...how,
        seed,
        evaluateEvery: epochs,
        progress: false,
      });
      const accuracy = Number((100 * last.confusion.accuracy).toFixed(2));
      lines.push({ method, seed, precision, accuracy, loss: records.at(-1).loss });
      console.log(JSON.stringify(lines.at(-1)));
    }
}
for (const method of Object.keys(METHODS)) {
  const of = (precision) => lines.filter((one) => one.method === method && one.precision === precision);
  const pairs = of("half").map(({ accuracy }, i) => accuracy - of("single")[i].accuracy);
  if (pairs.length < 2) continue;
  const { mean, half } = experiment.effect({ claim: method, from: "this run", values: pairs });
  console.log(
    `${method}: half precision ${mean.toFixed(2)} ± ${half.toFixed(2)} points of accuracy (n = ${pairs.length})`,
  );
}
process.exit(0);
