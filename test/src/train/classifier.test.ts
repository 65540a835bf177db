import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import {
  encodePng,
  Examples,
  FileError,
  readImageFiles,
  stickers,
  type Preprocessing,
} from "../../../src/data/index.js";
import { predict, probabilities } from "../../../src/eval/index.js";
import { globalAveragePool } from "../../../src/backend/fused/index.js";
import { ConvNorm, define } from "../../../src/models/index.js";
import { CheckpointError, fit, loadClassifier, type FitResult } from "../../../src/train/index.js";
import { readCheckpoint, writeCheckpoint } from "../../../src/train/checkpoint-file.js";
import { Classifier, type ClassifierData } from "../../../src/train/classifier.js";
import { fromBase64, reference } from "../data/images/images.js";
import { easyImages } from "./easy-images.js";

const scratch = mkdtempSync(join(tmpdir(), "classifier-"));
const data = { train: easyImages([20, 12, 8, 8], 0), test: easyImages([6, 6, 6, 6], 1) };
const schedule = { name: "cosine", rate: 0.05, by: "step" } as const;
const brief = { data, model: "tiny", epochs: 1, batchSize: 16, schedule, progress: false } as const;
let [linear, cosine]: FitResult[] = [];
beforeAll(async () => {
  await use("simd");
  linear = await fit({ ...brief, folder: join(scratch, "run") });
  cosine = await fit({ ...brief, loss: "ldam" });
});
afterAll(() => {
  for (const result of [linear!, cosine!]) result.dispose();
  rmSync(scratch, { recursive: true });
});

/** The test images as files, so called that their order is not that of their names. */
function files(): string[] {
  return Array.from(data.test.labels, (_, i) => {
    const path = join(scratch, `${(7 * i) % 24}.png`);
    writeFileSync(path, encodePng({ bytes: data.test.image(i), shape: data.test.shape }));
    return path;
  });
}

test.each(["linear", "cosine"])("what was saved (%s head) classifies files as the network did images", async (head) => {
  const result = head === "linear" ? linear! : cosine!;
  const path = join(scratch, "new folder", `${head}.classifier`);
  await result.classifier.save(path);
  const before = tf.memory().numTensors;
  const loaded = await loadClassifier(path);
  expect(await loaded.network.digest()).toBe(await result.network.digest());
  const scale = head === "cosine" ? 30 : 1;
  const expected = await probabilities(result.network, data.test, { normalization: result.normalization, scale });
  const paths = files();
  const found = await loaded.classify(paths);
  expect(found.map(({ file }) => file)).toEqual(paths);
  expect(found.flatMap((one) => one.probabilities)).toEqual(Array.from(expected));
  for (const one of found) {
    const likeliest = one.probabilities.indexOf(Math.max(...one.probabilities));
    expect([one.class, one.probability]).toEqual([data.train.classes[likeliest], one.probabilities[likeliest]]);
  }
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(["linear", "cosine"])("it knows how its network (%s head) is used on examples", async (head) => {
  const { classifier, network, normalization } = head === "linear" ? linear! : cosine!;
  const scale = head === "cosine" ? 30 : 1;
  expect(await classifier.predict(data.test)).toEqual(await predict(network, data.test, { normalization }));
  const expected = await probabilities(network, data.test, { normalization, scale });
  expect(await classifier.probabilities(data.test)).toEqual(expected);
  const pool = data.test.relabel(new Uint16Array(data.test.length), ["unlabeled"]); // as data.folder reads one
  expect(await classifier.probabilities(pool)).toEqual(expected);
});

test("examples of other classes, images of another size, and what are no examples are refused", async () => {
  const { classes, labels } = data.test;
  const swapped = data.test.relabel(labels, classes.toReversed());
  const large = Examples.of(stickers({ counts: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0] })).relabel([0, 1, 2, 3], classes);
  const cases: [Examples, string][] = [
    [swapped, 'expected class 0 to be "level stripes", found "nothing"'],
    [data.test.relabel(labels, [...classes, "more"]), "expected 4 classes, found 5"],
    [large, "expected images of 16 x 16 x 3, as it learned from, found 32 x 32 x 3; read them at that size, or"],
    [[] as never, "examples must be data.Examples; data.Examples.of(set) makes them of a set (got [])"],
  ];
  for (const [examples, message] of cases)
    for (const what of ["predict", "probabilities"] as const) {
      await expect(linear!.classifier[what](examples)).rejects.toThrow(RangeError);
      await expect(linear!.classifier[what](examples)).rejects.toThrow(`classifier.${what}: ${message}`);
    }
});

test("many files are read some at a time: a later request of one does not wait for them", async () => {
  const [paths, done] = [files(), [] as string[]];
  const many = Array.from({ length: 10 }, () => paths).flat();
  const ask = async (name: string, some: readonly string[]) => {
    const found = await linear!.classifier.classify(some);
    done.push(name);
    return found;
  };
  const [all, one] = await Promise.all([ask("many", many), ask("one", [paths[3]!])]);
  expect(done).toEqual(["one", "many"]);
  expect(all.map(({ file }) => file)).toEqual(many);
  expect(all.slice(24)).toEqual(all.slice(0, -24));
  expect(all[3]).toEqual(one[0]);
  expect(all.slice(0, 24)).toEqual(await linear!.classifier.classify(paths));
});

test("images of another size are brought to that of the training images", async () => {
  const path = join(scratch, "large.png");
  const bytes = new Uint8Array(50 * 20 * 3).fill(120);
  writeFileSync(path, encodePng({ bytes, shape: [50, 20, 3] }));
  const same = join(scratch, "same.png");
  writeFileSync(same, encodePng({ bytes: bytes.subarray(0, 16 * 16 * 3), shape: [16, 16, 3] }));
  const [large, small] = await linear!.classifier.classify([path, same]);
  expect(large!.probabilities).toEqual(small!.probabilities);
});

describe("pictures to be classified become images as those did that were learned from", () => {
  /** The result of the same training of images that say this of themselves. */
  async function trainedOn(channels: number, preprocessing?: Preprocessing): Promise<FitResult> {
    const bytes = Uint8Array.from({ length: 8 * 64 * channels }, (_, i) => (37 * i) % 256);
    const labels = Uint16Array.from({ length: 8 }, (_, i) => i % 2);
    const train = Examples.of({
      ...{ name: "some", bytes, shape: [8, 8, 8, channels], labels, classes: ["a", "b"] },
      ...(preprocessing && { preprocessing }),
    });
    return fit({ ...brief, data: { train, test: train } });
  }
  const turned = join(scratch, "turned.jpg");
  writeFileSync(turned, fromBase64(reference.oriented["JPEG 6 MM"].file));

  test.each([
    [{ fit: "stretch", orientation: "exif" }],
    [{ fit: "stretch", orientation: "stored" }],
    [{ fit: "cover", orientation: "stored" }],
    [undefined],
  ] as const)("%j", async (preprocessing) => {
    const result = await trainedOn(3, preprocessing);
    const path = join(scratch, "prepared.classifier");
    await result.classifier.save(path);
    const loaded = await loadClassifier(path);
    const expected = preprocessing ?? { fit: "cover", orientation: "exif" };
    const images = Examples.of(readImageFiles([turned], { size: [8, 8], ...expected }));
    const own = Array.from(await probabilities(result.network, images, { normalization: result.normalization }));
    for (const classifier of [result.classifier, loaded]) {
      expect(classifier.about.preprocessing).toEqual(expected);
      expect((await classifier.classify([turned]))[0]!.probabilities).toEqual(own);
    }
    loaded.dispose();
    result.dispose();
  });

  test("a file from before there was a choice: as it was then", async () => {
    const result = await trainedOn(3, { fit: "stretch", orientation: "exif" });
    const { preprocessing: _, ...before } = result.classifier.about;
    const path = join(scratch, "before.classifier");
    await new Classifier(result.network, before as ClassifierData).save(path);
    const loaded = await loadClassifier(path);
    expect(loaded.about.preprocessing).toEqual({ fit: "cover", orientation: "stored" });
    loaded.dispose();
    result.dispose();
  });

  test("in grey, where those had one channel; of two, no picture becomes an image", async () => {
    const [grey, two] = [await trainedOn(1), await trainedOn(2)];
    const level = join(scratch, "level.png");
    writeFileSync(level, encodePng({ bytes: new Uint8Array(75).fill(99), shape: [5, 5, 3] }));
    const colour = join(scratch, "colour.png");
    const pixel = [10, 200, 30];
    writeFileSync(
      colour,
      encodePng({ bytes: Uint8Array.from({ length: 75 }, (_, i) => pixel[i % 3]!), shape: [5, 5, 3] }),
    );
    // Pillow: Image.new("RGB", (1, 1), (10, 200, 30)).convert("L") is 124.
    for (const [file, value] of [
      [level, 99],
      [colour, 124],
    ] as const) {
      const image = Examples.of({
        ...{ name: "grey", bytes: new Uint8Array(64).fill(value), shape: [1, 8, 8, 1], labels: Uint16Array.of(0) },
        classes: ["a"],
      });
      const own = await probabilities(grey.network, image, { normalization: grey.normalization });
      expect((await grey.classifier.classify([file]))[0]!.probabilities).toEqual(Array.from(own));
    }
    await expect(two.classifier.classify([level])).rejects.toThrow(
      "classify: pictures have 3 channels, or 1 in grey; this network learned from images of 2",
    );
    for (const result of [grey, two]) result.dispose();
  });
});

test("a damaged file, a checkpoint of a run, no file, and a file that is no image are errors that say so", async () => {
  const path = join(scratch, "damaged.classifier");
  await linear!.classifier.save(path);
  const bytes = readFileSync(path);
  bytes[bytes.length - 40]! ^= 1;
  writeFileSync(path, bytes);
  await expect(loadClassifier(path)).rejects.toThrow(CheckpointError);
  const checkpoints = join(scratch, "run", "checkpoints");
  const checkpoint = join(checkpoints, readdirSync(checkpoints)[0]!);
  await expect(loadClassifier(checkpoint)).rejects.toThrow(
    /expected a classifier, as .* longtail train as network\.classifier, found a checkpoint of a run\./,
  );
  const folder = loadClassifier(checkpoints);
  await expect(folder).rejects.toThrow(CheckpointError);
  await expect(folder).rejects.toThrow(`${checkpoints} is a folder, expected a file in it`);
  await expect(loadClassifier(join(scratch, "nothing"))).rejects.toThrow(
    /nothing, byte 0: .*ENOENT.* Is the path right/,
  );
  await expect(linear!.classifier.classify([path])).rejects.toThrow(FileError);
  await expect(linear!.classifier.classify(["nothing.png"])).rejects.toThrow(
    `Is the path right? It is taken from ${process.cwd()}.`,
  );
  await expect(linear!.classifier.classify([join(scratch, "nothing.png")])).rejects.toThrow(/Is the path right\?$/);
  await expect(linear!.classifier.classify([])).rejects.toThrow(/files must be an array of one or more paths/);
});

test("a file that says of a classifier what cannot be is refused by its name, with what it is", async () => {
  const path = join(scratch, "forged.classifier");
  await linear!.classifier.save(path);
  const saved = readCheckpoint(path);
  const state = saved.state as object;
  const forged: [string, unknown][] = [
    ...[undefined, 5, [1, 2], ["a", "a"], { length: 3e9 }].map((value): [string, unknown] => ["classes", value]),
    ...[null, [8, 8], [0, 8, 3], ["8", 8, 3]].map((value): [string, unknown] => ["shape", value]),
    ...[5, { fit: "no", orientation: "exif" }].map((value): [string, unknown] => ["preprocessing", value]),
    ...[
      ["normalization", null],
      ["scale", 0],
      ["scale", "1"],
    ].map((one) => one as [string, unknown]),
  ];
  for (const [key, value] of forged) {
    writeCheckpoint(path, { ...saved, state: { ...state, [key]: value } });
    const loading = loadClassifier(path);
    await expect(loading, key).rejects.toThrow(CheckpointError);
    await expect(loading, key).rejects.toThrow(`${path}: ${key} must be `);
  }
});

test("a network of one's own that is another now, or is not known, is refused; one of another text is warned of", async () => {
  const one = (name: string, width: number, stride = 1): void =>
    void define("own", (variables, channels) => {
      const only = new ConvNorm(variables, name, 3, channels, width);
      return { width, apply: (images, mode) => globalAveragePool(only.apply(images, mode, { stride })) };
    });
  one("only", 8);
  const result = await fit({ ...brief, model: "own" });
  const path = join(scratch, "own.classifier");
  await result.classifier.save(path);
  const expected = await result.classifier.predict(data.test);
  const before = tf.memory().numTensors;
  const warnings: Error[] = [];
  const listen = (warning: Error): unknown => warnings.push(warning);
  process.on("warning", listen);
  const loaded = await loadClassifier(path);
  expect(await loaded.predict(data.test)).toEqual(expected);
  loaded.dispose();
  for (const [name, width, message] of [
    [
      "only",
      9,
      'of another network: of "only/filter" it has 3 x 3 x 3 x 8, expected 3 x 3 x 3 x 9. Is its models.define',
    ],
    ["first", 8, 'of "first/filter" it has none, expected 3 x 3 x 3 x 8'],
  ] as const) {
    one(name, width);
    await expect(loadClassifier(path)).rejects.toThrow(CheckpointError);
    await expect(loadClassifier(path)).rejects.toThrow(message);
  }
  define("own", () => ({ width: 3, apply: (images) => globalAveragePool(images) }));
  await expect(loadClassifier(path)).rejects.toThrow(`${path} is of another network`);
  await new Promise(setImmediate);
  expect(tf.memory().numTensors).toBe(before);
  process.off("warning", listen);
  expect(warnings.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    expect.stringMatching(
      /^TrainingWarning: .*own\.classifier: models\.define\("own", \.\.\.\) was given another text where/,
    ),
  ]);
  result.dispose();
});
