import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { emblems, Examples, folder, saveFolder, type FolderData } from "../../../src/data/index.js";
import { moco } from "../../../src/ssp/index.js";
import { paretoProfile } from "../../../src/tail/index.js";
import { classifierRetraining, fit, oltr, type FitResult } from "../../../src/train/index.js";

// The paper's tables 3 and 4 in small: a folder of pictures with a long tail, ResNet-10, every method, without and with MoCo.
const CLASSES = 4;
const SIZE = 32;
const scratch = mkdtempSync(join(tmpdir(), "longtail-large-"));
let data: FolderData;
beforeAll(async () => {
  await use("simd");
  const counts = paretoProfile({ classes: CLASSES, head: 32, least: 8 });
  const examples = (each: number[], split: "train" | "test") =>
    Examples.of(emblems({ counts: each, split, size: SIZE }));
  const test = counts.map(() => 15);
  await saveFolder(join(scratch, "emblems"), { train: examples(counts, "train"), test: examples(test, "test") });
  data = await folder(join(scratch, "emblems"), { size: SIZE });
});
afterAll(() => rmSync(scratch, { recursive: true }));

const step = { name: "cosine", rate: 0.05, by: "step" } as const;
const brief = { epochs: 4, batchSize: 24, schedule: step, progress: false, evaluateEvery: 100 } as const;
const resnet = { ...brief, model: "resnet10" } as const;

test.each(["without", "with"])(
  "every method learns, %s pre-training by MoCo",
  async (how) => {
    const before = tf.memory().numTensors;
    const pretrained =
      how === "with"
        ? await moco({ ...resnet, data, epochs: 2, queue: 72, groups: 2, momentum: 0.9, dimension: 32 })
        : undefined;
    const first = { ...resnet, data, ...(pretrained && { initial: pretrained.network }) };
    const base = await fit(first);
    const results: Record<string, FitResult> = {
      "CE (uniform)": base,
      "CE (balanced)": await fit({ ...first, rebalance: "class-aware" }),
      OLTR: await oltr({ ...brief, base, epochs: 2 }),
      cRT: await classifierRetraining({ ...brief, base, epochs: 2 }),
      "LDAM-DRW": await fit({ ...first, loss: "ldam", rebalance: "drw" }),
    };
    const accuracies = Object.entries(results).map(([name, { last }]) => [name, last.confusion.accuracy] as const);
    console.log(`${how} MoCo: ${accuracies.map(([name, a]) => `${name} ${(100 * a).toFixed(1)} %`).join(", ")}`);
    for (const [name, { records }] of Object.entries(results))
      for (const { loss } of records) expect(Number.isFinite(loss), name).toBe(true);
    // By chance 15 of 60 test images are right, and 26 or more in 2 of 1000 cases.
    for (const [name, accuracy] of accuracies) expect(accuracy, name).toBeGreaterThan(25.5 / 60);
    for (const result of Object.values(results)) result.dispose();
    pretrained?.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
  300_000,
);
