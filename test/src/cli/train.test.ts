import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const cli = fileURLToPath(new URL("../../../dist/src/cli.js", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-train-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** `longtail train ...`, running. */
function start(
  args: readonly string[],
  input?: string,
): { child: ChildProcess; ended: Promise<Outcome>; err: () => string } {
  const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd" };
  const child = spawn(process.execPath, [cli, "train", ...args], { cwd: folder, env, stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  const ended = new Promise<Outcome>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, out, err })),
  );
  if (input !== undefined) child.stdin.end(input);
  return { child, ended, err: () => err };
}
const train = (...args: string[]): Promise<Outcome> => start(args).ended;

const data = { name: "stickers", head: 8, rho: 2, testImages: 1 };
const few = { data, model: "small", epochs: 1, batchSize: 32 };
function write(name: string, config: unknown): string {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  writeFileSync(join(folder, name), text);
  return name;
}

/** What a run's folder says that came out, without times. */
function results(run: string): unknown {
  return readdirSync(join(folder, run), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("result.json"))
    .sort()
    .map((path) => [
      path,
      JSON.parse(readFileSync(join(folder, run, path), "utf8"), (key, value: unknown) =>
        key === "seconds" ? 0 : value,
      ) as unknown,
    ]);
}

describe("longtail train", () => {
  it("trains what a file says, and says what came out, where it is, and how to see it", async () => {
    const config = write("run.json", few);
    const first = await train("--config", config);
    expect(first).toMatchObject({ code: 0, signal: null });
    const run = /^Folder +(runs\/[0-9a-f]{16})$/m.exec(first.err)?.[1];
    expect(run).toBeDefined();
    expect(first.err).toMatch(/small, cross-entropy ▕█+▏ 2 steps · done/);
    expect(first.err).toMatch(new RegExp(`\n\nKept in ${run!}; its curves: tensorboard --logdir "${run!}"\n$`));
    expect(first.out).toMatch(
      /^Stickers, rho 2, head 8: small, cross-entropy\n\ntest set +epoch +accuracy +error\n.*\nlast epoch +1 +[\d.]+ % +[\d.]+ %\nbest epoch .*\n$/,
    );
    expect(readdirSync(join(folder, run!)).map((name) => name.replace(/tfevents.*/, "tfevents"))).toEqual(
      expect.arrayContaining(["checkpoints", "config.json", "events.out.tfevents", "metrics.jsonl", "result.json"]),
    );
    // The same again: read, not trained.
    const again = await train("--config", config, "--quiet");
    expect(again).toMatchObject({ code: 0, out: first.out });
    expect(again.err).toContain(run!);
    expect(again.err).not.toContain("▕");
  });

  it("takes a configuration from standard input, and the seed and the folder from the command line", async () => {
    const text = `\uFEFF${JSON.stringify({ ...few, seed: 1 })}`;
    const runs = ["1", "-7"].map((seed) => start(["--config", "-", `--seed=${seed}`], text));
    const other = start(["--config", "-", "--folder", "my runs/a", "--quiet"], text);
    const ended = await Promise.all([...runs, other].map((run) => run.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(readdirSync(join(folder, "runs"))).toHaveLength(2);
    expect(ended[2]!.err).toContain('Kept in my runs/a; its curves: tensorboard --logdir "my runs/a"');
    const seedOf = (run: string): number => {
      const text = readFileSync(join(folder, run, "config.json"), "utf8");
      return (JSON.parse(text) as { configuration: { seed: number } }).configuration.seed;
    };
    const found = ended.map(({ err }) => seedOf(/^Folder +(.*)$/m.exec(err)![1]!));
    expect(found).toEqual([1, -7, 1]);
    expect(ended[2]!.out).toBe(ended[0]!.out);
  });

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
      expect(expected.out).toMatch(/^Stickers, .*\n\nbase\ntest set[^]*\n\nwith D_U\ntest set/);
      expect(last).toMatchObject({ code: 0, out: expected.out });
      expect(results("whole")).toHaveLength(3);
      expect(results("parts")).toEqual(results("whole"));
    },
  );

  it("a second Ctrl-C ends it at once", async () => {
    // Drawing so many images takes a while, and both come meanwhile.
    const config = write("run.json", { ...few, data: { ...data, rho: 1, head: 300 } });
    const { child, ended, err } = start(["--config", config]);
    while (!err().includes("Folder") && child.exitCode === null) await sleep(5);
    child.kill("SIGINT");
    await sleep(20);
    child.kill("SIGINT");
    const { code, out, err: said } = await ended;
    expect({ code, out }).toEqual({ code: 130, out: "" });
    expect(said).toMatch(/\nSIGINT: stopping; once more to stop at once\n$/);
  });
});

describe("mistakes", () => {
  it("of the command line end with code 2 and say what was meant", async () => {
    const cases: [string[], string][] = [
      [[], "Expected --config FILE, found none"],
      [["--conifg", "x"], "Unknown option --conifg. Did you mean --config?"],
      [["run.json"], "Unexpected argument 'run.json'"],
      [["--config", "none.json"], "--config: cannot read none.json: ENOENT"],
      [["--config", "."], "--config: cannot read .: EISDIR"],
      [["--config", write("broken.json", '{"data": {"name": "stickers"},}')], "--config: broken.json is not JSON: "],
      [["--config", write("empty.json", "")], "--config: empty.json is not JSON: Unexpected end of JSON input"],
      [["--config", write("list.json", "[1, 2]")], "--config: expected an object in list.json, found [1, 2]"],
      [["--config", write("null.json", "null\n")], "--config: expected an object in null.json, found null"],
      [["--config", write("good.json", few), "--seed", "three"], '--seed: expected an integer, found "three"'],
      [["--config", "good.json", "--seed", "1e3"], '--seed: expected an integer, found "1e3"'],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => train(...args)));
    for (const [i, { code, out, err }] of outcomes.entries()) {
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(`longtail: ${cases[i]![1]}`);
      expect(err).toMatch(/\nSee longtail train --help\n$/);
    }
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  it("of the configuration end with code 1, the nearest name, and nothing written", async () => {
    const cases: [object, string][] = [
      [{ ...few, epoch: 3 }, "Did you mean epochs?"],
      [{ ...few, pretrain: { method: "rotation", batchsize: 3 } }, "Did you mean batchSize?"],
    ];
    const outcomes = await Promise.all(
      cases.map(([config], i) => train("--config", write(`${i}.json`, config), "--folder", "run")),
    );
    for (const [i, { code, out, err }] of outcomes.entries()) {
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(cases[i]![1]);
      expect(err).not.toContain("    at "); // no stack
    }
    expect(existsSync(join(folder, "run"))).toBe(false);
  });

  it("-h explains a configuration, whose example is one", async () => {
    const { code, out, err } = await train("-h");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const word of ["--config FILE", "--folder DIR", "--seed N", "--quiet", "self-training", "pretrain"])
      expect(out).toContain(word);
    const example = /^ {2}\{[^]*?^ {2}\}/m.exec(out)![0];
    const { epochs: _, ...config } = JSON.parse(example) as typeof few;
    const shortened = {
      ...config,
      epochs: 1,
      data: { ...config.data, head: 8, rho: 2, rhoU: 2, multiple: 1, testImages: 1 },
    };
    expect(await train("--config", write("run.json", shortened), "--quiet")).toMatchObject({ code: 0 });
  });
});

describe("where a run cannot be kept", () => {
  it("says which file cannot be written and why", { timeout: 180_000 }, async (test) => {
    const config = write("run.json", few);
    writeFileSync(join(folder, "file"), "not a folder");
    const blocked = await train("--config", config, "--folder", "file/run");
    expect(blocked.code).toBe(1);
    expect(blocked.err).toMatch(/\nlongtail: Cannot write file\/run: .*ENOTDIR/);
    mkdirSync(join(folder, "runs"));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", join(folder, "runs")]).status !== 0) {
      console.log("train.test: skipped full and read-only folders: a file system of its own cannot be mounted here");
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
});
