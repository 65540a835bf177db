import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { parseIdx, parseIdxLabels } from "../../../../src/data/formats/idx.js";
import { readIdx } from "../../../../src/data/index.js";
import { volume } from "../../../volume.js";
import { images, sha256, unpacked } from "./fixture.js";
import { fuzz, span } from "./mutation.js";

const pixels = unpacked(images.idx.images);
const labels = unpacked(images.idx.labels);
const parse = (bytes: Uint8Array): ReturnType<typeof parseIdx> => parseIdx(ByteStream.of(bytes, "f"), 3, "images");
const parseLabels = (bytes: Uint8Array, count = 3, classes = 10): Promise<Uint16Array> =>
  parseIdxLabels(ByteStream.of(bytes, "f"), count, classes);

describe("idx files", () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "idx-"));
    writeFileSync(path("images-idx3-ubyte"), pixels);
    writeFileSync(path("labels-idx1-ubyte"), labels);
    writeFileSync(path("images-idx3-ubyte.gz"), gzipSync(pixels));
    writeFileSync(path("labels-idx1-ubyte.gz"), gzipSync(labels));
    writeFileSync(path("cut.gz"), gzipSync(pixels.subarray(0, -1)));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(["", ".gz"])("are read, with the ending %j", async (end) => {
    const set = await readIdx(path(`images-idx3-ubyte${end}`), path(`labels-idx1-ubyte${end}`));
    expect(set.name).toBe(`images-idx3-ubyte${end}`);
    expect(set.shape).toEqual(images.idx.shape);
    expect([...set.labels]).toEqual(images.idx.digits);
    expect(sha256(set.bytes)).toBe(images.idx.nhwc);
    expect(set.classes).toHaveLength(10);
  });

  test("names are the caller's, and bound the labels", async () => {
    const classes = [..."abcdefghij"];
    const set = await readIdx(path("images-idx3-ubyte"), path("labels-idx1-ubyte"), { classes, name: "Letters" });
    expect([set.name, set.classes]).toEqual(["Letters", classes]);
    const few = readIdx(path("images-idx3-ubyte"), path("labels-idx1-ubyte"), { classes: ["a", "b"] });
    await expect(few).rejects.toThrow("byte 8: expected labels from 0 to 1, found 7");
    await expect(readIdx("a", "b", { classes: [] })).rejects.toThrow("readIdx: classes must be names of classes");
    await expect(readIdx("a", "b", { class: 1 } as object)).rejects.toThrow('there is no parameter "class"');
  });

  test("errors say where", async () => {
    await expect(readIdx(path("labels-idx1-ubyte"), path("images-idx3-ubyte"))).rejects.toThrow(
      "byte 0: expected images in idx format, which begin with 0 0 8 3, found 0 0 8 1",
    );
    await expect(readIdx(path("cut.gz"), path("labels-idx1-ubyte"))).rejects.toThrow(
      "byte 2367: expected 2352 bytes of images, found the end after 2351 of them",
    );
    await expect(parse(pixels.subarray(0, -1))).rejects.toThrow(
      "f, byte 16: expected 2352 bytes of images, found 2351",
    );
    await expect(parse(Buffer.concat([pixels, pixels]))).rejects.toThrow(
      "byte 2368: expected the end of the file after",
    );
    await expect(parse(pixels.subarray(0, 9))).rejects.toThrow("byte 4: expected 12 bytes of lengths, found 5");
    const huge = Uint8Array.from(pixels).fill(255, 4, 16);
    await expect(parse(huge)).rejects.toThrow(/expected \d{20,} bytes of images|expected 7.9\d+e\+28 bytes of images/);
    await expect(parse(Uint8Array.from(pixels).fill(0, 4, 8))).rejects.toThrow(
      "expected lengths of at least 1, found [0, 28, 28]",
    );
    await expect(parseLabels(labels, 4)).rejects.toThrow("byte 4: expected 4 labels, one an image, found 3");
    await expect(parseLabels(labels, 3, 9)).rejects.toThrow("byte 10: expected labels from 0 to 8, found 9");
  });

  test("whatever is in the files, a FileError or images and labels", async () => {
    const file = (bytes: Uint8Array): { bytes: Uint8Array; matters: number[] } => ({ bytes, matters: span(0, 16) });
    const counts = await fuzz([file(pixels), file(labels)], parse, ({ shape, bytes }) => {
      if (shape.length !== 3 || shape.reduce((a, b) => a * b) !== bytes.length) expect(shape).toBe("in order");
    });
    expect(counts.refused).toBeGreaterThan(volume(4000));
    expect(counts.read).toBeGreaterThan(volume(500));
    const labelCounts = await fuzz([file(labels), file(pixels)], parseLabels, (found) => {
      if (found.length !== 3 || found.some((label) => label > 9)) expect(found).toBe("in order");
    });
    expect(labelCounts.refused).toBeGreaterThan(volume(4000));
    expect(labelCounts.read).toBeGreaterThan(volume(100));
  });

  test("another pixel in the file is that pixel, and all else is the same", async () => {
    for (let at = 16; at < pixels.length; at += 7) {
      const changed = Uint8Array.from(pixels);
      changed[at]! ^= 255;
      const { bytes } = await parse(changed);
      expect(Buffer.compare(bytes, changed.subarray(16))).toBe(0);
    }
  });
});
