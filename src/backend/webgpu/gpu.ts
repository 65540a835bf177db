import { env, util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { compileAsIs } from "./bounds.js";
import { Health, tooLarge, watch } from "./health.js";
import type { MatrixShape } from "./kernels/matrices.js";
import type { Program } from "./program.js";

/** Commands that are collected before they are handed to the GPU: as TensorFlow.js does it. */
const DISPATCHES_IN_PASS = 64;
/** What TensorFlow.js calls the same of its own commands. */
const OF_TENSORFLOW = "WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE";

/** What of TensorFlow.js's backend is private, and needed to add commands of one's own to its stream (version 4.22). */
export interface Internals {
  readonly device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  readonly commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  readonly tensorMap: { get(id: object): TensorEntry };
}

/** What it keeps of a tensor. */
export interface TensorEntry {
  values: ArrayLike<number> | null;
  readonly dtype: string;
  readonly shape: number[];
  resource?: GPUBuffer;
  refCount: number;
  /** How often a program changed its numbers where they lie. */
  changes?: number;
}

/** Numbers that TensorFlow.js has read of a tensor are no longer its. */
export function outdate(entry: TensorEntry): void {
  entry.values = null;
  entry.changes = (entry.changes ?? 0) + 1;
}

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly program: Program;
}

/** Buffers by the names of a program: those of tensors, or by themselves. */
export type Buffers = Readonly<Record<string, TensorInfo | GPUBuffer>>;

/** TensorFlow.js's WebGPU backend, and programs of our own in its stream of commands. */
export class Gpu {
  /** Whether convolutions of training multiply in half precision (kernels/precision.ts). */
  isHalf = false;
  /** What its subgroups multiply in half precision, where they can. */
  matrix: MatrixShape | undefined;
  private dispatchesInPass = DISPATCHES_IN_PASS;
  private readonly compiled = new Map<string, Compiled>();
  private readonly internals: Internals;
  /** Bytes of the largest tensor that a program can be given. */
  private readonly largest: number;

  constructor(
    readonly backend: WebGPUBackend,
    private readonly health = new Health(backend.device),
  ) {
    this.internals = backend as unknown as Internals;
    const { maxBufferSize, maxStorageBufferBindingSize } = backend.device.limits;
    this.largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    watch(backend, health);
  }

  /** @throws GpuError where the GPU was lost, its memory is full, or it refused a command */
  check(): void {
    this.health.check();
  }

  /** Ends what follows from trouble that was told: what comes next is not to blame. @throws GpuError where the GPU was lost */
  async settle(): Promise<void> {
    this.flush();
    await this.device.queue.onSubmittedWorkDone().catch(() => undefined);
    this.health.forgetTold();
  }

  get device(): GPUDevice {
    return this.backend.device;
  }

  /** Takes commands, once `backend.ensureCommandEncoderReady()` was called. */
  get encoder(): GPUCommandEncoder {
    return this.internals.commandEncoder!;
  }

  /** A tensor whose numbers are still arbitrary. @throws GpuError where no program could be given it */
  output(shape: readonly number[], dtype: "float32" | "int32" = "float32"): TensorInfo {
    const bytes = 4 * util.sizeFromShape(shape as number[]);
    if (bytes > this.largest) throw tooLarge(`${bytes} bytes, the most is ${this.largest}`);
    return this.backend.makeTensorInfo(shape as number[], dtype);
  }

  zeros(shape: readonly number[]): TensorInfo {
    return this.backend.makeTensorInfo(
      shape as number[],
      "float32",
      new Float32Array(util.sizeFromShape(shape as number[])),
    );
  }

  /** A tensor of given numbers. */
  constant(values: Float32Array | Int32Array, dtype: "float32" | "int32" = "float32"): TensorInfo {
    return this.backend.makeTensorInfo([values.length], dtype, values);
  }

  /** Gives tensors back that only passed from one program to another. */
  dispose(...tensors: readonly TensorInfo[]): void {
    for (const { dataId } of tensors) this.backend.disposeData(dataId);
  }

  /**
   * Runs a program over groups of threads.
   * @param key tells programs apart; `make` is called once for each
   * @throws GpuError as `check`
   */
  run<P extends Program>(key: string, make: () => P, grid: readonly [number, number?], buffers: Buffers): void {
    const { pipeline, layout, program } = this.compile(key, make);
    const { backend, internals } = this;
    const entries = program.names.map((name, binding) => {
      const given = buffers[name];
      if (!given) throw new Error(`The program ${key} needs the buffer "${name}"`);
      if (!("dataId" in given)) return { binding, resource: { buffer: given } };
      backend.uploadToGPU(given.dataId);
      internals.commandQueueOwnedIds.add(given.dataId);
      return { binding, resource: { buffer: internals.tensorMap.get(given.dataId).resource! } };
    });
    const group = this.device.createBindGroup({ layout, entries });
    backend.ensureCommandEncoderReady();
    const pass = (internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass());
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(grid[0], grid[1] ?? 1);
    if (++internals.dispatchCountInPass >= this.dispatchesInPass) this.flush();
  }

  /** Runs a program that knows its own grid. */
  runWhole<P extends Program & { readonly grid: readonly [number, number] }>(
    key: string,
    make: () => P,
    buffers: Buffers,
  ): void {
    this.run(key, make, this.program(key, make).grid, buffers);
  }

  /** The program of a key, where it was compiled or is now; its size depends on the key alone. */
  program<P extends Program>(key: string, make: () => P): P {
    return this.compile(key, make).program as P;
  }

  /** Hands each command to the GPU at once, for the time of a call: what is given back then serves again from the next one on. */
  oneByOne(call: () => void): void {
    const before = env().getNumber(OF_TENSORFLOW);
    env().set(OF_TENSORFLOW, 1);
    this.dispatchesInPass = 1;
    try {
      call();
    } finally {
      env().set(OF_TENSORFLOW, before);
      this.dispatchesInPass = DISPATCHES_IN_PASS;
    }
  }

  /** Hands all commands so far to the GPU. */
  flush(): void {
    this.backend.endComputePassEncoder();
    if (this.internals.commandEncoder) this.backend.submitQueue();
  }

  /** A tensor's buffer on the GPU; its numbers are carried there if they are not. */
  buffer({ dataId }: { readonly dataId: object }): GPUBuffer {
    this.backend.uploadToGPU(dataId);
    return this.entry({ dataId }).resource!;
  }

  /** What the backend keeps of a tensor. */
  entry({ dataId }: { readonly dataId: object }): TensorEntry {
    return this.internals.tensorMap.get(dataId);
  }

  /** Whether a tensor's numbers lie in a buffer: not if they are elsewhere, or on another device. */
  isIn(buffer: GPUBuffer, { dataId }: { readonly dataId: object }): boolean {
    return (this.internals.tensorMap.get(dataId) as TensorEntry | undefined)?.resource === buffer;
  }

  /** A program has changed the numbers of these: copies that TensorFlow.js keeps of them are out of date. */
  changed(...tensors: readonly { readonly dataId: object }[]): void {
    for (const one of tensors) outdate(this.entry(one));
  }

  private compile<P extends Program>(key: string, make: () => P): Compiled {
    const known = this.compiled.get(key);
    if (known) return known;
    const program = make();
    const module = compileAsIs(this.device, { label: key, code: program.code });
    const pipeline = this.device.createComputePipeline({
      label: key,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const made = { pipeline, layout: pipeline.getBindGroupLayout(0), program };
    this.compiled.set(key, made);
    return made;
  }
}

export const sizeOf = ({ shape }: TensorInfo): number => util.sizeFromShape(shape);
