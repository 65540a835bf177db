import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { jigsaw, rotation } from "../../../src/ssp/index.js";
import { easy, easyData as data } from "../train/easy-data.js";

beforeAll(() => use("simd"));

test("rotation: in fifty steps, most rotations of new images are told, where chance is a quarter", async () => {
  const { records, network, ...result } = await rotation({ ...easy, data, epochs: 5 });
  const { loss, metrics } = records.at(-1)!;
  expect(records[0]!.loss).toBeGreaterThan(1.2);
  expect(loss).toBeLessThan(0.8);
  expect(metrics["rotation"]).toBeGreaterThan(0.75);
  expect(result.configuration).toMatchObject({ task: "rotation", rotations: "one", batchSize: 32 });
  network.dispose();
});

test("jigsaw: orders of four tiles are told better than by chance", async () => {
  const result = await jigsaw({ ...easy, data, orders: 4, augmentation: "none", epochs: 4 });
  expect(result.records.at(-1)!.metrics["jigsaw"]).toBeGreaterThan(0.38);
  expect(result.records.at(-1)!.loss).toBeLessThan(0.8 * result.records[0]!.loss);
  expect(result.network.classes).toBe(4);
  result.dispose();
});
