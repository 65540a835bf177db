import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadClassifier } from "../../../src/train/index.js";
import { startTraining, data, few, type Outcome } from "./training.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-train-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[], input?: string) => startTraining(folder, args, input);
const train = (...args: string[]): Promise<Outcome> => start(args).ended;

function write(name: string, config: unknown): string {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  writeFileSync(join(folder, name), text);
  return name;
}

describe("longtail train", () => {
  it("trains what a file says, and says what came out, where it is, and how to see it", async () => {
    const config = write("run.json", few);
    const first = await train("--config", config);
    expect(first).toMatchObject({ code: 0, signal: null });
    const run = /^Folder +(runs\/[0-9a-f]{16})$/m.exec(first.err)?.[1];
    expect(run).toBeDefined();
    expect(first.err).toMatch(/small, cross-entropy ▕█+▏ 2 steps · done/);
    const file = `${run!}/network.classifier`;
    expect(first.err).toMatch(
      new RegExp(
        `\n\nKept in ${run!}; its curves: tensorboard --logdir "${run!}"\n` +
          `To use it: longtail classify "${file}" PICTURES, or await train\\.loadClassifier\\("${file}"\\)\n$`,
      ),
    );
    expect(first.out).toMatch(
      /^Stickers, rho 2, head 8: small, cross-entropy\n\ntest set +epoch +accuracy +error +mean recall\n.*\nlast epoch +1( +[\d.]+ %){3}\nbest accuracy .*\n\nclass +labeled images +test images +recall, %\n.*\nbird +8 +1 +(0|100)\n([a-z]+ +\d+ +1 +(0|100)\n){9}$/,
    );
    const classifier = await loadClassifier(join(folder, file));
    expect(classifier.about.classes).toHaveLength(10);
    classifier.dispose();
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

  // Once, in each stage of a run: train.long.test.ts.
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

// Where it is full, or can only be read: train.long.test.ts.
it("where a run cannot be kept it says which file cannot be written and why", async () => {
  const config = write("run.json", few);
  writeFileSync(join(folder, "file"), "not a folder");
  const blocked = await train("--config", config, "--folder", "file/run");
  expect(blocked.code).toBe(1);
  expect(blocked.err).toMatch(/\nlongtail: Cannot write file\/run: .*ENOTDIR/);
});
