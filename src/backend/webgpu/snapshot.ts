import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Gpu } from "./gpu.js";

/** Copies of variables on the GPU. */
export class Snapshot {
  private constructor(
    private readonly gpu: Gpu,
    private readonly variables: readonly Variable[],
    private readonly copies: readonly GPUBuffer[],
  ) {}

  static of(gpu: Gpu, variables: readonly Variable[]): Snapshot {
    const sources = variables.map((variable) => gpu.buffer(variable));
    gpu.flush();
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const copies = sources.map(({ size }) => gpu.device.createBuffer({ size, usage }));
    transfer(gpu, sources, copies);
    return new Snapshot(gpu, variables, copies);
  }

  /** Gives the variables back what they held. */
  restore(): void {
    const { gpu, variables, copies } = this;
    const targets = variables.map((variable) => gpu.buffer(variable));
    gpu.flush();
    transfer(gpu, copies, targets);
    gpu.changed(...variables);
  }

  /** Whether the variables hold the same now, bit for bit, and so does the second of two tensors as the first. */
  async isNow([first, second]: readonly [Tensor, Tensor]): Promise<boolean> {
    const { gpu, variables, copies } = this;
    const now = variables.map((variable) => gpu.buffer(variable));
    const [mine, theirs] = [
      [...copies, gpu.buffer(first)],
      [...now, gpu.buffer(second)],
    ];
    for (const [i, buffer] of mine.entries()) {
      const [a, b] = [await gpu.backend.getBufferData(buffer), await gpu.backend.getBufferData(theirs[i]!)];
      if (Buffer.compare(Buffer.from(a), Buffer.from(b)) !== 0) return false;
    }
    return true;
  }

  dispose(): void {
    for (const copy of this.copies) copy.destroy();
  }
}

function transfer(gpu: Gpu, from: readonly GPUBuffer[], to: readonly GPUBuffer[]): void {
  const encoder = gpu.device.createCommandEncoder();
  from.forEach((source, i) => encoder.copyBufferToBuffer(source, 0, to[i]!, 0, source.size));
  gpu.device.queue.submit([encoder.finish()]);
}
