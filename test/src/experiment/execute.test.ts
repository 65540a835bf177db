import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { use } from "../../../src/backend/device.js";
import { execute } from "../../../src/experiment/execute.js";
import { cifar10LT, meanTeacher, plan, ssp, unlabeled } from "../../../src/experiment/index.js";
import { SelfTrainingResult } from "../../../src/semi/index.js";
import { FitResult } from "../../../src/train/index.js";
import { toyScale } from "./toy.js";

const store = mkdtempSync(join(tmpdir(), "execute-test-"));
afterAll(() => rmSync(store, { recursive: true }));
beforeAll(() => use("simd"));

const withPool = cifar10LT({ rho: 10 }).with(unlabeled({ rhoU: 1, multiple: 1 }));
const place = { scale: toyScale(1), seed: 0 };
const options = { store, progress: false };

it("begins with the pre-training, wherever D_U is learned from: base, final network and Mean Teacher alike", async () => {
  const before = tf.memory().numTensors;
  const trained = await execute(plan(withPool.with(ssp()), place), options);
  const consistent = await execute(plan(withPool.with(ssp(), meanTeacher), place), options);
  if (!(trained instanceof SelfTrainingResult && consistent instanceof FitResult)) throw new Error("other outcomes");
  const begun = [trained.base, trained.final, consistent].map(({ configuration }) => configuration["initial"]);
  expect(begun[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(begun).size).toBe(1);
  trained.dispose();
  consistent.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it("begins with random numbers without pre-training", async () => {
  const trained = await execute(plan(withPool, place), options);
  if (!(trained instanceof SelfTrainingResult)) throw new Error("another outcome");
  for (const { configuration } of [trained.base, trained.final]) expect(configuration).not.toHaveProperty("initial");
  trained.dispose();
});
