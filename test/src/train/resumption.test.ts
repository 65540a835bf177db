import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { Network } from "../../../src/models/index.js";
import { meanTeacher, selfTraining, vat } from "../../../src/semi/index.js";
import { jigsaw, moco, rotation, simclr } from "../../../src/ssp/index.js";
import { classifierRetraining, fit, oltr } from "../../../src/train/index.js";
import type { EpochRecord, FitResult, RunOptions, TrainEvent } from "../../../src/train/index.js";
import { few } from "./small-data.js";

/** Whatever a run gives back, as far as these tests go. */
interface Outcome {
  readonly network: Network;
  readonly records: readonly EpochRecord[];
  dispose(): void;
}

const second = { epochs: 2, batchSize: 32, progress: false } as const;
/** A second stage, after the same first one each time. */
async function afterFirst(run: (base: FitResult) => Promise<FitResult>): Promise<FitResult> {
  const base = await fit({ ...few, epochs: 1 });
  try {
    return await run(base);
  } finally {
    base.dispose();
  }
}

const RUNS: Record<string, (options: RunOptions) => Promise<Outcome>> = {
  "fit, cross-entropy": (options) => fit({ ...few, ...options }),
  "fit, the network that validation chooses": (options) =>
    fit({
      ...few,
      data: { ...few.data, validation: few.data.train.select([0, 20, 40, 60]) },
      keep: "selected",
      ...options,
    }),
  "fit, LDAM, DRW, cosine schedule": (options) =>
    fit({ ...few, loss: "ldam", rebalance: { name: "drw", from: 1 }, schedule: "cosine", ...options }),
  "fit, focal, resampled, Adam": (options) =>
    fit({ ...few, loss: { name: "focal", gamma: 2 }, rebalance: "resample", optimizer: "adam", ...options }),
  "cRT, after a first stage": (options) => afterFirst((base) => classifierRetraining({ ...second, base, ...options })),
  "OLTR, after a first stage": (options) => afterFirst((base) => oltr({ ...second, base, ...options })),
  "self-training, one pool": async (options) => {
    const result = await selfTraining({ ...few, ...options });
    return { ...result.final, network: result.final.network, dispose: () => result.dispose() };
  },
  "self-training, two terms, two rounds": async (options) => {
    const result = await selfTraining({ ...few, epochs: 1, omega: 2, rounds: 2, ...options });
    return { ...result.final, network: result.final.network, dispose: () => result.dispose() };
  },
  "Mean Teacher": (options) => meanTeacher({ ...few, ...options }),
  VAT: (options) => vat({ ...few, epochs: 1, ...options }),
  rotation: (options) => rotation({ ...few, ...options }),
  jigsaw: (options) => jigsaw({ ...few, orders: 4, ...options }),
  "MoCo v2": (options) => moco({ ...few, batchSize: 16, queue: 64, groups: 2, ...options }),
  SimCLR: (options) => simclr({ ...few, batchSize: 16, ...options }),
};

const scratch = mkdtempSync(join(tmpdir(), "longtail-resumption-"));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeAll(() => use("simd"));

/** What came out, without what differs from sitting to sitting. */
async function summary({ network, records }: Outcome) {
  return { weights: await network.digest(), records: records.map(({ seconds: _, ...rest }) => rest) };
}

describe.each(Object.entries(RUNS))("%s", (name, run) => {
  test("stopped after any step and gone on with: the same bits as never stopped, and no tensor left behind", async () => {
    const before = tf.memory().numTensors;
    let steps = 0;
    const whole = await run({ onEvent: (event) => void (steps += Number(event.type === "step")) });
    const expected = await summary(whole);
    whole.dispose();
    expect(steps).toBeGreaterThan(2);

    const folder = join(scratch, name.replaceAll(/\W+/g, "-"));
    const stops = [1, Math.ceil(steps / 2), 1];
    for (const stop of stops) {
      const controller = new AbortController();
      let seen = 0;
      const onEvent = (event: TrainEvent): void => {
        if (event.type === "step" && ++seen === stop) controller.abort(new Error("enough for now"));
      };
      await expect(run({ folder, signal: controller.signal, onEvent })).rejects.toThrow("enough for now");
      expect(seen).toBe(stop);
      expect(tf.memory().numTensors).toBe(before);
    }
    let rest = 0;
    const resumed = await run({ folder, onEvent: (event) => void (rest += Number(event.type === "step")) });
    expect(rest).toBe(steps - stops.reduce((a, b) => a + b));
    expect(await summary(resumed)).toEqual(expected);
    resumed.dispose();

    // What is done is not done again.
    let again = 0;
    const read = await run({ folder, onEvent: (event) => void (again += Number(event.type === "step")) });
    expect(again).toBe(0);
    expect(await summary(read)).toEqual(expected);
    read.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
