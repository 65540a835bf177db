import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileError, has, load, manifest } from "../../../src/data/index.js";
import { RandomState } from "../../../src/random/index.js";
import { subset } from "../../../src/tail/index.js";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "load-test-"))));
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file of a data set. */
async function place(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

/** An idx file: its dimensions, then bytes. */
function idx(dimensions: number[], bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4 + 4 * dimensions.length);
  head.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((length, i) => head.writeUInt32BE(length, 4 + 4 * i));
  return Buffer.concat([head, bytes]);
}

test("every set of the manifest can be looked for", () => {
  for (const { name } of manifest()) expect(has(name, { folder: join(folder, "nothing here") })).toBe(false);
});

test("MNIST as it is downloaded, Fashion-MNIST with its classes", async () => {
  const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => i % 251);
  for (const set of ["mnist", "fashion-mnist"]) {
    await place(`${set}/t10k-images-idx3-ubyte.gz`, gzipSync(idx([3, 28, 28], pixels)));
    await place(`${set}/t10k-labels-idx1-ubyte.gz`, gzipSync(idx([3], Uint8Array.of(7, 0, 9))));
  }
  expect(has("mnist", { folder, split: "test" })).toBe(true);
  expect(has("mnist", { folder })).toBe(false);
  const digits = await load("mnist", { folder, split: "test" });
  expect(digits.name).toBe("MNIST, test");
  expect([...digits.labels]).toEqual([7, 0, 9]);
  expect(Buffer.from(digits.bytes).equals(pixels)).toBe(true);
  const clothes = await load("fashion-mnist", { folder, split: "test" });
  expect([...clothes.labels].map((label) => clothes.classes[label])).toEqual(["Sneaker", "T-shirt/top", "Ankle boot"]);
});

test("CIFAR-10 as unpacked comes before files in the set's own folder", async () => {
  const records = (first: number): Uint8Array =>
    Uint8Array.from({ length: 10_000 * 3073 }, (_, i) => (i % 3073 === 0 ? first : i % 256));
  await place("cifar10/test_batch.bin", records(1));
  expect((await load("cifar10", { folder, split: "test" })).labels[0]).toBe(1);
  await place("cifar10/cifar-10-batches-bin/test_batch.bin", records(2));
  const set = await load("cifar10", { folder, split: "test" });
  expect(set.labels[0]).toBe(2);
  expect(set.name).toBe("CIFAR-10, test");
});

describe("what is not there", () => {
  test("is an error that says where it was looked for, and how to get it", async () => {
    await expect(load("svhn", { folder })).rejects.toThrow(
      `load: "svhn" (train) is not on this machine: expected train_32x32.mat in ${join(folder, "svhn")}. To get it: npx longtail data get svhn`,
    );
  });
  test("a broken file is a FileError", async () => {
    await place("svhn/test_32x32.mat", new Uint8Array(200));
    await expect(load("svhn", { folder, split: "test" })).rejects.toThrow(FileError);
  });
  test("names and splits that there are not", async () => {
    await expect(load("cifar-10")).rejects.toThrow('there is no data set "cifar-10". Did you mean cifar10?');
    await expect(load("svhn-extra", { folder, split: "test" })).rejects.toThrow('"svhn-extra" has no split "test"');
    expect(() => has("cifar10", { split: "val" } as never)).toThrow('split must be "train" or "test"');
  });
});

const real = process.env["LONGTAIL_DATASETS"];
test("real CIFAR-10 images: the authors' CIFAR-10-LT, class by class", { timeout: 120_000 }, async ({ skip }) => {
  if (real === undefined || !existsSync(join(real, "cifar10"))) skip("needs LONGTAIL_DATASETS with CIFAR-10");
  const set = await load("cifar10", { folder: real! });
  expect(set.shape).toEqual([50_000, 32, 32, 3]);
  const counts = [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50];
  const chosen = subset(set.labels, { counts, random: new RandomState(0) });
  expect([...chosen.slice(0, 3)]).toEqual([4030, 38518, 48266]);
});
