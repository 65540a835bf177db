import { expect, test } from "vitest";
import { data, device, models } from "../../../src/index.js";

test("without a device, what computes says to choose one; with one, it goes on", async () => {
  const images = data.Examples.of(data.stickers({ counts: 1 }));
  const first = () => data.batches(images, { normalization: data.CIFAR_NORMALIZATION }).next();
  const advice = ': there is nothing to compute on yet. Call "await device.use()" first';
  expect(() => models.tiny({ classes: 10 })).toThrow(`tiny${advice}`);
  expect(first).toThrow(`batches${advice}`);
  await device.use("simd");
  expect(models.tiny({ classes: 10 }).classes).toBe(10);
  expect(first().done).toBe(false);
});
