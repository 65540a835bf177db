import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { BackendValues, DataType, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import { backend_util, util } from "@tensorflow/tfjs-core";
import { Memory } from "./memory.js";
import { Pool, type PoolOptions, type Work } from "./pool.js";

/** Bytes of one number; what is not here (strings, complex pairs) lives in JavaScript, as in TensorFlow.js's own backend. */
const BYTES: Partial<Record<DataType, number>> = { float32: 4, int32: 4, bool: 1 };

/** What MathBackendCPU keeps of a tensor, and where ours lies. */
interface Data {
  values?: BackendValues;
  dtype: DataType;
  refCount: number;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  address?: number;
}

/**
 * TensorFlow.js on shared WebAssembly memory. Tensors are views into it, so that the kernels of the pure JavaScript backend,
 * whose class this extends, work on them unchanged, wherever there is no kernel of our own.
 */
export class SimdBackend extends MathBackendCPU {
  readonly pool: Pool;
  private nextId = 0;

  constructor(
    readonly memoryOfTensors = new Memory(),
    options: PoolOptions = {},
  ) {
    super();
    this.pool = new Pool(memoryOfTensors, options);
  }

  /** A tensor whose numbers are still arbitrary. */
  output(shape: readonly number[], dtype: "float32" | "int32" | "bool" = "float32"): TensorInfo {
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, this.space(util.sizeFromShape(shape as number[]), dtype));
    return { dataId, shape: shape as number[], dtype };
  }

  /** Address of a tensor's numbers, for kernels. */
  address({ dataId, dtype }: TensorInfo): number {
    const { address, dtype: kept } = this.entry(dataId);
    if (address === undefined) throw new Error(`A tensor of type ${dtype} has no address: it lives in JavaScript`);
    if (kept !== dtype) throw new Error(`A tensor of type ${dtype} is kept as ${kept}: no kernel can read it`);
    return address;
  }

  /** A tensor's numbers themselves, not a copy. */
  values(info: TensorInfo): TypedArray {
    return this.entry(info.dataId).values as TypedArray;
  }

  float32(info: TensorInfo): Float32Array {
    return this.values(info) as Float32Array;
  }

  /** Runs a kernel of the compiled module; see `Pool.run`. */
  run(kernel: string, work: Work, ...args: number[]): void {
    this.pool.run(kernel, work, ...args);
  }

  /** Lends memory for the time of a call; arbitrary content. */
  scratch<T>(bytes: number, use: (address: number) => T): T {
    const address = this.memoryOfTensors.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.free(address);
    }
  }

  /** The same numbers under another shape; nothing is copied. */
  alias({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, dtype, shape: shape as number[] };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = { id: this.nextId++ };
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: object, values: BackendValues, _shape: number[], dtype: DataType, refCount: number): void {
    if (values === undefined || BYTES[dtype] === undefined) {
      this.data.set(dataId, { values, dtype, refCount });
      return;
    }
    const data = this.space(values.length, dtype as "float32");
    data.values.set(values as TypedArray);
    this.data.set(dataId, { ...data, refCount });
  }

  /** A copy: the tensor's memory is used again once it is disposed of. */
  override readSync(dataId: object): BackendValues {
    const { dtype, values, complexTensorInfos } = this.entry(dataId);
    if (complexTensorInfos) {
      const { real, imag } = complexTensorInfos;
      return backend_util.mergeRealAndImagArrays(
        this.readSync(real.dataId) as Float32Array,
        this.readSync(imag.dataId) as Float32Array,
      );
    }
    if (BYTES[dtype] === undefined) return super.readSync(dataId);
    return (values as TypedArray).slice();
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.entry(dataId);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    if (data.complexTensorInfos) {
      this.disposeData(data.complexTensorInfos.real.dataId, true);
      this.disposeData(data.complexTensorInfos.imag.dataId, true);
    }
    if (data.address !== undefined) this.free(data.address);
    this.data.delete(dataId);
    return true;
  }

  override memory(): { unreliable: boolean; reasons: string[]; usedBytes: number; peakBytes: number } {
    const { used, peak } = this.memoryOfTensors;
    return { unreliable: false, reasons: [], usedBytes: used, peakBytes: peak };
  }

  override dispose(): void {
    void this.pool.close();
  }

  private space(count: number, dtype: "float32" | "int32" | "bool"): Data & { values: TypedArray } {
    const { memoryOfTensors } = this;
    const address = memoryOfTensors.allocate(count * BYTES[dtype]!);
    const values =
      dtype === "float32"
        ? memoryOfTensors.float32(address, count)
        : dtype === "int32"
          ? memoryOfTensors.int32(address, count)
          : memoryOfTensors.uint8(address, count);
    return { values, dtype, refCount: 1, address };
  }

  private free(address: number): void {
    this.pool.settle(); // a thread may still be writing for a computation that was interrupted
    this.memoryOfTensors.free(address);
  }

  private entry(dataId: object): Data {
    return this.data.get(dataId);
  }
}
