import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderWith, startKernel } from "../kernel.js";

/** Steps of ResNet-32 keep the thread for longer than the kernel's patience with other cells. */
const SETUP = `
  import * as lt from "longtail";
  await lt.device.use("simd");
  const stickers = (options: Parameters<typeof lt.data.stickers>[0]) => lt.data.Examples.of(lt.data.stickers(options));
  const data = { train: stickers({ counts: 19 }), test: stickers({ counts: 1, split: "test" }) };
  const options = { data, model: "resnet32", epochs: 2, batchSize: 64 };
  const digest = async (fit: lt.train.FitResult) => { const found = await fit.network.digest(); fit.dispose(); return found; };`;

it("a training cell that is interrupted stops after its step, with a checkpoint; run again, it goes on to the same bits", async () => {
  const folder = folderWith();
  const kernel = await startKernel({ cwd: folder });
  await kernel.value(SETUP);
  const expected = await kernel.value(`await digest(await lt.train.fit(options))`);

  const cell = `await digest(await lt.train.fit({ ...options, folder: "run", onEvent: ({ type }) => { if (type === "step") console.log(type); } }))`;
  const { end } = await kernel.running(cell, "step\n");
  await kernel.client.interrupt({ timeout: 30_000 });
  const ran = await end;
  expect(ran.reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  const done = ran.stdout.split("step").length - 1;
  expect(done).toBeLessThan(6);
  expect(ran.displays.at(-1)!["text/plain"]).toContain(`stopped at ${done} of 6 steps`);
  expect(readdirSync(join(folder, "run", "checkpoints"))).toHaveLength(1);

  const again = await kernel.run(cell);
  expect(again.stdout).toBe("step\n".repeat(6 - done));
  expect(again.text).toBe(expected);
  expect(existsSync(join(folder, "run", "result.json"))).toBe(true);
  expect(
    readFileSync(join(folder, "run", "metrics.jsonl"), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(2);
});
