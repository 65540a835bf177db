import { util } from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { Internals, TensorEntry } from "./gpu.js";

const USAGE = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/**
 * Has the queue write numbers to where they belong. TensorFlow.js makes a buffer for each tensor that gets a used place, fills
 * it, copies it there and destroys it. What is written comes before all commands that still wait: a place that is free is used
 * by none of them.
 */
export function writeUploads(backend: WebGPUBackend): void {
  const { tensorMap } = backend as unknown as Internals;
  const upload = backend.uploadToGPU.bind(backend);
  backend.uploadToGPU = (dataId) => {
    const entry = tensorMap.get(dataId);
    const numbers = entry.resource ? undefined : numbersOf(entry);
    if (!numbers) return upload(dataId);
    const buffer = backend.bufferManager.acquireBuffer(numbers.byteLength, USAGE(), true);
    if (buffer.mapState === "unmapped") backend.queue.writeBuffer(buffer, 0, numbers);
    else {
      const place = buffer.getMappedRange();
      (numbers instanceof Int32Array ? new Int32Array(place) : new Float32Array(place)).set(numbers);
      buffer.unmap();
    }
    Object.assign(entry, { resource: buffer, values: null });
  };
}

/** A tensor's numbers as a buffer has them; undefined where they are not in memory, or are not as many as its shape says. */
export function numbersOf({
  values,
  dtype,
  shape,
}: TensorEntry): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | undefined {
  if (!values?.length || values.length !== util.sizeFromShape(shape) || !["float32", "int32", "bool"].includes(dtype))
    return undefined;
  const kind = dtype === "float32" ? Float32Array : Int32Array;
  // Those of threads that share memory are not taken.
  if (values instanceof kind && values.buffer instanceof ArrayBuffer) return values as Float32Array<ArrayBuffer>;
  return kind.from(values);
}
