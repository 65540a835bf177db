import { createHash } from "node:crypto";
import type * as fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DiskError } from "../../../src/disk/disk-error.js";
import {
  CheckpointError,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from "../../../src/train/checkpoint-file.js";

/** What the system answers to the next attempts to rename; then it does as it is asked. */
const answers = vi.hoisted((): string[] => []);
vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const renameSync: typeof real.renameSync = (from, to) => {
    const code = answers.shift();
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    real.renameSync(from, to);
  };
  return { ...real, renameSync };
});

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "checkpoint-file-"))));
afterAll(() => rmSync(folder, { recursive: true }));

type Tensors = Map<string, { shape: readonly number[]; values: Float32Array }>;

const sample = (tensors: Tensors, state: unknown = null): Checkpoint => ({
  ...{ run: "0123456789abcdef", epoch: 3, step: 17, state, tensors },
});
/** float32 with these bits, whatever they mean: NaN payloads are lost where a number is made of them. */
const bits = (words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer);
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function expectSame(read: Checkpoint, written: Checkpoint): void {
  expect({ ...read, tensors: 0 }).toEqual({ ...written, tensors: 0 });
  expect([...read.tensors.keys()]).toEqual([...written.tensors.keys()]);
  for (const [name, { shape, values }] of written.tensors) {
    expect(read.tensors.get(name)!.shape).toEqual(shape);
    expect(bytesOf(read.tensors.get(name)!.values).equals(bytesOf(values))).toBe(true);
  }
}

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const words = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: size, maxLength: size });
  return words.map((all) => ({ shape, values: bits(all) }));
});
const checkpoints = fc.record({
  run: fc.string(),
  epoch: fc.nat(),
  step: fc.nat(),
  state: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown), // without -0
  tensors: fc.array(fc.tuple(fc.string({ unit: "binary" }), tensor), { maxLength: 6 }).map((all) => new Map(all)),
});

describe("a round trip", () => {
  test("gives back every bit: any names, shapes (of no values too), values (NaN payloads, -0, subnormal)", () => {
    const path = join(folder, "round-trip");
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        writeCheckpoint(path, checkpoint);
        expectSame(readCheckpoint(path), checkpoint);
      }),
    );
    const odd = bits([0x7fc00001, 0x7f800001, 0xffffffff, 0x80000000, 1, 0x7f800000, 0xff800000]);
    const checkpoint = sample(new Map([["odd", { shape: [7], values: odd }]]));
    writeCheckpoint(path, checkpoint);
    expectSame(readCheckpoint(path), checkpoint);
  });

  test("of many tensors, and of values that are a part of a larger buffer", () => {
    const all = Float32Array.from({ length: 30_000 }, (_, i) => Math.sin(i));
    const tensors: Tensors = new Map();
    for (let i = 0; i < 1000; i++) tensors.set(`tensor ${i}`, { shape: [3, 10], values: all.subarray(i, i + 30) });
    const path = join(folder, "many");
    writeCheckpoint(path, sample(tensors, { records: [1, 2] }));
    const read = readCheckpoint(path);
    expectSame(read, sample(tensors, { records: [1, 2] }));
    // Each is of its own: changing one changes no other.
    read.tensors.get("tensor 0")!.values.fill(7);
    expectSame(
      { ...read, tensors: new Map([...read.tensors].slice(1)) },
      sample(new Map([...tensors].slice(1)), { records: [1, 2] }),
    );
  });

  test("leaves only the file; over an old one, too", () => {
    const own = mkdtempSync(join(folder, "only-"));
    for (const epoch of [1, 2]) writeCheckpoint(join(own, "one"), { ...sample(new Map()), epoch });
    expect(readdirSync(own)).toEqual(["one"]);
    expect(readCheckpoint(join(own, "one")).epoch).toBe(2);
  });
});

describe("damage", () => {
  const path = (): string => join(folder, "damaged");
  const whole = (): Buffer => {
    const values = Float32Array.from({ length: 40 }, (_, i) => i / 7);
    writeCheckpoint(path(), sample(new Map([["a", { shape: [5, 8], values }]]), { loss: 1 }));
    return readFileSync(path());
  };

  test("every single byte of the file that is changed is found out", () => {
    const bytes = whole();
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(path(), changed);
      expect(() => readCheckpoint(path()), `byte ${at}`).toThrow(CheckpointError);
    }
  });

  test("so is a header that is none, or not of the values there, though the digest is right", () => {
    const one = (shape: unknown): string => JSON.stringify({ tensors: [{ name: "a", shape }] });
    const headers = ["{", "null", "5", "{}", '{"tensors":[null]}', '{"tensors":[{"shape":[4]}]}', one("22"), one([-4])];
    for (const header of [...headers, one([5]), one([3]), one([1e15]), one([2.5])]) {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(header));
      const start = whole().subarray(0, "longtail checkpoint 1\n".length);
      const content = Buffer.concat([start, length, Buffer.from(header), Buffer.alloc(16)]);
      const digest = createHash("sha256").update(content).digest();
      writeFileSync(path(), Buffer.concat([content, digest]));
      const read = expect(() => readCheckpoint(path()), header);
      read.toThrow(CheckpointError);
      read.toThrow("expected a header, and the values it lists");
    }
  });

  test("so is every length that it is cut to, and bytes that follow", () => {
    const bytes = whole();
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path(), bytes.subarray(0, length));
      expect(() => readCheckpoint(path()), `${length} bytes`).toThrow(CheckpointError);
    }
    writeFileSync(path(), Buffer.concat([bytes, Buffer.of(0)]));
    expect(() => readCheckpoint(path())).toThrow(CheckpointError);
  });

  test("any change at all: pieces that are zeroed, moved, doubled, removed", () => {
    const bytes = whole();
    const place = fc.nat({ max: bytes.length });
    fc.assert(
      fc.property(
        place,
        place,
        place,
        fc.constantFrom("zero", "move", "double", "remove", "noise"),
        (a, b, to, how) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const [before, piece, after] = [bytes.subarray(0, low), bytes.subarray(low, high), bytes.subarray(high)];
          const rest = Buffer.concat([before, after]);
          const noise = createHash("sha256").update(`${low} ${high}`).digest().subarray(0, piece.length);
          const changed = Buffer.concat(
            {
              zero: [before, Buffer.alloc(piece.length), after],
              move: [rest.subarray(0, to), piece, rest.subarray(to)],
              double: [before, piece, piece, after],
              remove: [rest],
              noise: [before, noise, after],
            }[how],
          );
          fc.pre(!changed.equals(bytes));
          writeFileSync(path(), changed);
          expect(() => readCheckpoint(path())).toThrow(CheckpointError);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("the error says which file and what is wrong with it", () => {
    const bytes = whole();
    writeFileSync(path(), "");
    expect(() => readCheckpoint(path())).toThrow(`${path()} is not a whole checkpoint: it has 0 bytes`);
    writeFileSync(path(), Buffer.concat([Buffer.from("PK"), bytes]));
    expect(() => readCheckpoint(path())).toThrow(/expected it to begin with "longtail checkpoint 1"/);
    writeFileSync(path(), bytes.subarray(0, -1));
    expect(() => readCheckpoint(path())).toThrow(/expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}: it was cut off/);
  });
});

describe("what cannot be written", () => {
  test("more or fewer values than the shape has are refused, and nothing is written", () => {
    const own = mkdtempSync(join(folder, "refused-"));
    const tensors: Tensors = new Map([["a", { shape: [2, 2], values: new Float32Array(3) }]]);
    expect(() => writeCheckpoint(join(own, "one"), sample(tensors))).toThrow(/"a" of shape \[2, 2\] has 3 values/);
    expect(readdirSync(own)).toEqual([]);
  });

  test("a folder that is not there, and a path that is a folder: DiskError, and nothing is left behind", () => {
    const own = mkdtempSync(join(folder, "disk-"));
    expect(() => writeCheckpoint(join(own, "missing", "one"), sample(new Map()))).toThrow(DiskError);
    expect(() => writeCheckpoint(own, sample(new Map()))).toThrow(DiskError);
    expect(readdirSync(own)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

test("a file that another program has open for a moment is replaced all the same on Windows; elsewhere that is no moment's", () => {
  const path = join(folder, "busy");
  const platform = vi.spyOn(process, "platform", "get");
  try {
    platform.mockReturnValue("win32");
    answers.push("EPERM", "EBUSY", "EACCES");
    writeCheckpoint(path, sample(new Map()));
    expect(answers).toEqual([]);
    expect(readCheckpoint(path).step).toBe(17);
    platform.mockReturnValue("linux");
    answers.push("EPERM");
    expect(() => writeCheckpoint(path, sample(new Map()))).toThrow(DiskError);
  } finally {
    platform.mockRestore();
    answers.length = 0;
  }
});
