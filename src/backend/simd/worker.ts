import { workerData } from "node:worker_threads";
import { compute, type Shared } from "./job.js";

// One thread of the pool: waits for jobs, and ends with the process.
const shared = workerData as Shared;
const control = new Int32Array(shared.control);
const { exports } = new WebAssembly.Instance(shared.module, { env: { memory: shared.memory, abort: trapped } });
const kernels = shared.kernels.map((name) => exports[name] as (...args: number[]) => void);
compute(control, new Float64Array(shared.args), kernels, shared.thread);

function trapped(): never {
  throw new Error("a kernel was called with wrong arguments");
}
