import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { imageAt, type ImageSet } from "../../../../src/data/image-set.js";
import { readJpg32, type Jpg32Options } from "../../../../src/data/images/jpg32.js";
import { volume } from "../../../volume.js";
import { damages } from "./damages.js";
import { damaged, NINE, nine, reference } from "./images.js";

const folder = mkdtempSync(join(tmpdir(), "jpg32-"));
afterAll(() => rmSync(folder, { recursive: true }));
const options = { classes: ["a", "b", "c"], name: "nine", threads: 1 };

/** Reads bytes as if they were a file. */
function read(bytes: Uint8Array, over: Partial<Jpg32Options> = {}): Promise<ImageSet> {
  const file = join(folder, "file.jpg32");
  writeFileSync(file, bytes);
  return readJpg32(file, { ...options, ...over });
}

async function faultOf(bytes: Uint8Array, over: Partial<Jpg32Options> = {}): Promise<FileError> {
  const error = await read(bytes, over).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(FileError);
  return error as FileError;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const good = nine();
const headerLength = good.readUInt32LE(12);
const lengthsAt = 16 + headerLength + 9;
const lengths = Array.from({ length: 9 }, (_, image) => good.readUInt16LE(lengthsAt + 2 * image));
const starts = lengths.map(
  (_, image) => lengthsAt + 18 + lengths.slice(0, image).reduce((sum, length) => sum + length, 0),
);

function withLengths(change: (lengths: number[]) => void): Uint8Array {
  const [bad, changed] = [Buffer.from(good), [...lengths]];
  change(changed);
  changed.forEach((length, image) => bad.writeUInt16LE(length, lengthsAt + 2 * image));
  return bad;
}

/** A file of the nine images over and over. */
function many(times: number): Buffer {
  const repeat = (from: number, to: number): Buffer =>
    Buffer.concat(Array.from({ length: times }, () => good.subarray(from, to)));
  const head = Buffer.from(good.subarray(0, lengthsAt - 9));
  head.writeUInt32LE(9 * times, 8);
  return Buffer.concat([
    head,
    repeat(lengthsAt - 9, lengthsAt),
    repeat(lengthsAt, starts[0]!),
    repeat(starts[0]!, good.length),
  ]);
}

describe("a jpg32 file", () => {
  test("has the pixels that Pillow gives, to the bit, and its labels and names", async () => {
    const set = await readJpg32(NINE, options);
    expect(set.shape).toEqual([9, 32, 32, 3]);
    expect(Array.from({ length: 9 }, (_, image) => sha256(imageAt(set, image)))).toEqual(reference.nine);
    expect([...set.labels]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect([set.name, set.classes]).toEqual(["nine", ["a", "b", "c"]]);
  });

  test("is the same on any number of threads", async () => {
    const one = await readJpg32(NINE, options);
    const bytes = many(1000);
    for (const threads of [1, 2, 3, 5]) {
      const set = await read(bytes, { threads });
      expect(set.shape).toEqual([9000, 32, 32, 3]);
      for (let image = 0; image < 9000; image += 9)
        if (!same(one.bytes, set.bytes.subarray(image * 3072, (image + 9) * 3072)))
          expect.fail(`images from ${image} on differ on ${threads} threads`);
    }
  });

  test("that is damaged fails with its first bad image on any number of threads", async () => {
    const bad = many(1000);
    const at = lengthsAt + 8991 + 18_000 + 500 * (good.length - starts[0]!);
    bad.fill(0xff, at, at + 20);
    bad.fill(0xff, bad.length - 50);
    for (const threads of [1, 2, 3]) {
      const error = await faultOf(bad, { threads });
      expect(error.offset).toBe(at);
      expect(error.message).toContain("of image 4500 (of 9000), found data that is cut off or has no meaning");
    }
  });

  test("may be given up", async () => {
    const abort = new AbortController();
    const outcome = read(many(2000), { threads: 2, signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(outcome).rejects.toThrow("enough");
  });

  test.each([
    [{ classes: [] }, "classes"],
    [{ classes: ["a", "a"] }, "classes"],
    [{ name: 1 }, "name"],
    [{ threads: 0 }, "threads"],
    [{ thread: 1 }, 'no parameter "thread"'],
  ])("has no options like %j", async (over, text) => {
    await expect(readJpg32(NINE, { ...options, ...over } as Jpg32Options)).rejects.toThrow(text);
  });
});

describe("what is wrong is said:", () => {
  test.each([
    ["no file", () => readJpg32("nowhere.jpg32", options), 0, "ENOENT"],
    ["a folder", () => readJpg32(folder, options), 0, "something else"],
    ["an empty file", () => read(Buffer.alloc(0)), 0, '""'],
    ["another file", () => read(Buffer.from("PK\x03\x04 and so on")), 0, "PK"],
    ["no lengths", () => read(good.subarray(0, 12)), 8, "the end"],
    ["no images", () => read(Buffer.concat([good.subarray(0, 8), Buffer.alloc(8)])), 8, "0"],
    ["images without data", () => read(many(3).fill(0xff, 8, 11)), 8, "5"],
    ["a label too high", () => read(good, { classes: ["a", "b"] }), lengthsAt - 7, "2"],
    ["a byte too few", () => read(good.subarray(0, -1)), lengthsAt, `${good.length - starts[0]!}`],
    [
      "a byte too many",
      () => read(Buffer.concat([good, good.subarray(0, 1)])),
      lengthsAt,
      `${good.length - starts[0]!}`,
    ],
    ["a length wrong", () => read(withLengths((all) => all[3]!++)), lengthsAt, `${good.length - starts[0]! + 1}`],
    ["a byte moved", () => read(withLengths((all) => (all[3]!++, all[4]!--))), starts[3]!, "ends 1 bytes before"],
    ["a byte moved back", () => read(withLengths((all) => (all[3]!--, all[4]!++))), starts[3]!, "cut off"],
    ["a header that is cut off", () => read(Buffer.from(good).fill(0, 16 + 609, 16 + 611)), 16 + 609, "00"],
    ["a header for another size", () => read(Buffer.from(good).fill(31, 16 + 166, 16 + 167)), 16, "31 x 32"],
  ])("%s", async (_, outcome, offset, found) => {
    const error = await outcome().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(FileError);
    expect((error as FileError).found).toContain(found);
    expect((error as FileError).offset).toBe(offset);
  });
});

describe("random damage", () => {
  test("is an error, or gives images of the right shape of which those that it spares are the same", async () => {
    const whole = await read(good);
    const outcomes = { error: 0, same: 0, other: 0 };
    await fc.assert(
      fc.asyncProperty(damages, async (all) => {
        const bad = all.reduce(damaged, new Uint8Array(good));
        try {
          const set = await read(bad, { classes: Array.from({ length: 256 }, (_, label) => `${label}`) });
          expect([set.shape, set.bytes.length, set.labels.length]).toEqual([[9, 32, 32, 3], 9 * 3072, 9]);
          // Lengths add up and data is used up: nothing but the header, labels and data can be other.
          expect(bad.length).toBe(good.length);
          const spares = (from: number, to: number): boolean => same(bad.subarray(from, to), good.subarray(from, to));
          expect(spares(lengthsAt, starts[0]!)).toBe(true);
          if (spares(0, 16 + headerLength))
            starts.forEach((start, image) => {
              if (spares(start, start + lengths[image]!))
                expect(same(imageAt(set, image), imageAt(whole, image)), `image ${image}`).toBe(true);
            });
          outcomes[same(set.bytes, whole.bytes) ? "same" : "other"]++;
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          expect(error.offset).toBeLessThanOrEqual(bad.length);
          outcomes.error++;
        }
      }),
      { numRuns: volume(10_000) },
    );
    console.log(`${volume(10_000)} damaged jpg32 files: ${JSON.stringify(outcomes)}`);
    expect(Math.min(outcomes.error, outcomes.other)).toBeGreaterThan(volume(100));
  }, 180_000);

  test("of lengths that still add up is always an error", async () => {
    const image = fc.nat(8);
    await fc.assert(
      fc.asyncProperty(image, image, fc.integer({ min: 1, max: 20 }), async (from, to, bytes) => {
        fc.pre(from !== to);
        await faultOf(withLengths((all) => ((all[from]! -= bytes), (all[to]! += bytes))));
      }),
      { numRuns: volume(2000) },
    );
    // Each possible pair of neighbours and a byte or two: those that a decoder would let pass most easily.
    for (let from = 0; from < 8; from++)
      for (const bytes of [-3, -2, -1, 1, 2, 3])
        await faultOf(withLengths((all) => ((all[from]! -= bytes), (all[from + 1]! += bytes))));
  }, 120_000);
});

const datasets = process.env["LONGTAIL_DATASETS"];
if (!datasets)
  console.log("Skipped: CIFAR-10 as JPEGs needs LONGTAIL_DATASETS, a folder of data sets with an index.json");

describe.skipIf(!datasets)("CIFAR-10", () => {
  interface Index {
    readonly cifar10_classes: string[];
    readonly files: Record<string, { readonly decoded_official_bin_sha256?: string }>;
  }
  const at = (name: string): string => join(datasets!, name);
  const index = (): Index => JSON.parse(readFileSync(at("index.json"), "utf8")) as Index;

  /** As in the official binary files: a label, then the red, green and blue of all pixels. */
  function official(set: ImageSet, image: number): Uint8Array {
    const record = new Uint8Array(1 + 3 * 1024);
    record[0] = set.labels[image]!;
    imageAt(set, image).forEach((value, byte) => (record[1 + (byte % 3) * 1024 + Math.floor(byte / 3)] = value));
    return record;
  }

  test.each(["train", "test"])("%s is what Pillow decodes, to the last bit", async (split) => {
    const { cifar10_classes: classes, files } = index();
    const file = `cifar10/${split}.jpg32`;
    const from = performance.now();
    const set = await readJpg32(at(file), { classes, name: `CIFAR-10, ${split}` });
    console.log(`${file}: ${set.labels.length} images in ${((performance.now() - from) / 1000).toFixed(2)} s`);
    const hash = createHash("sha256");
    for (let image = 0; image < set.labels.length; image++) hash.update(official(set, image));
    expect(hash.digest("hex")).toBe(files[file]!.decoded_official_bin_sha256);
    expect(same(Uint8Array.from(set.labels), readFileSync(at(`cifar10/${split}-labels.u8`)))).toBe(true);
    if (split === "train") {
      const first = Buffer.concat(Array.from({ length: 500 }, (_, image) => official(set, image)));
      expect(same(first, gunzipSync(readFileSync(at("cifar10/train-first500-decoded.bin.gz"))))).toBe(true);
    }
  });
});
