import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTinyImages } from "../../../../src/data/index.js";
import { parseTinyImages } from "../../../../src/data/formats/tiny-images.js";
import { checkImageSet } from "../../../../src/data/image-set.js";
import { volume } from "../../../volume.js";
import { pickles, sha256, unpacked } from "./fixture.js";
import { fuzz, span } from "./mutation.js";

const made = Object.entries(pickles).flatMap(([maker, { nhwc, tiny }]) =>
  Object.entries(tiny).map(([protocol, text]) => ({
    title: `${maker}, protocol ${protocol}`,
    nhwc,
    file: unpacked(text),
  })),
);

describe("the 500,000 tiny images", () => {
  test.each(made)("as $title has them", ({ file, nhwc }) => {
    const set = parseTinyImages(file, "tiny.pickle");
    expect(set.shape).toEqual([2, 32, 32, 3]);
    expect([...set.labels]).toEqual([9, 0]);
    expect(set.classes[9]).toBe("truck");
    expect(sha256(set.bytes)).toBe(nhwc);
  });

  test("are a view of the file, and are read from it", async () => {
    const { file, nhwc } = made.find(({ title }) => title.endsWith("protocol 4"))!;
    expect(parseTinyImages(file, "f").bytes.buffer).toBe(file.buffer);
    const folder = mkdtempSync(join(tmpdir(), "tiny-"));
    try {
      const path = join(folder, "tiny.pickle");
      writeFileSync(path, file);
      expect(sha256((await readTinyImages(path)).bytes)).toBe(nhwc);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("labels out of range are refused with their place", () => {
    const { file } = made.find(({ title }) => title.startsWith("Python 3") && title.endsWith("protocol 4"))!;
    const targets = file.lastIndexOf(Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]));
    for (const [byte, value, found] of [
      [0, 10, "10"],
      [7, 0x80, "-9223372036854776000"],
      [4, 1, "4294967305"],
    ] as const) {
      const wrong = Uint8Array.from(file);
      wrong[targets + byte] = value;
      const expected = `f, byte ${targets}: expected extrapolated_targets[0] from 0 to 9, found ${found}`;
      expect(() => parseTinyImages(wrong, "f")).toThrow(expected);
    }
  });

  test("whatever is in the file, a FileError or a set", async () => {
    const files = made.map(({ file }) => {
      const from = file.indexOf("data") + 4;
      return { bytes: file, matters: [...span(0, from + 220), ...span(file.length - 200, file.length)] };
    });
    const counts = await fuzz(files, (bytes) => parseTinyImages(bytes, "f"), checkImageSet);
    expect(counts.refused).toBeGreaterThan(volume(4000));
    expect(counts.read).toBeGreaterThan(volume(500));
  });

  test("another pixel in the file is another pixel of that image, and all else is the same", () => {
    const { file } = made.find(({ title }) => title.endsWith("protocol 4"))!;
    const before = parseTinyImages(file, "f");
    const from = before.bytes.byteOffset - file.byteOffset;
    for (let at = 0; at < before.bytes.length; at += 101) {
      const changed = Uint8Array.from(file);
      changed[from + at]! ^= 255;
      const after = parseTinyImages(changed, "f");
      expect(after.labels).toEqual(before.labels);
      expect(after.bytes[at]).toBe(255 - before.bytes[at]!);
      after.bytes[at]! ^= 255;
      expect(Buffer.compare(after.bytes, before.bytes)).toBe(0);
    }
  });
});
