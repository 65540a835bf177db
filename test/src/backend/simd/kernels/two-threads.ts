import { getKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { SimdBackend } from "../../../../../src/backend/simd/backend.js";
import type { Attributes, SimdKernel } from "../../../../../src/backend/simd/kernel.js";
import { Memory } from "../../../../../src/backend/simd/memory.js";

/** A tensor to hand to a kernel. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** What a kernel made of it, and what TensorFlow.js's own makes of it. */
export interface Made {
  readonly shape: readonly number[];
  readonly ours: Float32Array;
  readonly cpu: Float32Array;
}

/**
 * Runs a kernel on one thread, on two, and as TensorFlow.js has it. Fails where shapes or data types differ, where two threads
 * change a bit, where memory stays behind.
 */
export class Contract {
  private readonly engines = [1, 2].map((threads) => new SimdBackend(new Memory({ limit: 2 ** 28 }), { threads }));

  check(name: string, kernel: SimdKernel, given: Readonly<Record<string, Given>>, attrs: object = {}): Made {
    const [one, two] = this.engines.map((engine) => this.made(engine, name, kernel, given, attrs as Attributes));
    expect(new Uint32Array(two!.ours.slice().buffer)).toEqual(new Uint32Array(one!.ours.slice().buffer));
    return one!;
  }

  /** Whether the kernel leaves this to TensorFlow.js. */
  leaves(kernel: SimdKernel, given: Readonly<Record<string, Given>>, attrs: object = {}): boolean {
    const [engine] = this.engines;
    const inputs = tensors(engine!, given);
    const left = kernel(engine!, inputs, attrs as Attributes) === undefined;
    dispose(engine!, Object.values(inputs));
    return left;
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map(({ pool }) => pool.close()));
  }

  private made(
    engine: SimdBackend,
    name: string,
    kernel: SimdKernel,
    given: Readonly<Record<string, Given>>,
    attrs: Attributes,
  ): Made {
    const before = engine.memoryOfTensors.blocks;
    const inputs = tensors(engine, given);
    const own = kernel(engine, inputs, attrs) as TensorInfo;
    const theirs = getKernel(name, "cpu").kernelFunc({ inputs, backend: engine, attrs }) as TensorInfo;
    expect(own).toBeDefined();
    expect(own.shape).toEqual(theirs.shape);
    expect(own.dtype).toBe(theirs.dtype);
    const [ours, cpu] = [own, theirs].map(({ dataId }) => engine.readSync(dataId) as Float32Array);
    dispose(engine, [own, theirs, ...Object.values(inputs)]);
    expect(engine.memoryOfTensors.blocks).toBe(before);
    return { shape: own.shape, ours: ours!, cpu: cpu! };
  }
}

/** Numbers in [-1, 1) that a seed determines. */
export function numbers(shape: readonly number[], seed: number): Given {
  let state = seed | 1;
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return (state >> 8) / 2 ** 23;
  });
  return { shape, values };
}

/** The largest difference, in units of a tolerance for each number. NaN and infinities must be the same. */
export function worst(ours: Float32Array, expected: ArrayLike<number>, tolerance: (i: number) => number): number {
  expect(ours.length).toBe(expected.length);
  let most = 0;
  for (let i = 0; i < ours.length; i++) {
    if (Object.is(ours[i], expected[i]) || ours[i] === expected[i]) continue;
    const ratio = Math.abs(ours[i]! - expected[i]!) / tolerance(i);
    most = Math.max(most, Number.isNaN(ratio) ? Infinity : ratio);
  }
  return most;
}

function tensors(engine: SimdBackend, given: Readonly<Record<string, Given>>): Record<string, TensorInfo> {
  const made = Object.entries(given).map(([name, { shape, values }]) => {
    const dtype = values instanceof Int32Array ? "int32" : "float32";
    return [name, { dataId: engine.write(values, shape as number[], dtype), shape: shape as number[], dtype }] as const;
  });
  return Object.fromEntries(made);
}

function dispose(engine: SimdBackend, infos: readonly TensorInfo[]): void {
  for (const { dataId } of infos) engine.disposeData(dataId);
}
