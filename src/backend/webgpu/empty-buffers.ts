/** Bytes of the smallest array that a program may read: one of vec4f. */
const ROOM = 16;

/**
 * Lets programs be given tensors of nothing, ours and TensorFlow.js's: the sum over an inner side of 0 is 0. WebGPU refuses to
 * bind a buffer of no bytes, and all that comes after it in the list of commands; instead it gets zeros that nobody reads.
 */
export function bindEmptyBuffers(device: GPUDevice): void {
  const bind = device.createBindGroup.bind(device);
  const isEmpty = (resource: GPUBindingResource): boolean => "buffer" in resource && resource.buffer.size === 0;
  // One for each: no two that a program writes to may be the same.
  const room = (): GPUBufferBinding => ({
    buffer: device.createBuffer({ size: ROOM, usage: GPUBufferUsage.STORAGE }),
  });
  device.createBindGroup = (descriptor) => {
    const entries = [...descriptor.entries];
    if (!entries.some(({ resource }) => isEmpty(resource))) return bind(descriptor);
    return bind({
      ...descriptor,
      entries: entries.map((one) => (isEmpty(one.resource) ? { ...one, resource: room() } : one)),
    });
  };
}
