import { beforeAll, describe, expect, test } from "vitest";
import { numbersOf, writeUploads } from "../../../../src/backend/webgpu/uploads.js";

beforeAll(() => {
  Object.assign(globalThis, { GPUBufferUsage: { STORAGE: 128, COPY_SRC: 4, COPY_DST: 8 } });
});

describe("numbersOf", () => {
  test("numbers are taken as a buffer has them, and copied only where they must be", () => {
    const [floats, whole] = [Float32Array.of(0.5, -1), Int32Array.of(1, -2)];
    expect(numbersOf({ values: floats, shape: [2], dtype: "float32", refCount: 1 })).toBe(floats);
    expect(numbersOf({ values: whole, shape: [1, 2], dtype: "int32", refCount: 1 })).toBe(whole);
    expect(numbersOf({ values: [1, 0.5], shape: [2], dtype: "float32", refCount: 1 })).toEqual(Float32Array.of(1, 0.5));
    expect(numbersOf({ values: Uint8Array.of(1, 0), shape: [2], dtype: "bool", refCount: 1 })).toEqual(
      Int32Array.of(1, 0),
    );
    const shared = new Float32Array(new SharedArrayBuffer(4));
    expect(numbersOf({ values: shared, shape: [], dtype: "float32", refCount: 1 })!.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test.each([
    { values: null, shape: [1], dtype: "float32" },
    { values: new Float32Array(0), shape: [0], dtype: "float32" },
    { values: [1], shape: [], dtype: "complex64" },
    { values: [1, 2], shape: [4], dtype: "float32" },
  ])("none of %j", (entry) => {
    expect(numbersOf({ ...entry, refCount: 1 })).toBeUndefined();
  });
});

/** A backend as far as uploads can tell, with tensors by number. */
function fake(tensors: readonly object[], mapState: "mapped" | "unmapped") {
  const place = new ArrayBuffer(8);
  const done: string[] = [];
  const buffer = { mapState, getMappedRange: () => place, unmap: () => done.push("unmap") };
  const backend = {
    tensorMap: { get: (id: number) => tensors[id] },
    uploadToGPU: (id: number) => done.push(`TensorFlow.js's ${id}`),
    bufferManager: { acquireBuffer: (size: number) => (done.push(`${size} bytes`), buffer) },
    queue: {
      writeBuffer: (_: unknown, at: number, numbers: Float32Array) => {
        new Float32Array(place).set(numbers, at);
        done.push("write");
      },
    },
  };
  writeUploads(backend as unknown as Parameters<typeof writeUploads>[0]);
  return { backend, buffer, done, numbers: () => [...new Float32Array(place)] };
}

test.each([
  ["mapped", "unmap"],
  ["unmapped", "write"],
] as const)("numbers get to a place that is %s", (mapState, how) => {
  const entry = { values: Float32Array.of(3, 4), shape: [2], dtype: "float32", refCount: 1 };
  const { backend, buffer, done, numbers } = fake([entry], mapState);
  backend.uploadToGPU(0);
  expect(numbers()).toEqual([3, 4]);
  expect(done).toEqual(["8 bytes", how]);
  expect(entry).toMatchObject({ resource: buffer, values: null });
});

test("what has a place, or no numbers in memory, is left to TensorFlow.js", () => {
  const there = { values: Float32Array.of(1), shape: [], dtype: "float32", resource: {} };
  const { backend, done } = fake([there, { values: null, shape: [1], dtype: "float32" }], "mapped");
  backend.uploadToGPU(0);
  backend.uploadToGPU(1);
  expect(done).toEqual(["TensorFlow.js's 0", "TensorFlow.js's 1"]);
});
