import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { globalAveragePool } from "../../../src/backend/fused/index.js";
import { Examples, normalizationOf } from "../../../src/data/index.js";
import { confusionMatrix, predict } from "../../../src/eval/index.js";
import { ConvNorm, define } from "../../../src/models/index.js";
import { meanTeacher } from "../../../src/semi/index.js";
import { rotation } from "../../../src/ssp/index.js";
import { DivergenceError, fit, type FitOptions, type FitResult, type TrainEvent } from "../../../src/train/index.js";
import { few, smallData } from "./small-data.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-fit-"));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeAll(() => use("simd"));

test("it learns: images that it is tested on are told apart after some epochs", async () => {
  const { train } = smallData;
  const schedule = { name: "cosine", rate: 0.05, by: "step" } as const;
  const result = await fit({ ...few, data: { train, test: train }, schedule, augmentation: "none", epochs: 25 });
  expect(result.last.confusion.accuracy).toBeGreaterThan(0.9);
  expect(result.records.at(-1)!.loss).toBeLessThan(0.3 * result.records[0]!.loss);
  const found = await predict(result.network, train, { normalization: result.normalization });
  expect([...found].filter((c, i) => c === train.labels[i]).length / train.length).toBe(result.last.confusion.accuracy);
  result.dispose();
});

test("same options, same bits; another seed, others; what is watched changes nothing", async () => {
  const digest = async (options: object) => {
    const result = await fit({ ...few, epochs: 1, ...options });
    const found = await result.network.digest();
    result.dispose();
    return found;
  };
  const first = await digest({});
  expect(await digest({ evaluateEvery: 3, progress: true, label: "again" })).toBe(first);
  expect(await digest({ seed: 1 })).not.toBe(first);
});

test("images are normalized as the data say, else by the training images' mean and deviation", async () => {
  const given = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.5, 0.5] };
  const [named, own] = [{ ...smallData, normalization: given }, smallData].map((data) =>
    fit({ ...few, epochs: 1, data }),
  );
  expect((await named!).normalization).toEqual(given);
  expect((await own!).normalization).toEqual(normalizationOf(smallData.train));
  expect((await named!).records[0]!.loss).not.toBe((await own!).records[0]!.loss);
  for (const one of [named!, own!]) (await one).dispose();
});

test("a network that leaves one of its layers out is told which", async () => {
  define("leaves one out", (variables, channels) => {
    const [used, unused] = ["used", "unused"].map((name) => new ConvNorm(variables, name, 3, channels, 8));
    return {
      width: 8,
      apply: (images, mode) => globalAveragePool((images.size > 0 ? used! : unused!).apply(images, mode)),
    };
  });
  await expect(fit({ ...few, model: "leaves one out" })).rejects.toThrow(
    /expected a loss that is made with every weight, found one made without "unused\/filter"\. .* multiplies what it makes by 0/u,
  );
});

test("an image that would be alone in an epoch's last batch is learned from in the one before", async () => {
  const steps: number[] = [];
  const onEvent = (event: TrainEvent) => void (event.type === "step" && steps.push(event.images));
  const train = smallData.train.select(Uint32Array.from({ length: 41 }, (_, i) => i));
  (await fit({ ...few, data: { ...smallData, train }, batchSize: 20, onEvent })).dispose();
  expect(steps).toEqual([20, 21, 20, 21]);
});

test("scores: the last epoch, the best one, and the one that validation chooses are kept apart", async () => {
  const events: TrainEvent[] = [];
  const validation = smallData.train.select([0, 20, 40, 60]);
  const data = { ...smallData, validation };
  const result = await fit({ ...few, data, epochs: 4, onEvent: (event) => void events.push(event) });
  const { name, loss, error } = result.curve("CE");
  expect([name, loss]).toEqual(["CE", result.records.map((record) => record.loss)]);
  expect(error.at(-1)).toBeCloseTo(result.last.confusion.error, 12);
  const { records, last, best, selected } = result;
  const tests = records.map(({ metrics }) => metrics["test"]!);
  const held = records.map(({ metrics }) => metrics["validation"]!);
  expect([last.epoch, last.confusion.accuracy]).toEqual([3, tests[3]]);
  expect([best.epoch, best.confusion.accuracy]).toEqual([tests.indexOf(Math.max(...tests)), Math.max(...tests)]);
  expect(selected!.epoch).toBe(held.indexOf(Math.max(...held)));
  expect(selected!.confusion.accuracy).toBe(tests[selected!.epoch]);
  expect(String(result)).toMatch(/last epoch +4 .*\nbest accuracy .*\nchosen by validation/);
  const kinds = events.map(({ type }) => type);
  expect(kinds.slice(0, 5)).toEqual(["begin", "step", "step", "evaluate", "epoch"]);
  expect(kinds.at(-1)).toBe("end");
  result.dispose();
});

/** Of the same course however many epochs there are: one that ends sooner is the beginning of one that ends later. */
const schedule = { name: "steps", rate: 0.1, warmup: 0, at: [] } as const;
test.each([
  ["fit", (options: FitOptions) => fit({ ...options, schedule })],
  ["Mean Teacher", (options: FitOptions) => meanTeacher({ ...options, schedule, ramp: 0 })],
] as const)('%s with keep: "selected" gives the network of the epoch that validation chooses', async (_, method) => {
  const before = tf.memory().numTensors;
  const validation = smallData.train.select([0, 20, 40, 60]);
  const options = { ...few, data: { ...smallData, validation }, epochs: 4, seed: 1 };
  const counts = async ({ network, normalization }: FitResult) =>
    confusionMatrix(smallData.test.labels, await predict(network, smallData.test, { normalization }), {
      classes: smallData.test.classes,
    }).counts;
  const last = await method(options);
  const kept = await method({ ...options, keep: "selected" });
  const { epoch, confusion } = kept.selected!;
  expect([0, 1, 2]).toContain(epoch);
  expect([kept.records.map(({ metrics }) => metrics), epoch]).toEqual([
    last.records.map(({ metrics }) => metrics),
    last.selected!.epoch,
  ]);
  expect(await counts(kept)).toEqual(confusion.counts);
  expect(await counts(last)).toEqual(last.last.confusion.counts);
  expect([kept.score, last.score]).toEqual([kept.selected, last.last]);
  expect(await kept.network.digest()).not.toBe(await last.network.digest());
  const shorter = await method({ ...options, epochs: epoch + 1 });
  expect(await kept.network.digest()).toBe(await shorter.network.digest());
  for (const one of [last, kept, shorter]) one.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('with keep: "selected" a run says how often was evaluated, as that chooses the network too', async () => {
  const data = { ...smallData, validation: smallData.train.select([0, 20, 40, 60]) };
  const folder = join(scratch, "selected");
  const options = { ...few, data, keep: "selected", folder } as const;
  const result = await fit(options);
  expect(result.configuration).toMatchObject({ keep: "selected", evaluateEvery: 1 });
  result.dispose();
  await expect(fit({ ...options, evaluateEvery: 2 })).rejects.toThrow("evaluateEvery: 1 there, 2 here");
});

test('keep: "selected" wants images that choose', async () => {
  await expect(fit({ ...few, keep: "selected" })).rejects.toThrow(
    'fit: keep "selected" wants images that choose the epoch, data.validation, and found none',
  );
  await expect(fit({ ...few, keep: "best" as "last" })).rejects.toThrow("keep must be");
});

test("a network that begins with another's backbone leaves that as it is", async () => {
  const pretrained = await rotation({ ...few, epochs: 1 });
  const before = await pretrained.network.digest();
  const result = await fit({ ...few, epochs: 1, loss: "ldam", initial: pretrained.network });
  expect(result.network.head).toBe("cosine");
  expect(await pretrained.network.digest()).toBe(before);
  expect(result.configuration).toMatchObject({ initial: before });
  result.dispose();
  pretrained.dispose();
});

test("a folder says what the run is, and refuses another", async () => {
  const folder = join(scratch, "run");
  const result = await fit({ ...few, folder });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
  expect(read("config.json")).toMatchObject({
    id: result.id,
    configuration: { task: "supervised", model: "small", epochs: 2, loss: { name: "cross-entropy" } },
    device: "simd",
  });
  expect(read("result.json")["records"]).toEqual(result.records);
  await expect(fit({ ...few, folder, epochs: 3, seed: 5 })).rejects.toThrow(/epochs: 2 there, 3 here[^]*seed: 0 there/);
  const other = { ...smallData, train: smallData.train.select([0, 1, 30, 60]) };
  await expect(fit({ ...few, folder, data: other })).rejects.toThrow(/data\.train: ".* there/);
  result.dispose();
});

test("two at once in one folder: the second waits, and finds it done", async () => {
  const folder = join(scratch, "twice");
  const steps = [0, 0];
  const run = (i: number) =>
    fit({ ...few, epochs: 1, folder, onEvent: ({ type }) => void (steps[i]! += Number(type === "step")) });
  const [one, two] = await Promise.all([run(0), run(1)]);
  expect(steps.sort()).toEqual([0, 2]);
  expect(await two.network.digest()).toBe(await one.network.digest());
  one.dispose();
  two.dispose();
});

describe("what goes wrong is said", () => {
  test("a run that diverges", async () => {
    const before = tf.memory().numTensors;
    const schedule = { name: "steps", rate: 1e6 } as const;
    const attempt = fit({ ...few, schedule, epochs: 5 });
    await expect(attempt).rejects.toThrow(DivergenceError);
    await expect(attempt).rejects.toThrow(/lower learning rate/);
    expect(tf.memory().numTensors).toBe(before);
  });

  const { classes } = smallData.test;
  const swapped = smallData.test.relabel(smallData.test.labels, [...classes.slice(0, 8), classes[9]!, classes[8]!]);
  const fewer = smallData.test.relabel(new Uint16Array(smallData.test.length), classes.slice(1));
  const labels = Uint16Array.from(classes.keys());
  const shape = [labels.length, 40, 40, 3] as const;
  const bytes = new Uint8Array(labels.length * 40 * 40 * 3);
  const larger = Examples.of({ name: "larger", bytes, shape, labels, classes });
  const cases: [name: string, options: object, message: RegExp][] = [
    ["a misspelt option", { epoch: 3 }, /no parameter "epoch"/],
    ["a misspelt part of the data", { data: { ...smallData, tests: 1 } }, /no parameter "tests"/],
    ["data that is none", { data: { train: [], test: smallData.test } }, /train must be data.Examples/],
    [
      "a test set of other classes",
      { data: { ...smallData, test: fewer } },
      /data\.test: expected 10 classes, found 9;/,
    ],
    [
      "a validation set with classes in another order",
      { data: { ...smallData, validation: swapped } },
      /data\.validation: expected class 8 to be "(.+)", found "(.+)"; Examples\.relabel/,
    ],
    [
      "a test set with classes in another order",
      { data: { ...smallData, test: swapped } },
      /data\.test: expected class 8/,
    ],
    ...(["test", "validation", "unlabeled"] as const).map((part): [string, object, RegExp] => [
      `${part} images of another size`,
      { data: { ...smallData, [part]: larger } },
      new RegExp(`data\\.${part}: expected images of 32 x 32 x 3, as in data\\.train, found 40 x 40 x 3`),
    ]),
    ["an unknown model", { model: "resnet23" }, /"resnet32"/],
    ["an unknown loss", { loss: "ldma" }, /ldam/],
    ["an unknown choice of a loss", { loss: { name: "focal", gama: 2 } }, /gama/],
    ["an unknown re-balancing", { rebalance: "drv" }, /drw/],
    ...(["drw", "drs"] as const).map((name): [string, object, RegExp] => [
      `${name} after the last epoch`,
      { rebalance: { name, from: 2 } },
      new RegExp(`from must be below epochs 2 \\(got 2\\); "${name}" would never begin`),
    ]),
    ["an unknown schedule", { schedule: "papier" }, /paper/],
    ["no epochs", { epochs: 0 }, /epochs must be an integer from 1/],
    ["half a batch", { batchSize: 0.5 }, /batchSize/],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    await expect(fit({ ...few, ...options })).rejects.toThrow(message);
  });
});
