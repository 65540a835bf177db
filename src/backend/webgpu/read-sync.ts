import type { DataId } from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { Internals, TensorEntry } from "./gpu.js";

/**
 * Says what to do where TensorFlow.js asks for numbers at once that lie on the GPU: it draws them on a web page's canvas, which
 * Node.js has not. It asks where they are read by `dataSync()`, and where another device is to compute with them.
 */
export function explainReadSync(backend: WebGPUBackend): void {
  const [read, { tensorMap }] = [backend.readSync.bind(backend), backend as unknown as Internals];
  backend.readSync = (id: DataId) => {
    const { values, resource } = tensorMap.get(id);
    if (values || !resource) return read(id);
    throw new Error(
      "expected numbers that are in memory, found a tensor whose numbers are on the GPU, from where they cannot be had at " +
        "once. Read them by `await tensor.data()`; after that another device can compute with them too. A classifier goes to " +
        "another device by classifier.save(path) before device.use, and train.loadClassifier(path) after it",
    );
  };
}

/** Numbers that a program changed while they were read are the reader's, and not kept as the tensor's. */
export function forgetOldReads(backend: WebGPUBackend): void {
  const [read, { tensorMap }] = [backend.read.bind(backend), backend as unknown as Internals];
  backend.read = async (id: object) => {
    const entry = tensorMap.get(id) as TensorEntry | undefined;
    const before = entry?.changes;
    const values = await read(id);
    if (entry && entry.changes !== before) entry.values = null;
    return values;
  };
}
