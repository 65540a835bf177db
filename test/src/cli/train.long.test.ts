import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTraining, data, few, results, type Outcome } from "./training.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-train-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[], input?: string) => startTraining(folder, args, input);
const train = (...args: string[]): Promise<Outcome> => start(args).ended;

function write(name: string, config: object): string {
  writeFileSync(join(folder, name), JSON.stringify(config));
  return name;
}

it(
  "is stopped in each stage by Ctrl-C or SIGTERM, and goes on to what it would have been",
  { timeout: 240_000 },
  async () => {
    const pretrain = { method: "rotation", epochs: 2, batchSize: 8 };
    const config = write("run.json", {
      ...few,
      data: { ...data, rhoU: 2, multiple: 1 },
      ...{ method: "self-training", pretrain, batchSize: 8, epochs: 3 },
    });
    const whole = train("--config", config, "--folder", "whole", "--quiet");
    const stages = [
      ["pretrain", "SIGINT"],
      ["train/base", "SIGTERM"],
      ["train/round-1", "SIGINT"],
    ] as const;
    for (const [stage, signal] of stages) {
      const { child, ended } = start(["--config", config, "--folder", "parts"]);
      const began = join(folder, "parts", stage, "config.json");
      while (!existsSync(began) && child.exitCode === null) await sleep(5);
      child.kill(signal);
      const { code, out, err } = await ended;
      expect({ stage, code, out }).toEqual({ stage, code: 130, out: "" });
      expect(err).toContain(`\n${signal}: stopping; once more to stop at once\n`);
      expect(err).toMatch(
        /▏ stopped at \d+ of \d+ steps\nStopped\. Kept in parts: the same command goes on from there\n$/,
      );
      expect(existsSync(join(folder, "parts", stage, "result.json"))).toBe(false);
      expect(readdirSync(join(folder, "parts", stage, "checkpoints"))).not.toEqual([]);
    }
    const last = await train("--config", config, "--folder", "parts", "--quiet");
    const expected = await whole;
    expect(expected.code).toBe(0);
    expect(expected.out).toMatch(/^Stickers, .*\n\n +test set[^]*\nbase\n +last epoch[^]*\nwith D_U\n +last epoch/);
    expect(last).toMatchObject({ code: 0, out: expected.out });
    expect(results(folder, "whole")).toHaveLength(3);
    expect(results(folder, "parts")).toEqual(results(folder, "whole"));
  },
);

it("says why a run cannot be kept where it is full, or can only be read", { timeout: 180_000 }, async (test) => {
  const config = write("run.json", few);
  mkdirSync(join(folder, "runs"));
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", join(folder, "runs")]).status !== 0) {
    console.log("train.long.test: skipped full and read-only folders: a file system of its own cannot be mounted here");
    return test.skip();
  }
  try {
    const other = join(folder, "runs", "other");
    for (const space of [0, 100_000]) {
      writeFileSync(other, Buffer.alloc(2 ** 20 - 8192 - space));
      if (space === 0) spawnSync("dd", ["if=/dev/zero", `of=${other}`, "bs=4096"]);
      const { code, out, err } = await train("--config", config, "--folder", `runs/${space}`);
      expect({ space, code, out }).toEqual({ space, code: 1, out: "" });
      expect(err).toMatch(
        /\nlongtail: Cannot write runs\/\S+: no space left there\. Free some, or choose another folder\n$/,
      );
      rmSync(other);
      expect(existsSync(join(folder, "runs", String(space), ".lock"))).toBe(false);
      // With space, the same command goes on.
      if (space > 0) expect(await train("--config", config, "--folder", `runs/${space}`)).toMatchObject({ code: 0 });
      rmSync(join(folder, "runs", String(space)), { recursive: true });
    }
    spawnSync("mount", ["-o", "remount,ro", join(folder, "runs")]);
    const { code, err } = await train("--config", config);
    expect(code).toBe(1);
    expect(err).toMatch(
      /\nlongtail: Cannot write runs\/[0-9a-f]{16}: the file system can only be read: choose another folder\n$/,
    );
  } finally {
    spawnSync("umount", [join(folder, "runs")]);
  }
});
