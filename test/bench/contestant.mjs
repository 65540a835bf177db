/**
 * One backend of TensorFlow.js, timed on request: a line of standard input is a task, ["train", 128] for instance, and its
 * answer a line {"seconds": 0.5}: of one step, in a loop of about a second after a step that does not count.
 *
 *     node contestant.mjs simd|tensorflow|wasm|cpu      LONGTAIL_THREADS as ever
 */
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import { layersModel } from "./layers.mjs";
import * as resnet32 from "./resnet32.mjs";

const [backend] = process.argv.slice(2);
/** The fused operations where there are kernels for them; elsewhere they would be composed of the same as without. */
const own = backend === "simd" || backend === "tensorflow";
const fused = own ? await import("../../dist/src/backend/fused/index.js") : undefined;
if (own) await (await import("../../dist/src/backend/device.js")).use(backend);
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its backend "${backend}"`);

/** What a task prepares, and then does again and again. */
const tasks = {
  train(count) {
    const state = resnet32.variables(fused);
    const data = resnet32.batch(0, count);
    return () => resnet32.step(state, data);
  },
  evaluate(count) {
    const state = resnet32.variables(fused);
    const { images } = resnet32.batch(0, count);
    return () => tf.tidy(() => resnet32.model(state, images, false).dataSync());
  },
  layers(count) {
    const model = layersModel();
    const { images, labels } = resnet32.batch(0, count);
    return () => model.trainOnBatch(images, labels);
  },
  conv(count, size, inputs, outputs, kernel, stride) {
    const x = tf.randomNormal([count, size, size, inputs]);
    const filter = tf.randomNormal([kernel, kernel, inputs, outputs]);
    return () => tf.dispose(tf.conv2d(x, filter, stride, kernel >> 1));
  },
  matMul(rows, inner, columns) {
    const [a, b] = [tf.randomNormal([rows, inner]), tf.randomNormal([inner, columns])];
    return () => tf.dispose(tf.matMul(a, b));
  },
};

async function seconds(run, times) {
  const from = performance.now();
  for (let i = 0; i < times; i++) await run();
  return (performance.now() - from) / 1000 / times;
}

const prepared = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  if (!prepared.has(line)) {
    const [name, ...args] = JSON.parse(line);
    const run = tasks[name](...args);
    await run();
    // For about a second: a single step after a pause finds caches and memory as a training loop does not.
    prepared.set(line, { run, times: Math.ceil(1 / (await seconds(run, 1))) });
  }
  const { run, times } = prepared.get(line);
  await run();
  console.log(JSON.stringify({ seconds: await seconds(run, times) }));
}
process.exit(0);
