import { engine, keep, tidy, type DataType, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { makeOwn } from "../fused/own.js";
import { outdate, type Gpu } from "./gpu.js";
import { GraphBuffers } from "./graph-buffers.js";
import { Recording } from "./recording.js";
import { numbersOf } from "./uploads.js";

/** What is computed of inputs and variables, which it changes: shapes are always the same, and nothing is read on the way. */
export type StepFunction<T extends Tensor = Tensor> = (inputs: readonly Tensor[]) => T;

/** A variable, and where it was when the step was captured. */
interface Home {
  readonly variable: Variable;
  readonly buffer: GPUBuffer;
}

/** Where a step leaves its result. */
interface Result {
  readonly buffer: GPUBuffer;
  readonly shape: number[];
  readonly dtype: DataType;
}

/** A step that cannot be captured, and why. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}

/**
 * A step that was recorded once, on its way through TensorFlow.js, and is given to the GPU again as a list of commands. Inputs
 * and variables stay in the same buffers.
 */
export class CapturedStep<T extends Tensor = Tensor> {
  private constructor(
    private readonly gpu: Gpu,
    private readonly recording: Recording,
    private readonly buffers: GraphBuffers,
    private readonly inputs: readonly GPUBuffer[],
    private readonly variables: readonly Home[],
    private readonly made: Result,
  ) {}

  /**
   * Runs the step once while it is recorded.
   * @param moving variables that the step assigns to; the others it changes in place
   * @throws what the step throws, whose variables may then hold anything; CaptureError where it uses tensors that are neither inputs nor variables, nor made by it, or assigns to others
   */
  static capture<T extends Tensor>(
    gpu: Gpu,
    step: StepFunction<T>,
    given: readonly Tensor[],
    variables: readonly Variable[],
    moving: ReadonlySet<Variable>,
  ): { readonly step: CapturedStep<T>; readonly result: T } {
    const { backend, device } = gpu;
    for (const tensor of [...given, ...variables]) gpu.buffer(tensor);
    gpu.flush();
    const before = variables.map((variable) => {
      const [id, buffer, entry] = [variable.dataId, gpu.buffer(variable), gpu.entry(variable)];
      return { variable, id, buffer, entry };
    });
    // Variables that are assigned to get other buffers: the old ones are kept, and written back to.
    for (const { entry, variable } of before) if (moving.has(variable)) entry.refCount++;
    const homes = given.map((tensor) => {
      const { size } = gpu.buffer(tensor);
      return device.createBuffer({
        size,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
      });
    });
    const graph = new GraphBuffers(backend);
    let made: T | undefined;
    let recording: Recording | undefined;
    let failure: { readonly error: unknown } | undefined;
    // All that the step makes is given back where it came from, of one that fails too.
    graph.during(() => {
      try {
        tidy(() => {
          const inputs = given.map((tensor, i) => {
            const data = { buffer: homes[i]!, zeroCopy: true };
            return backend.createTensorFromGPUData(data, tensor.shape, tensor.dtype);
          });
          given.forEach((tensor, i) => copy(gpu, gpu.buffer(tensor), homes[i]!));
          gpu.flush();
          recording = Recording.of(device, () => {
            gpu.oneByOne(() => (made = keep(step(inputs))));
            gpu.buffer(made!);
            gpu.flush();
          });
        });
      } catch (error) {
        failure = { error };
        made?.dispose();
      }
      gpu.flush();
    });
    const moved = before.filter(({ variable, id }) => variable.dataId !== id);
    const isAlike = moved.length === moving.size && moved.every(({ variable }) => moving.has(variable));
    for (const one of before) if (moving.has(one.variable) && !moved.includes(one)) one.entry.refCount--;
    // One that was not to be assigned to has lost its buffer: it gets another, outside the graph.
    const places = moved.map((one) => {
      if (moving.has(one.variable)) return one;
      const other = gpu.output(one.variable.shape, one.variable.dtype as "float32");
      return { ...one, id: other.dataId, buffer: gpu.buffer(other) };
    });
    // What is disposed of here was made of the graph's buffers.
    graph.during(() => {
      for (const { variable, id, buffer } of places) {
        const now = gpu.buffer(variable);
        recording?.add([now, 0, buffer, 0, buffer.size]);
        copy(gpu, now, buffer);
        // The reference that was kept is this tensor's.
        const home = engine().makeTensorFromTensorInfo({ dataId: id, shape: variable.shape, dtype: variable.dtype });
        variable.assign(home);
        home.dispose();
      }
      gpu.flush();
    });
    gpu.changed(...variables);
    if (failure || !recording || !made) {
      graph.destroy();
      for (const buffer of homes) buffer.destroy();
      throw failure?.error;
    }
    const { shape, dtype } = made;
    const place = { buffer: gpu.buffer(made), shape, dtype };
    const known = new Set([...homes, ...before.map(({ buffer }) => buffer)]);
    const strangers = [...recording.used].filter((buffer) => !known.has(buffer) && !graph.has(buffer));
    const captured = new CapturedStep<T>(gpu, recording, graph, homes, before, place);
    const result = captured.result();
    graph.during(() => {
      made!.dispose();
      gpu.flush();
    });
    const trouble =
      strangers.length > 0
        ? `uses its inputs, its variables and what it makes itself, found ${strangers.length} other tensors`
        : `assigns to the same variables each time, found ${moving.size} of them, and then ${moved.length} or others`;
    if (strangers.length > 0 || !isAlike) {
      result.dispose();
      captured.dispose();
      throw new CaptureError(`expected a step that ${trouble}`);
    }
    return { step: captured, result };
  }

  /** Commands of a step. */
  get commands(): number {
    return this.recording.length;
  }

  /** Bytes on the GPU besides inputs and variables. */
  get bytes(): number {
    return this.buffers.bytes;
  }

  /** Whether all variables are where they were: one that was assigned to since is not. */
  isCurrent(): boolean {
    const { gpu, variables } = this;
    return variables.every(({ variable, buffer }) => !variable.isDisposed && gpu.isIn(buffer, variable));
  }

  /** Computes the step of other inputs. @returns its result, the caller's. @throws GpuError as `Gpu.check` */
  replay(given: readonly Tensor[]): T {
    const { gpu, recording, inputs, variables } = this;
    gpu.check();
    for (const { variable } of variables) if (gpu.entry(variable).refCount > 1) apart(gpu, variable);
    // What may fail comes first: a command that is left behind would be taken for one of the next step's.
    const sources = given.map((tensor) => {
      const entry = gpu.entry(tensor);
      return (entry.resource ? undefined : numbersOf(entry)) ?? gpu.buffer(tensor);
    });
    gpu.backend.endComputePassEncoder();
    gpu.backend.ensureCommandEncoderReady();
    const { encoder, device } = gpu;
    sources.forEach((source, i) => {
      const input = inputs[i]!;
      // Only replays use these buffers, and those before this one are handed over.
      if (ArrayBuffer.isView(source)) device.queue.writeBuffer(input, 0, source);
      else encoder.copyBufferToBuffer(source, 0, input, 0, Math.min(source.size, input.size));
    });
    recording.encode(encoder);
    const result = this.result();
    gpu.flush();
    // Numbers that TensorFlow.js has read since are out of date.
    for (const { variable } of variables) outdate(gpu.entry(variable));
    return result;
  }

  dispose(): void {
    this.gpu.flush(); // the copy of its last result
    this.buffers.destroy();
    for (const buffer of this.inputs) buffer.destroy();
  }

  /** The result as a tensor of its own: the step's is overwritten by the next. */
  private result(): T {
    const { gpu, made } = this;
    const info = gpu.output(made.shape, made.dtype as "float32");
    copy(gpu, made.buffer, gpu.buffer(info));
    return engine().makeTensorFromTensorInfo(info) as T;
  }
}

/** Clones share a variable's numbers, which a replay changes where they lie: they get a buffer, and it keeps its own. */
function apart(gpu: Gpu, variable: Variable): void {
  const shared = gpu.entry(variable);
  const place = shared.resource!;
  makeOwn(variable);
  const copied = gpu.buffer(variable);
  [shared.resource, gpu.entry(variable).resource] = [copied, place];
}

function copy(gpu: Gpu, from: GPUBuffer, to: GPUBuffer): void {
  gpu.backend.endComputePassEncoder();
  gpu.backend.ensureCommandEncoderReady();
  gpu.encoder.copyBufferToBuffer(from, 0, to, 0, Math.min(from.size, to.size));
}
