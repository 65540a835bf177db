import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { expect, test } from "vitest";
import { GpuError, Health, watch } from "../../../../src/backend/webgpu/health.js";

class GPUOutOfMemoryError {
  constructor(readonly message: string) {}
}
class GPUValidationError {
  constructor(readonly message: string) {}
}

/** A device as far as its health goes. */
function fake() {
  let tell: (event: unknown) => void = () => {};
  let lose: (info: { reason: string; message: string }) => void = () => {};
  const device = {
    addEventListener: (_: string, listener: typeof tell) => (tell = listener),
    lost: new Promise((resolve) => (lose = resolve)),
  } as unknown as GPUDevice;
  const health = new Health(device);
  return { health, error: (error: unknown) => tell({ error }), lose };
}

test("a device that is well is let be", () => {
  expect(() => fake().health.check()).not.toThrow();
});

test.each([
  [
    new GPUOutOfMemoryError("out of memory\n - while calling"),
    /^The GPU's memory is full \(out of memory\)\. Smaller batches/,
  ],
  [
    new GPUValidationError("Buffer size (8) exceeds the max buffer size limit (4).\n - while"),
    /^A tensor is too large for this GPU \(Buffer size \(8\) exceeds the max buffer size limit \(4\)\)\./,
  ],
  [
    new GPUValidationError("Binding size (8) of [Buffer] is larger than the maximum storage buffer binding size (4)."),
    /^A tensor is too large for this GPU \(Binding size \(8\) of \[Buffer\] is larger than/,
  ],
  [new GPUValidationError("bad shader"), /^The GPU refused a command, which is a mistake of longtail's: bad shader/],
])("what WebGPU tells aside is an error at the next command, and says what to do: %j", (told, message) => {
  const { health, error } = fake();
  error(told);
  error(new GPUValidationError("what follows from the first"));
  const thrown = { name: GpuError.name, message: expect.stringMatching(message) as string };
  expect(() => health.check()).toThrow(expect.objectContaining(thrown) as Error);
});

test.each([
  [new GPUOutOfMemoryError("out of memory"), "The GPU's memory is full (out of memory)"],
  [new GPUValidationError("bad shader"), "The GPU refused a command, which is a mistake of longtail's: bad shader"],
])("what was too large or refused is told once, and again of what is computed of it: %j", (first, message) => {
  const { health, error } = fake();
  const said = new GPUValidationError("[Invalid Buffer] is invalid due to a previous error.");
  for (const told of [first, said]) {
    error(told);
    expect(() => health.check()).toThrow(message);
    expect(() => health.check()).not.toThrow();
  }
  error(said);
  health.forgetTold();
  expect(() => health.check()).not.toThrow();
  error(new GPUValidationError("another"));
  health.forgetTold();
  expect(() => health.check()).toThrow("another");
});

test("a lost device is one, unless it was given back", async () => {
  const [lost, returned] = [fake(), fake()];
  lost.error(new GPUOutOfMemoryError("out of memory"));
  lost.lose({ reason: "unknown", message: "driver reset" });
  returned.lose({ reason: "destroyed", message: "" });
  await Promise.resolve();
  for (const call of [() => lost.health.check(), () => lost.health.forgetTold(), () => lost.health.check()])
    expect(call).toThrow(/^The GPU was lost \(driver reset\).*last checkpoint.*LONGTAIL_DEVICE=simd/);
  expect(() => returned.health.check()).not.toThrow();
});

test("trouble is an error as a program gets its buffers, and as numbers are read", async () => {
  const { health, error } = fake();
  const group = {} as GPUBindGroup;
  const numbers = new ArrayBuffer(4);
  const device = { createBindGroup: () => group };
  let read = () => Promise.resolve(numbers);
  const backend = { device, getBufferData: () => read() } as unknown as WebGPUBackend;
  watch(backend, health);
  expect(backend.device.createBindGroup({} as never)).toBe(group);
  expect(await backend.getBufferData({} as never)).toBe(numbers);
  error(new GPUValidationError("bad shader"));
  expect(() => backend.device.createBindGroup({} as never)).toThrow("bad shader");
  error(new GPUValidationError("bad shader"));
  await expect(backend.getBufferData({} as never)).rejects.toThrow("bad shader");
  read = () => Promise.reject(new Error("nothing to map"));
  error(new GPUValidationError("bad shader"));
  await expect(backend.getBufferData({} as never)).rejects.toThrow("bad shader");
});
