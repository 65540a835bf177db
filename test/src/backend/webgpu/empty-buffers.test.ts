import { expect, test, vi } from "vitest";
import { bindEmptyBuffers } from "../../../../src/backend/webgpu/empty-buffers.js";

test("each buffer of no bytes is bound as one of its own with room for a vec4f; others as they are", () => {
  vi.stubGlobal("GPUBufferUsage", { STORAGE: 128 });
  const bound: GPUBindGroupDescriptor[] = [];
  const device = {
    createBuffer: (about: GPUBufferDescriptor) => ({ ...about }),
    createBindGroup: (descriptor: GPUBindGroupDescriptor) => bound.push(descriptor),
  } as unknown as GPUDevice;
  bindEmptyBuffers(device);
  const entry = (binding: number, size: number) => ({ binding, resource: { buffer: { size } as GPUBuffer } });
  const [full, ...empty] = [entry(0, 8), entry(1, 0), entry(2, 0)];
  const plain = { label: "full", layout: {} as GPUBindGroupLayout, entries: [full] };
  device.createBindGroup(plain);
  device.createBindGroup({ ...plain, label: "empty", entries: [full, ...empty] });
  vi.unstubAllGlobals();
  expect(bound[0]).toBe(plain);
  expect(bound[1]).toMatchObject({ label: "empty", entries: [full, entry(1, 16), entry(2, 16)] });
  const [, one, other] = [...bound[1]!.entries].map(({ resource }) => (resource as GPUBufferBinding).buffer);
  expect(one).not.toBe(other);
});
