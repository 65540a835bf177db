/**
 * Whether this machine can do what the benchmarks need: opens its GPU through Dawn, multiplies matrices there and compares,
 * and reads images.
 *
 *     node test/bench/gpu/check.mjs
 */
import * as tf from "@tensorflow/tfjs";
import { data, device, experiment } from "longtail";
import { create, globals } from "webgpu";

const gpu = create([]);
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
if (!adapter) throw new Error("Dawn finds no GPU: is there a Vulkan driver (VK_DRIVER_FILES), and what it links to?");
const { vendor, architecture, device: model, description } = adapter.info;
console.log("adapter", { vendor, architecture, model, description, features: [...adapter.features].join(" ") });

await import("@tensorflow/tfjs-backend-webgpu");
const products = {};
for (const name of ["webgpu", "simd"]) {
  if (name === "simd") await device.use("simd");
  else if (!(await tf.setBackend(name))) throw new Error("TensorFlow.js could not start its backend webgpu");
  const [a, b] = [tf.randomUniform([256, 300], -1, 1, "float32", 1), tf.randomUniform([300, 128], -1, 1, "float32", 2)];
  products[name] = await tf.matMul(a, b).data();
}
const apart = products.simd.reduce((most, value, i) => Math.max(most, Math.abs(value - products.webgpu[i])), 0);
console.log(`matMul 256 x 300 x 128: webgpu is at most ${apart.toExponential(1)} from simd`);
if (!(apart < 1e-3)) throw new Error("expected below 1e-3");

const test = await data.load("cifar10", { split: "test" });
console.log(`${test.name}: ${test.shape[0]} images; the first ten are ${[...test.labels.slice(0, 10)].join(" ")}`);
const { name, train } = await experiment.longTailed({ name: "cifar10" });
console.log(`${name}: ${train.counts().join(" ")}; digest ${train.digest().slice(0, 16)}`);
process.exit(0);
