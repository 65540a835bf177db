import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { readStream, readWhole } from "../../../../src/data/formats/open-file.js";

const content = Buffer.from(Array.from({ length: 100_003 }, (_, i) => (i * i) >>> 7));
let folder: string;
let plain: string;
let zipped: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "open-file-"));
  plain = join(folder, "plain");
  zipped = join(folder, "zipped");
  writeFileSync(plain, content);
  writeFileSync(zipped, gzipSync(content));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("readStream", () => {
  test.each([1000, 4096, 1 << 20])("reads a file in pieces of %d bytes, gzipped or not", async (piece) => {
    for (const file of [plain, zipped]) {
      for (const reuse of [false, true]) {
        // The whole file at once, and in parts that straddle the pieces.
        for (const part of [1 << 20, 777]) {
          const read = await readStream(
            file,
            async (stream) => {
              const parts: Uint8Array[] = [];
              for (;;) {
                const bytes = await stream.read(part);
                if (bytes.length === 0) return Buffer.concat(parts);
                parts.push(Uint8Array.from(bytes));
              }
            },
            { piece, reuse },
          );
          expect(content.equals(read)).toBe(true);
        }
      }
    }
  });

  test("one may stop early", async () => {
    for (const file of [plain, zipped]) {
      const first = await readStream(file, async (stream) => Uint8Array.from(await stream.take(10, "x")), {
        piece: 1000,
      });
      expect(content.subarray(0, 10).equals(first)).toBe(true);
    }
  });

  test("a file that was cut while it was zipped is refused", async () => {
    const cut = join(folder, "cut.gz");
    writeFileSync(cut, gzipSync(content).subarray(0, -100));
    await expect(readStream(cut, (stream) => stream.read(1 << 20))).rejects.toThrow("expected gzip data");
  });

  test("errors of the user's function stay what they are", async () => {
    const fail = (): Promise<never> => Promise.reject(new RangeError("mine"));
    await expect(readStream(plain, fail)).rejects.toThrow(RangeError);
  });
});

test("readWhole reads a file as it is", async () => {
  expect(content.equals(await readWhole(plain))).toBe(true);
  expect(gzipSync(content).equals(await readWhole(zipped))).toBe(true);
});

test("what is no file is a FileError", async () => {
  const read = [readWhole, (file: string) => readStream(file, (stream) => stream.read(1))];
  for (const one of read) {
    for (const [file, found] of [
      [join(folder, "none"), "ENOENT"],
      [folder, "something else"],
    ] as const) {
      await expect(one(file)).rejects.toThrow(FileError);
      await expect(one(file)).rejects.toThrow(found);
    }
  }
});
