import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { encodePng, folder as folderData, type FolderData } from "../../../src/data/index.js";
import { selfTraining } from "../../../src/semi/index.js";
import { rotation } from "../../../src/ssp/index.js";
import { fit } from "../../../src/train/index.js";
import type { Observer } from "../../../src/train/events.js";
import { refusePictures } from "../../../src/train/training-data.js";

const scratch = mkdtempSync(join(tmpdir(), "training-data-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const [photos, pool] = [join(scratch, "photos"), join(scratch, "pool")];
let data: FolderData;
beforeAll(async () => {
  await use("simd");
  for (const [at, value] of [
    [join(photos, "cat"), 10],
    [join(photos, "dog"), 90],
    [pool, 60],
  ] as const) {
    mkdirSync(at, { recursive: true });
    for (let i = 0; i < 4; i++)
      writeFileSync(join(at, `${i}.png`), encodePng({ bytes: new Uint8Array(192).fill(value + i), shape: [8, 8, 3] }));
  }
  data = await folderData(photos, { size: 8, unlabeled: pool });
});
const brief = { model: "tiny", epochs: 1, batchSize: 4, progress: false } as const;

describe("a run's folder among the pictures that are learned from is refused, and nothing is written there", () => {
  test.each([
    ["photos", "train"],
    ["photos/cat", "train"],
    ["photos/runs/1", "train"],
    ["pool", "unlabeled"],
  ])("%s", async (name, part) => {
    const before = readdirSync(scratch, { recursive: true });
    const path = join(scratch, name);
    for (const folder of [path, relative(process.cwd(), path)])
      for (const run of [fit, rotation, selfTraining])
        await expect(run({ ...brief, data, folder })).rejects.toThrow(
          `folder: expected a folder for the run apart from the pictures, found ${folder}`,
        );
    await expect(fit({ ...brief, data, folder: path })).rejects.toThrow(`within the pictures of data.${part}, `);
    expect(readdirSync(scratch, { recursive: true })).toEqual(before);
  });
});

test.each([
  ["darwin", true],
  ["win32", true],
  ["linux", false],
] as const)("on %s, the same folder in capitals is theirs: %s", (platform, isTheirs) => {
  const asked = (): void => refusePictures(join(scratch, "PHOTOS", "runs"), data, platform);
  if (isTheirs) expect(asked).toThrow("within the pictures of data.train");
  else expect(asked).not.toThrow();
});

test("one beside the pictures is none of theirs, nor one whose name begins the same; what data.folder says besides is taken", async () => {
  expect([data.ignored, data.skipped]).toEqual([[], []]);
  for (const folder of [join(scratch, "photos of runs"), join(scratch, "runs")]) {
    const result = await fit({ ...brief, data, folder });
    expect(readdirSync(folder)).toContain("result.json");
    result.dispose();
  }
});

test("the same pictures in another place are the same data: a run that is done is not done again", async () => {
  const [folder, before, after] = ["run", "here", "there"].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  const png = (value: number) => encodePng({ bytes: new Uint8Array(192).fill(value), shape: [8, 8, 3] });
  for (const [c, name] of ["cat", "dog"].entries()) {
    mkdirSync(join(before, name), { recursive: true });
    for (let i = 0; i < 4; i++) writeFileSync(join(before, name, `${i}.png`), png(10 + 80 * c + i));
  }
  const run = async (at: string, onEvent?: Observer) => {
    const result = await fit({
      ...brief,
      data: await folderData(at, { size: 8 }),
      folder,
      ...(onEvent && { onEvent }),
    });
    result.dispose();
    return result.id;
  };
  const id = await run(before);
  renameSync(before, after);
  let steps = 0;
  expect(await run(after, ({ type }) => void (steps += Number(type === "step")))).toBe(id);
  expect(steps).toBe(0);
  writeFileSync(join(after, "cat", "0.png"), png(200));
  await expect(run(after)).rejects.toThrow(/another configuration, so it cannot go on:[^]*data\.(train|test): /);
});
