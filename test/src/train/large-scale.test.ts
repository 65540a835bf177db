import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { emblems, Examples, folder, saveFolder } from "../../../src/data/index.js";
import { fit } from "../../../src/train/index.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-large-"));
beforeAll(() => use("simd"));
afterAll(() => rmSync(scratch, { recursive: true }));

// What each method learns from them: large-scale.long.test.ts.
test("ResNet-10 takes 64 x 64 and 32 x 32 pictures from a folder", async () => {
  const drawn = (split: "train" | "test") => Examples.of(emblems({ counts: [2, 2], split, size: 32 }));
  await saveFolder(join(scratch, "emblems"), { train: drawn("train"), test: drawn("test") });
  for (const size of [64, 32]) {
    const data = await folder(join(scratch, "emblems"), { size });
    const result = await fit({ model: "resnet10", data, epochs: 1, batchSize: 4, progress: false });
    expect(data.train.shape).toEqual([size, size, 3]);
    expect(result.records[0]!.loss).toBeGreaterThan(0);
    result.dispose();
  }
});
