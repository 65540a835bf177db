import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { getKernel, util, type DataType, type NamedTensorInfoMap, type TensorInfo } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect } from "vitest";
import { SimdBackend } from "../../../../../src/backend/simd/backend.js";
import type { Attributes, Inputs, Kernels } from "../../../../../src/backend/simd/kernel.js";
import { Memory } from "../../../../../src/backend/simd/memory.js";

/** A tensor before any backend has it. */
export interface Given {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: ArrayLike<number>;
}

export interface Result {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: ArrayLike<number>;
}

type Tensors = Readonly<Record<string, Given>> | readonly Given[];

fc.configureGlobal({ numRuns: 60 });

const cpu = new MathBackendCPU();
const alone = new SimdBackend(new Memory(), { threads: 1 });
const together = new SimdBackend(beyondInt32(), { threads: 4 });

/** Memory whose free addresses are beyond 2^31: what lies before is never touched, and so costs nothing. */
function beyondInt32(): Memory {
  const memory = new Memory();
  memory.allocate(2 ** 31);
  return memory;
}

/** Threads take part in jobs only once they have started. */
export async function threadsStarted(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(together.pool.helpers).toBe(3);
}

export async function threadsEnded(): Promise<void> {
  await together.pool.close();
}

/** What a kernel of ours gives, the same bits on one thread and on four, with nothing left behind; undefined if it declines. */
export function ours(family: Kernels, name: string, tensors: Tensors, attrs: Attributes = {}): Result[] | undefined {
  const [one, four] = [alone, together].map((backend) => {
    const before = backend.memoryOfTensors.blocks;
    const inputs = written(tensors, (values, shape, dtype) => backend.write(values as never, shape, dtype));
    const made = family[name]!(backend, inputs as unknown as Inputs, attrs);
    const results = made && read(made, (id) => backend.readSync(id));
    for (const { dataId } of [...Object.values(inputs), ...(made ? [made].flat() : [])]) backend.disposeData(dataId);
    expect(backend.memoryOfTensors.blocks, "blocks of memory").toBe(before);
    return results;
  });
  expect(bits(one), "one thread and four").toEqual(bits(four));
  return one;
}

/** What TensorFlow.js's pure JavaScript gives. */
export function theirs(name: string, tensors: Tensors, attrs: Attributes = {}): Result[] {
  const inputs = written(tensors, (values, shape, dtype) => cpu.write(values as never, shape, dtype));
  const made = getKernel(name, "cpu").kernelFunc({
    inputs: inputs as unknown as NamedTensorInfoMap,
    attrs,
    backend: cpu,
  });
  return read(made, (id) => cpu.readSync(id));
}

/**
 * A kernel of ours agrees with TensorFlow.js's in shape, type, and values.
 * @param ulps units in the last place that float32 may differ by; other types may not
 */
export function agrees(family: Kernels, name: string, tensors: Tensors, attrs: Attributes = {}, ulps = 0): void {
  const actual = ours(family, name, tensors, attrs);
  expect(actual, `${name} declines`).toBeDefined();
  const expected = theirs(name, tensors, attrs);
  expect(actual!.map(({ shape, dtype }) => [dtype, ...shape])).toEqual(
    expected.map(({ shape, dtype }) => [dtype, ...shape]),
  );
  for (const [i, { values }] of expected.entries()) {
    const got = actual![i]!.values;
    expect(got.length).toBe(values.length);
    for (let j = 0; j < values.length; j++)
      if (!(distance(got[j]!, values[j]!) <= ulps))
        expect.fail(`${name}[${i}][${j}] is ${got[j]}, expected ${values[j]} within ${ulps} ulp`);
  }
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** How many float32 lie between two numbers; both zeros are one. */
export function distance(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  const [x, y] = [a, b].map((value) => {
    float[0] = value;
    return word[0]! < 0 ? -(word[0]! & 0x7fffffff) : word[0]!;
  });
  return Number.isNaN(a) !== Number.isNaN(b) ? Infinity : Math.abs(x! - y!);
}

function written<T extends Tensors>(
  tensors: T,
  write: (values: ArrayLike<number>, shape: number[], dtype: DataType) => object,
): Record<string, TensorInfo> | TensorInfo[] {
  const one = ({ shape, dtype, values }: Given): TensorInfo => {
    const typed = dtype === "float32" ? Float32Array : dtype === "int32" ? Int32Array : Uint8Array;
    return { dataId: write(typed.from(values), shape as number[], dtype), shape: shape as number[], dtype };
  };
  if (Array.isArray(tensors)) return (tensors as readonly Given[]).map(one);
  return Object.fromEntries(Object.entries(tensors).map(([name, given]) => [name, one(given)]));
}

function read(made: TensorInfo | TensorInfo[], values: (id: object) => unknown): Result[] {
  return [made].flat().map((info) => ({
    shape: info.shape,
    dtype: info.dtype,
    values: values(info.dataId) as ArrayLike<number>,
  }));
}

function bits(results: Result[] | undefined): unknown {
  return results?.map(({ values }) => Buffer.from((values as Float32Array).buffer).toString("base64"));
}

/** Numbers that look random and depend on the seed alone. */
export function random(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, 1e-45, -1e-45, 3.4e38, -3.4e38, 1e-20];

/** float32 in [-scale, scale], with such as NaN among them where wanted. */
export function floats(shape: readonly number[], seed: number, { scale = 4, special = false } = {}): Given {
  const next = random(seed);
  const values = Array.from({ length: util.sizeFromShape(shape as number[]) }, () =>
    special && next() < 0.2 ? SPECIAL[Math.floor(next() * SPECIAL.length)]! : (next() * 2 - 1) * scale,
  );
  return { shape, dtype: "float32", values };
}

/** Eighths, of which sums are exact: every order of adding them gives the same. */
export function eighths(shape: readonly number[], seed: number): Given {
  const { values } = floats(shape, seed, { scale: 40 });
  return { shape, dtype: "float32", values: Array.from(values, (value) => Math.round(value) / 8) };
}

export function integers(shape: readonly number[], seed: number, scale = 9): Given {
  const { values } = floats(shape, seed, { scale });
  return { shape, dtype: "int32", values: Array.from(values, Math.round) };
}

export function booleans(shape: readonly number[], seed: number): Given {
  return { shape, dtype: "bool", values: Array.from(floats(shape, seed).values, (value) => Number(value > 0)) };
}

export const seeds = fc.integer({ min: 0, max: 2 ** 30 });

/** Shapes of rank 0 to 5, sizes 0 and 1 among them, of at most some thousand numbers. */
export function shapes({ min = 0, max = 5, empty = true } = {}): fc.Arbitrary<number[]> {
  const size = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 7) },
    { weight: 4, arbitrary: fc.constantFrom(8, 16, 17, 33, 70) },
    { weight: empty ? 1 : 0, arbitrary: fc.constant(0) },
  );
  return fc.array(size, { minLength: min, maxLength: max }).filter((shape) => util.sizeFromShape(shape) <= 6000);
}

/** Two shapes that broadcast to each other. */
export const broadcastable = shapes().chain((shape) => {
  const operand = fc
    .tuple(fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }), fc.nat({ max: shape.length }))
    .map(([single, cut]) => shape.map((size, i) => (single[i] ? 1 : size)).slice(cut % 2 ? cut : 0));
  return fc.tuple(fc.oneof(fc.constant(shape), operand), fc.oneof(fc.constant(shape), operand));
});
