import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { encodePng, stickers } from "../../../src/data/index.js";
import { longTailed, runConfig, type RunConfig } from "../../../src/experiment/index.js";
import { meanTeacher, selfTraining, vat, type SelfTrainingResult } from "../../../src/semi/index.js";
import { rotation } from "../../../src/ssp/index.js";
import { fit, type FitResult } from "../../../src/train/index.js";

const data = { name: "stickers", head: 8, rho: 2, testImages: 1, rhoU: 2, multiple: 1 } as const;
const few = { model: "small", epochs: 1, batchSize: 32 } as const;
const quiet = { progress: false } as const;

const scratch = mkdtempSync(join(tmpdir(), "run-config-"));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeAll(() => use("simd"));

const last = (result: FitResult | SelfTrainingResult): FitResult => ("final" in result ? result.final : result);
/** What came out, as far as it does not depend on time. */
async function outcome(result: FitResult | SelfTrainingResult) {
  const { network, configuration, records } = last(result);
  const found = { weights: await network.digest(), configuration, losses: records.map(({ loss }) => loss) };
  result.dispose();
  return found;
}
/** A configuration's way through a file. */
const asJson = (config: object): RunConfig => JSON.parse(JSON.stringify(config)) as RunConfig;

describe("a configuration is the method's options", () => {
  const methods = { fit, "self-training": selfTraining, "mean-teacher": meanTeacher, vat };
  const choices: Record<keyof typeof methods, object> = {
    fit: { loss: { name: "ldam", maxMargin: 0.4 }, rebalance: "reweight", optimizer: "adam", seed: 3 },
    "self-training": { threshold: 0.05, finalRecipe: { schedule: { name: "cosine", rate: 0.02 } } },
    "mean-teacher": { decay: 0.5, weight: 2 },
    vat: { epsilon: 2, augmentation: "none" },
  };
  test.each(Object.keys(methods) as (keyof typeof methods)[])("%s", async (method) => {
    const before = tf.memory().numTensors;
    const ours = await outcome(await runConfig(asJson({ data, method, ...few, ...choices[method] }), quiet));
    const theirs = await outcome(
      await methods[method]({ data: await longTailed(data), ...few, ...choices[method], ...quiet }),
    );
    expect(ours).toEqual(theirs);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("without a method it is fit", async () => {
    const result = last(await runConfig(asJson({ data, ...few }), quiet));
    expect(result.configuration["task"]).toBe("supervised");
    expect(result.data.name).toBe("Stickers, rho 2, head 8, D_U@1x of rho_U 2");
    result.dispose();
  });
});

describe("pre-training comes before it", () => {
  const ways = {
    rotation: {},
    jigsaw: { grid: 2, orders: 3 },
    moco: { queue: 32, groups: 2, batchSize: 16 },
    simclr: {},
  };
  test.each(Object.entries(ways))("%s, in a folder of its own", async (method, options) => {
    const before = tf.memory().numTensors;
    const folder = join(scratch, method);
    const config = asJson({ data, ...few, pretrain: { method, ...options } });
    const first = await outcome(await runConfig(config, { ...quiet, folder }));
    expect(readdirSync(folder).sort()).toEqual(["pretrain", "train"]);
    const kept = JSON.parse(readFileSync(join(folder, "pretrain", "config.json"), "utf8")) as Record<string, unknown>;
    expect(kept["configuration"]).toMatchObject({ task: method, model: "small", epochs: 1, ...options });
    expect(first.configuration["initial"]).toMatch(/^[0-9a-f]{64}$/);
    // What is done is not done again.
    let steps = 0;
    const onEvent = (event: { type: string }): void => void (steps += Number(event.type === "step"));
    expect(await outcome(await runConfig(config, { ...quiet, folder, onEvent }))).toEqual(first);
    expect(steps).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("takes over epochs, batches and seed, unless it has its own; the training begins with its network", async () => {
    const set = await longTailed(data);
    const common = { ...few, seed: 5 };
    const direct = await rotation({ data: set, ...common, epochs: 2, ...quiet });
    const trained = await outcome(await fit({ data: set, ...common, initial: direct.network, ...quiet }));
    direct.dispose();
    const config = asJson({ data, ...common, pretrain: { method: "rotation", epochs: 2 } });
    expect(await outcome(await runConfig(config, quiet))).toEqual(trained);
  });
});

test("a folder of your own images", async () => {
  const { bytes, labels } = stickers({ counts: 2 });
  for (const label of [0, 1, 2])
    for (const i of [...labels.keys()].filter((at) => labels[at] === label)) {
      mkdirSync(join(scratch, "mine", `class ${label}`), { recursive: true });
      const png = encodePng({ bytes: bytes.subarray(i * 3072, (i + 1) * 3072), shape: [32, 32, 3] });
      writeFileSync(join(scratch, "mine", `class ${label}`, `${i}.png`), png);
    }
  const result = last(await runConfig(asJson({ data: { folder: join(scratch, "mine"), size: 16 }, ...few }), quiet));
  expect(result.network.classes).toBe(3);
  expect(result.last.confusion.total).toBe(3);
  result.dispose();
});

describe("what is wrong is found before anything is trained or written", () => {
  const pretrain = { method: "rotation" };
  const good = { data, ...few };
  const labeledOnly = { name: "stickers", head: 8, rho: 2, testImages: 1 };
  test.each<[object, string]>([
    [{ ...good, epoch: 3 }, 'fit: there is no parameter "epoch"'],
    [{ ...good, epoch: 3 }, "Did you mean epochs?"],
    [{ ...good, pretrain, batch_size: 3 }, "Did you mean batchSize?"],
    [{ ...good, loss: { name: "focal", gama: 2 } }, "Did you mean gamma?"],
    [{ ...good, pretrain, loss: { name: "focal", gama: 2 } }, "Did you mean gamma?"],
    [{ ...good, pretrain, loss: "ldma" }, 'one of cross-entropy, focal, ldam, found "ldma"'],
    [{ ...good, schedule: { name: "steps", rates: 0.1 } }, "Did you mean rate?"],
    [{ ...good, optimizer: { name: "sgd", momentun: 0.9 } }, "Did you mean momentum?"],
    [{ ...good, rebalance: { name: "drw", form: 1 } }, "Did you mean from?"],
    [{ ...good, rebalance: "dwr" }, "Did you mean drw?"],
    [{ ...good, augmentation: { padding: 4 } }, 'augmentation: there is no parameter "padding"'],
    [{ ...good, model: "resnet" }, "model must be"],
    [{ ...good, epochs: "3" }, 'epochs must be an integer from 1 to 2147483647 (got "3")'],
    [{ ...good, method: "vat", epsilonn: 1 }, "Did you mean epsilon?"],
    [{ ...good, method: "mean-teacher", pretrain, decya: 1 }, "Did you mean decay?"],
    [{ ...good, method: "self-training", pretrain, tresh: 1 }, 'selfTraining: there is no parameter "tresh"'],
    [{ ...good, method: "self-training", finalRecipe: { epoch: 1 } }, "Did you mean epochs?"],
    [{ ...good, method: "self-training", finalRecipe: { loss: "ldma" } }, 'found "ldma"'],
    [{ ...good, method: "self-training", pretrain, baseRecipe: { schedule: "cosin" } }, "Did you mean cosine?"],
    [{ ...good, method: "self-trainig" }, 'config: there is no method "self-trainig". Did you mean self-training?'],
    [{ ...good, method: "toString" }, 'config: there is no method "toString". Known: fit, self-training'],
    [{ ...good, method: 3 }, "config: method must be a text (got 3)"],
    [{ ...good, pretrain: { method: "rotatoin" } }, 'no pretrain.method "rotatoin". Did you mean rotation?'],
    [{ ...good, pretrain: {} }, "pretrain.method must be one of rotation, jigsaw, moco, simclr (got undefined)"],
    [{ ...good, pretrain: "rotation" }, 'config: pretrain must be an object (got "rotation")'],
    [{ ...good, pretrain: { ...pretrain, epoch: 1 } }, "Did you mean epochs?"],
    [{ ...good, pretrain: { method: "jigsaw", grid: 4 } }, "grid must be 2 or 3 (got 4)"],
    [{ ...good, pretrain: { method: "moco", queue: 100 } }, "queue must be a multiple of batchSize 32 (got 100)"],
    [{ ...good, pretrain: { ...pretrain, model: "small" } }, '"model" has no place here, it is the training\'s'],
    [{ ...good, pretrain: { ...pretrain, data } }, 'config: pretrain: "data" has no place here'],
    [{ ...good, folder: "x" }, 'config: "folder" has no place here, it is said beside the configuration'],
    [{ ...good, progress: false }, 'config: "progress" has no place here'],
    [{ ...good, initial: {} }, "initial must be a models.Network (got {})"],
    [{ ...good, ["__proto__"]: 1 }, 'there is no parameter "__proto__"'],
    [{ ...few }, "config: data must be an object (got undefined)"],
    [{ ...few, data: "stickers" }, 'config: data must be an object (got "stickers")'],
    [
      { ...few, data: {} },
      'data must have a "name" (a long-tailed set) or a "folder" (your own images), found neither',
    ],
    [{ ...few, data: { fodler: "x" } }, "found fodler. Did you mean folder?"],
    [{ ...few, data: { ...data, rou: 3 } }, "Did you mean rhoU?"],
    [{ ...few, data: { folder: "x", sise: 3 } }, "Did you mean size?"],
    [{ ...few, data: { folder: "x", name: "stickers" } }, 'folder: there is no parameter "name"'],
    [{ ...few, data: { folder: 3 } }, "path must be a text (got 3)"],
    [{ ...few, data: labeledOnly, method: "vat", pretrain }, "expected unlabeled images in data.unlabeled, found none"],
  ])("%j: %s", async (config, message) => {
    let events = 0;
    const folder = join(scratch, "wrong");
    const tensors = tf.memory().numTensors;
    const options = { ...quiet, folder, onEvent: () => void events++ };
    const error: unknown = await runConfig(config as RunConfig, options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toContain(message);
    expect(events).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
