import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { moco, simclr } from "../../../src/ssp/index.js";
import { easy, easyData as data, untrainedNeighbours } from "../train/easy-data.js";

let untrained = 0;
beforeAll(async () => {
  await use("simd");
  untrained = await untrainedNeighbours(data.train, data.test);
});

test("SimCLR: the loss falls, and neighbours by its features are of the same class more often than without", async () => {
  const result = await simclr({ ...easy, data, epochs: 6 });
  const { records } = result;
  expect(records[0]!.loss).toBeLessThan(Math.log(63)); // that of chance
  expect(records.at(-1)!.loss).toBeLessThan(records[0]!.loss - 0.25);
  expect(records.at(-1)!.metrics["neighbours"]).toBeGreaterThan(untrained + 0.1);
  result.dispose();
});

test("MoCo: the loss is far below that of chance, and neighbours are better", async () => {
  const result = await moco({ ...easy, data, epochs: 4, queue: 64, momentum: 0.9, groups: 2 });
  const { loss, metrics } = result.records.at(-1)!;
  expect(loss).toBeLessThan(Math.log(65) - 0.25);
  expect(metrics["neighbours"]).toBeGreaterThan(untrained + 0.1);
  result.dispose();
});
