import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

type Manager = WebGPUBackend["bufferManager"];
interface Open {
  usedBuffers: Map<string, GPUBuffer[]>;
}

/**
 * Buffers of a recorded step, apart from TensorFlow.js's: what it gives back during the recording may serve again within it,
 * but never outside. What was uploaded for the step (constants, uniforms) is never used for anything else.
 */
export class GraphBuffers {
  private readonly manager: Manager;
  private readonly pinned = new Set<GPUBuffer>();
  private readonly owned = new Set<GPUBuffer>();

  constructor(private readonly backend: WebGPUBackend) {
    const outside = backend.bufferManager;
    this.manager = new (outside.constructor as new (device: GPUDevice) => Manager)(backend.device);
    const { manager, pinned, owned } = this;
    const [acquire, release] = [manager.acquireBuffer.bind(manager), manager.releaseBuffer.bind(manager)];
    manager.acquireBuffer = (size, usage, mapped = false, reuse = true) => {
      const isConstant = mapped || (usage & GPUBufferUsage.UNIFORM) !== 0;
      const buffer = acquire(size, usage, mapped, isConstant ? false : reuse);
      owned.add(buffer);
      if (isConstant) pinned.add(buffer);
      return buffer;
    };
    manager.releaseBuffer = (buffer, reuse = true) => {
      if (pinned.has(buffer)) return;
      const mine = (manager as unknown as Open).usedBuffers.get(`${buffer.size}_${buffer.usage}`)?.includes(buffer);
      if (mine) release(buffer, reuse);
      else outside.releaseBuffer(buffer, reuse);
    };
  }

  /** Lets TensorFlow.js take its buffers from here for the time of a call. */
  during(call: () => void): void {
    const { backend } = this;
    const outside = backend.bufferManager;
    backend.bufferManager = this.manager;
    try {
      call();
    } finally {
      backend.bufferManager = outside;
    }
  }

  has(buffer: GPUBuffer): boolean {
    return this.owned.has(buffer);
  }

  get bytes(): number {
    return this.manager.numBytesAllocated;
  }

  destroy(): void {
    this.owned.forEach((buffer) => buffer.destroy());
    this.owned.clear();
  }
}
