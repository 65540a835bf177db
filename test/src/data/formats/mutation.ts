import fc from "fast-check";
import { expect } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { volume } from "../../../volume.js";

/** Something that happens to a file. Places are fractions of its length, or of a list of places that matter. */
type Mutation =
  | { kind: "cut"; at: number }
  | { kind: "flip"; at: number; byte: number }
  | { kind: "insert"; at: number; bytes: number[] }
  | { kind: "remove"; at: number; count: number }
  | { kind: "length"; at: number; value: number; littleEndian: boolean }
  | { kind: "move"; at: number; from: number; count: number }
  | { kind: "splice"; at: number; other: number; from: number };

/** What a corrupted length may say. */
const lengths = [0, 1, 2, 3, 5, 8, 127, 128, 255, 256, 3072, 3073, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffff8];

// Not fc.double, most of whose values lie next to 0.
const place = fc.noBias(fc.nat(2 ** 31 - 1)).map((n) => n / 2 ** 31);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: place }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("flip" as const), at: place, byte: fc.integer({ min: 1, max: 255 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      at: place,
      bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("remove" as const), at: place, count: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("length" as const),
      at: place,
      value: fc.oneof(fc.constantFrom(...lengths), fc.nat(0xffffffff)),
      littleEndian: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("move" as const), at: place, from: place, count: fc.nat(64) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("splice" as const), at: place, other: place, from: place }),
  },
);

/** Which of several files, whether bytes are hit anywhere or where it matters, and what happens to them. */
const damage = fc.record({
  file: place,
  anywhere: fc.boolean(),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
});

/**
 * Damages files ten thousand times and more: what reads them must throw a FileError, or else find all in order.
 * @param files valid ones, and others that may lie in their place
 * @param matters bytes that are no pixels, in each file; half of the damage is there
 * @param read gives its result to `check`, or throws
 * @param numRuns how often, in all its volume
 * @returns how often it threw and how often it did not
 */
export async function fuzz<T>(
  files: readonly { readonly bytes: Uint8Array; readonly matters: readonly number[] }[],
  read: (bytes: Uint8Array) => T | Promise<T>,
  check: (result: T) => void,
  numRuns = 10_000,
): Promise<{ refused: number; read: number }> {
  const counts = { refused: 0, read: 0 };
  await fc.assert(
    fc.asyncProperty(damage, async ({ file, anywhere, mutations }) => {
      const { bytes, matters } = files[Math.floor(file * files.length)]!;
      const where = (at: number): number =>
        anywhere || matters.length === 0 ? Math.floor(at * bytes.length) : matters[Math.floor(at * matters.length)]!;
      let damaged: Uint8Array = Uint8Array.from(bytes);
      for (const one of mutations) {
        const other = files[Math.floor(("other" in one ? one.other : 0) * files.length)]!;
        damaged = damagedBy(one, damaged, Math.min(where(one.at), damaged.length), other.bytes);
      }
      let result: T;
      try {
        result = await read(damaged);
      } catch (error) {
        expectFileError(error);
        counts.refused++;
        return;
      }
      check(result);
      counts.read++;
    }),
    { numRuns: volume(numRuns) },
  );
  return counts;
}

function damagedBy(one: Mutation, bytes: Uint8Array, at: number, other: Uint8Array): Uint8Array {
  const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
  switch (one.kind) {
    case "cut":
      return bytes.slice(0, at);
    case "flip":
      if (at < bytes.length) bytes[at]! ^= one.byte;
      return bytes;
    case "insert":
      return joined(bytes.subarray(0, at), Uint8Array.from(one.bytes), bytes.subarray(at));
    case "remove":
      return joined(bytes.subarray(0, at), bytes.subarray(at + one.count));
    case "length":
      if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(at, one.value, one.littleEndian);
      return bytes;
    case "move":
      bytes.copyWithin(at, Math.floor(one.from * bytes.length), Math.floor(one.from * bytes.length) + one.count);
      return bytes;
    case "splice":
      return joined(bytes.subarray(0, at), other.subarray(Math.floor(one.from * other.length)));
  }
}

/** An error that says all it should. */
export function expectFileError(error: unknown): void {
  if (!(error instanceof FileError)) throw error;
  const { file, offset, expected, found, message } = error;
  const complete = file !== "" && Number.isSafeInteger(offset) && offset >= 0 && expected !== "" && found !== "";
  // One comparison, for this is called a hundred thousand times.
  if (!complete || /undefined|\[object/.test(message)) expect({ file, offset, expected, found }).toBe("complete");
}

/** Whole numbers from `from` up to `to`, without it. */
export function span(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
