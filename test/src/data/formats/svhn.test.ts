import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gunzipSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { checkImageSet, readSvhn, type ImageSet } from "../../../../src/data/index.js";
import { parseSvhn } from "../../../../src/data/formats/svhn.js";
import { volume } from "../../../volume.js";
import { datasets, images, onRealImages, sha256, unpacked } from "./fixture.js";
import { element, matFile } from "./mat-writer.js";
import { fuzz, span } from "./mutation.js";

const parse = (bytes: Uint8Array): Promise<ImageSet> => parseSvhn(ByteStream.of(bytes, "a.mat"), "SVHN");
const files = Object.entries(images.svhn.files);

describe("cropped digits", () => {
  test.each(files)("%s, as scipy writes them", async (_, text) => {
    const set = await parse(unpacked(text));
    expect(set.shape).toEqual([3, 32, 32, 3]);
    expect([...set.labels]).toEqual(images.svhn.labels);
    expect(set.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(sha256(set.bytes)).toBe(images.nhwc);
  });

  test("a single image has one length less", async () => {
    const set = await parse(unpacked(images.svhn.ofOne));
    expect([set.shape, [...set.labels], sha256(set.bytes)]).toEqual([[1, 32, 32, 3], [0], images.nhwcOfOne]);
  });

  test("what does not fit is refused", async () => {
    const { svhn } = images;
    await expect(parse(unpacked(svhn.doubles))).rejects.toThrow(
      "expected images X, uint8 [32, 32, 3, count], found double",
    );
    await expect(parse(unpacked(svhn.withoutLabels))).rejects.toThrow(
      "expected images X and labels y, found only X, z",
    );
    await expect(parse(unpacked(svhn.tooFewLabels))).rejects.toThrow("expected 1 labels y, one an image of X, found 3");
    await expect(parse(unpacked(svhn.labelOutOfRange))).rejects.toThrow(
      "expected y(1) from 1 to 10, which stands for 0, found 11",
    );
    await expect(parse(matFile([]))).rejects.toThrow("found no array");
    const twice = unpacked(svhn.files.plain!);
    await expect(parse(Buffer.concat([twice, twice.subarray(128)]))).rejects.toThrow(
      "each variable once, found X once more",
    );
  });

  test("reads a file, or one of a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "svhn-"));
    try {
      const file = join(folder, "extra_32x32.mat");
      writeFileSync(file, unpacked(images.svhn.files.compressed!));
      for (const [options, name] of [
        [{ file }, "SVHN"],
        [{ file, split: "train" }, "SVHN, training"],
        [{ folder, split: "extra" }, "SVHN, extra"],
      ] as const) {
        const set = await readSvhn(options);
        expect([set.name, sha256(set.bytes)]).toEqual([name, images.nhwc]);
      }
      await expect(readSvhn({ folder, split: "test" })).rejects.toThrow(/test_32x32\.mat, byte 0: expected a file/);
      await expect(readSvhn({ folder })).rejects.toThrow("expected either a file, or a folder and a split");
      await expect(readSvhn({ folder, file, split: "test" })).rejects.toThrow("either a file, or a folder");
      await expect(readSvhn({ path: file } as object)).rejects.toThrow('there is no parameter "path"');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("whatever is in the file, a FileError or a set", () => {
  const plain = unpacked(images.svhn.files.plain!);
  /** Header and what describes X and y. */
  const described = (bytes: Uint8Array): number[] => [...span(100, 200), ...span(bytes.length - 64, bytes.length)];

  const damageable = (wanted: (name: string) => boolean): { bytes: Uint8Array; matters: number[] }[] =>
    files
      .filter(([name]) => wanted(name))
      .map(([, text]) => unpacked(text))
      .map((bytes) => ({ bytes, matters: described(bytes) }));

  test("plain files", async () => {
    const counts = await fuzz(
      damageable(() => true),
      parse,
      checkImageSet,
    );
    expect(counts.refused).toBeGreaterThan(volume(4000));
    expect(counts.read).toBeGreaterThan(volume(500));
  });

  test("compressed files, whose checksums leave nothing but what was in them", async () => {
    const counts = await fuzz(
      damageable((name) => /compressed|first|int64/.test(name)),
      parse,
      ({ bytes, labels }) => {
        const same = sha256(bytes) === images.nhwc && labels.every((label, i) => label === images.svhn.labels[i]);
        if (!same) expect(labels).toBe("what was compressed");
      },
    );
    expect(counts.refused).toBeGreaterThan(volume(6000));
    expect(counts.read).toBeGreaterThan(volume(100));
  });

  test("compressed variables that were damaged before they were compressed", async () => {
    const file = unpacked(images.svhn.files.compressed!);
    const [x, y] = compressedParts(file).map((part) => inflateSync(part));
    const zipped = (part: Uint8Array): Buffer => element(15, deflateSync(part, { level: 0 }), 0);
    const [zippedX, zippedY] = [zipped(x!), zipped(y!)];
    const damaged = [x!, y!].map((bytes) => ({ bytes, matters: span(0, 72) }));
    const counts = await fuzz(
      damaged,
      (bytes) => {
        const [one, other] = [zipped(bytes), bytes.length > 1000 ? zippedY : zippedX];
        return parse(matFile(bytes.length > 1000 ? [one, other] : [other, one]));
      },
      checkImageSet,
    );
    expect(counts.refused).toBeGreaterThan(volume(4000));
    expect(counts.read).toBeGreaterThan(volume(500));
  });

  test("another pixel in the file is another pixel of that image, and all else is the same", async () => {
    const before = await parse(plain);
    // The first bytes of the first image's first column.
    const column = Buffer.from(Array.from({ length: 32 }, (_, y) => before.bytes[y * 96]!));
    const from = plain.indexOf(column);
    for (let at = 0; at < before.bytes.length; at += 101) {
      const changed = Uint8Array.from(plain);
      changed[from + at]! ^= 255;
      const after = await parse(changed);
      expect(after.labels).toEqual(before.labels);
      const [image, c, x, y] = [Math.floor(at / 3072), Math.floor((at % 3072) / 1024), (at >> 5) & 31, at & 31];
      const place = image * 3072 + (y * 32 + x) * 3 + c;
      expect(after.bytes[place]).toBe(255 - before.bytes[place]!);
      after.bytes[place]! ^= 255;
      expect(Buffer.compare(after.bytes, before.bytes)).toBe(0);
    }
  });
});

/** The deflated parts of a MAT-file. */
function compressedParts(file: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 128; at < file.length; at += 8 + file.readUInt32LE(at + 4)) {
    expect(file.readUInt32LE(at)).toBe(15);
    parts.push(file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4)));
  }
  return parts;
}

describe.skipIf(datasets === undefined)(onRealImages, () => {
  test("the MAT-file holds the pixels and labels of the same images in records", async () => {
    const folder = mkdtempSync(join(tmpdir(), "svhn-"));
    try {
      copyFileSync(join(datasets!, "svhn/train_1083_32x32.mat"), join(folder, "train_32x32.mat"));
      const { bytes, labels, shape } = await readSvhn({ folder, split: "train" });
      expect(shape).toEqual([1083, 32, 32, 3]);
      const records = gunzipSync(readFileSync(join(datasets!, "svhn/train-exact-1083.bin.gz")));
      const wanted = new Uint8Array(bytes.length);
      for (let i = 0; i < 1083; i++)
        for (let p = 0; p < 1024; p++)
          for (let c = 0; c < 3; c++) wanted[i * 3072 + 3 * p + c] = records[i * 3073 + 1 + c * 1024 + p]!;
      expect(Buffer.compare(bytes, wanted)).toBe(0);
      expect(labels).toEqual(Uint16Array.from(labels, (_, i) => records[i * 3073]!));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
