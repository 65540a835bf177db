import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cifar100Classes, cifar10Classes } from "../../../../src/data/formats/class-names.js";
import { FileError, readCifar10, readCifar100 } from "../../../../src/data/index.js";
import type { CifarOptions } from "../../../../src/data/index.js";
import { datasets, images, onRealImages, pickles, sha256, unpacked } from "./fixture.js";
import { pythonTwo } from "./pickle-writer.js";

let root: string;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), "cifar-"))));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder of files. */
function folder(name: string, files: Record<string, Uint8Array | string>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

const batches = <T>(content: T): Record<string, T> =>
  Object.fromEntries([1, 2, 3, 4, 5].map((batch) => [`data_batch_${batch}`, content]));
const ending = <T>(files: Record<string, T>, end: string): Record<string, T> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [name + end, content]));

const file = unpacked(images.cifar10.file);
const { labels } = images.cifar10;
const options: CifarOptions = { split: "train", partial: true };

describe("readCifar10", () => {
  test("reads the binary version, each file gzipped or not", async () => {
    const files = ending(batches(file), ".bin");
    delete files["data_batch_2.bin"];
    const path = folder("binary", {
      ...files,
      "data_batch_2.bin.gz": gzipSync(file),
      "test_batch.bin": file.subarray(0, 3073),
    });
    const set = await readCifar10(path, options);
    expect(set.name).toBe("CIFAR-10, training");
    expect(set.shape).toEqual([15, 32, 32, 3]);
    expect([...set.labels]).toEqual(Array(5).fill(labels).flat());
    for (let batch = 0; batch < 5; batch++)
      expect(sha256(set.bytes.subarray(batch * 9216, (batch + 1) * 9216))).toBe(images.nhwc);
    expect(set.classes).toEqual(cifar10Classes);
    const test = await readCifar10(path, { split: "test", partial: true });
    expect([test.name, sha256(test.bytes)]).toEqual(["CIFAR-10, test", images.nhwcOfOne]);
  });

  test("reads the Python version of Python 2 and 3", async () => {
    for (const [maker, { cifar10, nhwc }] of Object.entries(pickles)) {
      const batch = unpacked(cifar10["2"]!);
      const set = await readCifar10(folder(maker, { ...batches(batch), test_batch: batch }), options);
      expect([...set.labels]).toEqual(Array(5).fill([3, 9]).flat());
      expect(sha256(set.bytes.subarray(4 * 6144))).toBe(nhwc);
      const test = await readCifar10(join(root, maker), { split: "test", partial: true });
      expect([test.labels.length, sha256(test.bytes)]).toEqual([2, nhwc]);
    }
  });

  test("takes the names of the classes from the folder's own file", async () => {
    const names = "zero one two three four five six seven eight nine".split(" ");
    const binary = { ...ending(batches(file), ".bin"), "batches.meta.txt": `${names.join("\n")}\n\n` };
    expect((await readCifar10(folder("names", binary), options)).classes).toEqual(names);
    const batch = unpacked(pickles["Python 2.7, numpy 1.16"]!.cifar10["2"]!);
    const python = { ...batches(batch), "batches.meta": pythonTwo({ label_names: names }) };
    expect((await readCifar10(folder("names-python", python), options)).classes).toEqual(names);
    const few = { ...ending(batches(file), ".bin"), "batches.meta.txt": "one\ntwo\n" };
    await expect(readCifar10(folder("few-names", few), options)).rejects.toThrow(
      /batches\.meta\.txt, byte 0: expected 10 names of classes, found 2/,
    );
  });

  test("missing files, images and folders are said", async () => {
    const incomplete = ending(batches(file), ".bin");
    delete incomplete["data_batch_4.bin"];
    const path = folder("incomplete", incomplete);
    await expect(readCifar10(path, options)).rejects.toThrow("expected data_batch_4, each as .bin or .bin.gz");
    await expect(readCifar10(path, { split: "test" })).rejects.toThrow(
      /expected test_batch, each .* \(Python version\)/,
    );
    await expect(readCifar10(join(root, "nowhere"), options)).rejects.toThrow(FileError);
    await expect(readCifar10(join(root, "binary"), { split: "train" })).rejects.toThrow(
      "expected 50000 images of CIFAR-10, train, found 15. Are all files whole? { partial: true }",
    );
    const folders = folder("folders", {});
    mkdirSync(join(folders, "test_batch"));
    await expect(readCifar10(folders, { split: "test" })).rejects.toThrow("expected a file, found something else");
  });

  test("options are checked", async () => {
    const read = (wrong: object): Promise<unknown> => readCifar10(root, wrong as CifarOptions);
    await expect(read({})).rejects.toThrow('readCifar10: split must be "train" or "test" (got undefined)');
    await expect(read({ split: "extra" })).rejects.toThrow('(got "extra")');
    await expect(read({ split: "test", labels: "fine" })).rejects.toThrow('there is no parameter "labels"');
    await expect(read({ split: "test", partial: 1 })).rejects.toThrow("partial must be true or false");
  });
});

describe("readCifar100", () => {
  test("reads fine and coarse labels of both versions", async () => {
    const hundred = unpacked(images.cifar100.file);
    const { cifar100, nhwc } = pickles["Python 2.7, numpy 1.16"]!;
    const binary = folder("100", { "train.bin": hundred });
    const python = folder("100-python", { train: unpacked(cifar100["2"]!) });
    for (const [path, digest, fine, coarse] of [
      [binary, images.nhwc, images.cifar100.fine, images.cifar100.coarse],
      [python, nhwc, [99, 0], [19, 4]],
    ] as const) {
      const set = await readCifar100(path, options);
      expect([set.name, sha256(set.bytes), [...set.labels]]).toEqual(["CIFAR-100, training", digest, fine]);
      expect(set.classes).toEqual(cifar100Classes);
      const grouped = await readCifar100(path, { ...options, labels: "coarse" });
      expect([grouped.name, sha256(grouped.bytes)]).toEqual(["CIFAR-100, coarse, training", digest]);
      expect([...grouped.labels]).toEqual(coarse);
      expect(grouped.classes).toHaveLength(20);
    }
  });
});

describe.skipIf(datasets === undefined)(onRealImages, () => {
  const planes = (name: string): Buffer => gunzipSync(readFileSync(join(datasets!, name)));

  test("CIFAR-10's files give the pixels and labels that their records say", async () => {
    const records = planes("cifar10/train-exact-8068.bin.gz");
    const count = records.length / 3073;
    // Cut into five at records: one as it is, the others gzipped.
    const cuts = [0, 1000, 3000, 5000, 7000, count].map((at) => at * 3073);
    const files = Object.fromEntries(
      [1, 2, 3, 4, 5].map((batch) => {
        const part = records.subarray(cuts[batch - 1], cuts[batch]);
        return batch === 3 ? ["data_batch_3.bin", part] : [`data_batch_${batch}.bin.gz`, gzipSync(part, { level: 1 })];
      }),
    );
    const set = await readCifar10(folder("real", files), options);
    expect(set.shape[0]).toBe(8068);
    expectSame(set, records, 1, 0);
  });

  test.each(["train-exact-1117", "test-exact-916"])("CIFAR-100's %s gives what its records say", async (name) => {
    const split = name.startsWith("train") ? "train" : "test";
    const zipped = readFileSync(join(datasets!, `cifar100/${name}.bin.gz`));
    const path = folder(name, { [`${split}.bin.gz`]: zipped });
    for (const [which, at] of [
      ["coarse", 0],
      ["fine", 1],
    ] as const) {
      const set = await readCifar100(path, { split, partial: true, labels: which });
      expectSame(set, planes(`cifar100/${name}.bin.gz`), 2, at);
    }
    const names = JSON.parse(readFileSync(join(datasets!, "cifar100/meta.json"), "utf8")) as Record<string, string[]>;
    expect(cifar100Classes).toEqual(names.fine_label_names);
  });
});

/** Holds a set against binary records, by the definition of the format. */
function expectSame(
  { bytes, labels: found, shape }: { bytes: Uint8Array; labels: Uint16Array; shape: readonly number[] },
  records: Uint8Array,
  labelBytes: number,
  label: number,
): void {
  const record = labelBytes + 3072;
  expect(shape).toEqual([records.length / record, 32, 32, 3]);
  const wanted = new Uint8Array(bytes.length);
  for (let i = 0; i < found.length; i++) {
    for (let p = 0; p < 1024; p++)
      for (let c = 0; c < 3; c++) wanted[i * 3072 + 3 * p + c] = records[i * record + labelBytes + c * 1024 + p]!;
  }
  expect(Buffer.compare(bytes, wanted)).toBe(0);
  expect(found).toEqual(Uint16Array.from(found, (_, i) => records[i * record + label]!));
}
