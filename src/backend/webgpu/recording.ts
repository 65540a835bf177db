/** A command of the GPU, as it was given to an encoder. */
type Command =
  | {
      readonly pipeline: GPUComputePipeline;
      readonly group: GPUBindGroup;
      readonly grid: readonly [number, number, number];
    }
  | { readonly copy: Parameters<GPUCommandEncoder["copyBufferToBuffer"]> };

/** Commands that were recorded while they ran, to be given again and again. */
export class Recording {
  private readonly commands: Command[] = [];
  /** Buffers that the recorded programs use. */
  readonly used = new Set<GPUBuffer>();

  /** Runs what gives commands, and keeps them. Not to be nested. */
  static of(device: GPUDevice, give: () => void): Recording {
    const recording = new Recording();
    const restore = recording.listen(device);
    try {
      give();
    } finally {
      restore();
    }
    return recording;
  }

  get length(): number {
    return this.commands.length;
  }

  add(copy: Parameters<GPUCommandEncoder["copyBufferToBuffer"]>): void {
    this.commands.push({ copy });
  }

  /** Gives all commands to an encoder. */
  encode(encoder: GPUCommandEncoder): void {
    let pass: GPUComputePassEncoder | undefined;
    let last: GPUComputePipeline | undefined;
    for (const command of this.commands) {
      if ("copy" in command) {
        pass?.end();
        [pass, last] = [undefined, undefined];
        encoder.copyBufferToBuffer(...command.copy);
        continue;
      }
      pass ??= encoder.beginComputePass();
      const { pipeline, group, grid } = command;
      if (pipeline !== last) pass.setPipeline(pipeline);
      last = pipeline;
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...grid);
    }
    pass?.end();
  }

  /** Listens at the prototypes: TensorFlow.js's commands have no other place where all of them pass. */
  private listen(device: GPUDevice): () => void {
    const [pass, encoder] = [GPUComputePassEncoder.prototype, GPUCommandEncoder.prototype];
    /* eslint-disable @typescript-eslint/unbound-method -- each is called on what it would have been called on */
    const { setPipeline, setBindGroup, dispatchWorkgroups } = pass;
    const { copyBufferToBuffer } = encoder;
    const { createBindGroup } = device;
    /* eslint-enable @typescript-eslint/unbound-method */
    const { commands, used } = this;
    let pipeline: GPUComputePipeline;
    let group: GPUBindGroup;
    pass.setPipeline = function (given) {
      pipeline = given;
      return setPipeline.call(this, given);
    };
    pass.setBindGroup = function (...given: unknown[]) {
      group = given[1] as GPUBindGroup;
      return setBindGroup.apply(this, given as never);
    };
    pass.dispatchWorkgroups = function (x, y = 1, z = 1) {
      commands.push({ pipeline, group, grid: [x, y, z] });
      return dispatchWorkgroups.call(this, x, y, z);
    };
    encoder.copyBufferToBuffer = function (...copy) {
      commands.push({ copy });
      used.add(copy[0]);
      return copyBufferToBuffer.apply(this, copy);
    };
    device.createBindGroup = function (descriptor) {
      for (const { resource } of descriptor.entries) used.add((resource as GPUBufferBinding).buffer);
      return createBindGroup.call(this, descriptor);
    };
    return () => {
      Object.assign(pass, { setPipeline, setBindGroup, dispatchWorkgroups });
      Object.assign(encoder, { copyBufferToBuffer });
      Object.assign(device, { createBindGroup });
    };
  }
}
