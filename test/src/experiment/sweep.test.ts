import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as tf from "@tensorflow/tfjs";
import { use } from "../../../src/backend/device.js";
import * as experiment from "../../../src/experiment/index.js";
import type { Grid, Queue, Run, Update } from "../../../src/experiment/index.js";
import { lineage } from "../../../src/experiment/run.js";
import { lines, recordFor, toyScale } from "./toy.js";

const { cifar10LT, inProcess, plan, resultsOf, RunStore, sweep, unlabeled } = experiment;
const scratch = mkdtempSync(join(tmpdir(), "sweep-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeAll(() => use("simd"));

const scale = toyScale();
const grid = (columns = ["without D_U", "+ D_U@5x, ρ_U = 1"]): Grid =>
  experiment.table1a({ rho: [10] }).where(({ row, column }) => row === "CE" && columns.includes(column));
const base = cifar10LT({ rho: 10 });
const withPool = base.with(unlabeled({ rhoU: 1 }));
const quiet = { scale, progress: false } as const;
let stores = 0;
const store = (): experiment.RunStore => new RunStore(join(scratch, String(stores++)));

/** Records runs without doing them. */
function pretend(right: (run: Run) => number, asked: Run[] = []): Queue {
  return {
    async process(runs, { store: path, onUpdate }) {
      asked.push(...runs);
      for (const run of runs) {
        onUpdate({ type: "begin", run });
        await new RunStore(path).add(recordFor(run, right(run)));
        onUpdate({ type: "done", run });
      }
    },
  };
}

describe("a sweep in this process", () => {
  it("trains, records, and does nothing twice", async () => {
    const kept = store();
    const tensors = tf.memory().numTensors;
    const results = await sweep(grid(), { ...quiet, store: kept, queue: inProcess });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(results.failures).toEqual([]);
    const [plain, pooled] = results.cells();
    expect([plain!.error.n, pooled!.error.n, pooled!.gain!.n]).toEqual([1, 1, 1]);
    expect(pooled!.gain!.mean).toBeCloseTo(plain!.error.mean - pooled!.error.mean, 12);
    const [first, second] = kept.records();
    expect(first).toMatchObject({ run: { task: "fit", seed: 0 }, classes: { length: 10 }, losses: { length: 2 } });
    expect(first!.data).toBe("Stickers, rho 10, head 20");
    expect(first!.images.reduce((a, b) => a + b)).toBe(first!.run.work / 2);
    expect(first!.last!.counts.flat().reduce((a, b) => a + b)).toBe(50);
    // Pseudo-labels of five times as many images.
    expect(second!.pseudoLabels!.flat().reduce((a, b) => a + b)).toBeGreaterThan(4 * (first!.run.work / 2));
    expect(second!.run.needs).toBe(first!.run.id);

    const asked: Run[] = [];
    const again = await sweep(grid(), { ...quiet, store: kept, queue: pretend(() => 0, asked) });
    expect(asked).toEqual([]);
    expect(String(again)).toBe(String(results));
    // Another grid: what it shares is not done again.
    await sweep(grid(["without D_U", "+ D_U@5x, ρ_U = 2ρ"]), { ...quiet, store: kept, queue: pretend(() => 0, asked) });
    expect(asked.map(({ task }) => task)).toEqual(["self-training"]);
  });

  it("reports a run that fails with what needs it, does the others, and tries again", async () => {
    const kept = store();
    const bad = plan(base, { scale, seed: 0 });
    mkdirSync(join(kept.path, bad.id), { recursive: true });
    writeFileSync(join(kept.path, bad.id, "config.json"), "{}");
    const updates: Update[] = [];
    const queue: Queue = {
      process: (runs, options) =>
        inProcess.process(runs, { ...options, onUpdate: (update) => (updates.push(update), options.onUpdate(update)) }),
    };
    const results = await sweep(grid(), { ...quiet, store: kept, queue, seeds: 2 });
    expect(results.failures).toEqual([
      { label: bad.label, seed: 0, error: expect.stringContaining("config.json is not the configuration") as string },
      { label: plan(withPool, { scale, seed: 0 }).label, seed: 0, error: `What it needs failed: ${bad.label}` },
    ]);
    expect(results.cells().map(({ error }) => error.seeds)).toEqual([[1], [1]]);
    expect(String(results)).toContain(` Failed: ${bad.label}, seed 0: `);
    expect(kept.failures().map(({ run }) => run.id)).toEqual([bad.id]);
    const fractions = updates.flatMap((one) => (one.type === "progress" && one.run.seed === 1 ? [one.fraction] : []));
    expect(Math.max(...fractions)).toBe(1);
    rmSync(join(kept.path, bad.id), { recursive: true });
    const again = await sweep(grid(), { ...quiet, store: kept, queue: inProcess, seeds: 2 });
    expect(again.failures).toEqual([]);
    expect(again.cells().map(({ error }) => error.seeds)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(kept.failures()).toEqual([]);
  });

  it("trains nothing for a store that cannot be", async () => {
    const path = join(scratch, "a file");
    writeFileSync(path, "");
    const asked: Run[] = [];
    await expect(sweep(grid(), { ...quiet, store: path, queue: pretend(() => 0, asked) })).rejects.toThrow(
      `Cannot write ${path}`,
    );
    expect(asked).toEqual([]);
  });

  it("stops after the step it is in, and goes on", async () => {
    const [kept, whole] = [store(), store()];
    const controller = new AbortController();
    const queue: Queue = {
      process: (runs, options) =>
        inProcess.process(runs, {
          ...options,
          onUpdate: (update) =>
            update.type === "progress" && update.fraction > 0.3 && controller.abort(new Error("no")),
        }),
    };
    await expect(sweep(grid(), { ...quiet, store: kept, queue, signal: controller.signal })).rejects.toThrow("no");
    expect(existsSync(join(kept.path, "runs.jsonl"))).toBe(false);
    const [run] = readdirSync(kept.path);
    expect(readdirSync(join(kept.path, run!, "checkpoints"))).toHaveLength(1);
    const [went, straight] = [
      await sweep(grid(), { ...quiet, store: kept, queue: inProcess }),
      await sweep(grid(), { ...quiet, store: whole, queue: inProcess }),
    ];
    const found = ({ records }: experiment.Results) =>
      records.map(({ losses, last, best }) => ({ losses, last, best }));
    expect(found(went)).toEqual(found(straight));
  });
});

describe("what a sweep asks its queue for", () => {
  it("is each run of the grid and what it needs, for each seed, unless it is done", async () => {
    const [kept, asked] = [store(), [] as Run[]];
    await kept.add(recordFor(plan(base, { scale, seed: 5 }), 1));
    await sweep(grid(), { ...quiet, seeds: [5, -1], store: kept.path, queue: pretend(() => 5, asked) });
    const wanted = [5, -1].flatMap((seed) => lineage(plan(withPool, { scale, seed })));
    expect(asked.map(({ id }) => id)).toEqual(wanted.slice(1).map(({ id }) => id));
    expect(lines(kept.path)).toHaveLength(4);
  });

  it("and what it makes of it: means, spreads, gains between runs of the same seed, of these seeds only", async () => {
    const kept = store();
    const rightOf = ({ task, seed }: Run): number => (task === "fit" ? [3, 4, 9][seed]! : [6, 5, 9][seed]!);
    await sweep(grid(), { ...quiet, seeds: 3, store: kept, queue: pretend(rightOf) });
    const results = await sweep(grid(), { ...quiet, seeds: 2, store: kept });
    const [plain, pooled] = results.cells();
    expect(plain!.error.values).toEqual([70, 60]);
    expect(plain!.error.mean).toBeCloseTo(65, 12);
    expect(plain!.error.sd).toBeCloseTo(Math.sqrt(50), 12);
    expect(pooled!.gain!.values.map((value) => Number(value.toFixed(9)))).toEqual([30, 10]);
    expect(pooled!.paperGain).toBeCloseTo(13.61 - 10.22, 12);
    expect(resultsOf(grid(), scale, kept).cells()[0]!.error.seeds).toEqual([0, 1, 2]);
    expect(resultsOf(grid(), scale, kept, { seeds: [2] }).cells()[0]!.error.seeds).toEqual([2]);
    expect(resultsOf(grid(), toyScale(3), kept).cells()[0]!.error.n).toBe(0);
    expect(String(results)).toMatch(/ρ = 10 +CE +65\.0 ± 7\.1 +45\.0 ± 7\.1\n/);
  });
});

it("looks for nothing else than it was asked for", () => {
  const wrong: [unknown[], string][] = [
    [[store(), { seed: [0] }], 'resultsOf: there is no parameter "seed"'],
    [[store(), { seeds: 3 }], "resultsOf: seeds must be an array (got 3)"],
    [["runs"], 'resultsOf: store must be an object with records (got "runs")'],
  ];
  for (const [rest, message] of wrong)
    expect(() => (resultsOf as (...args: unknown[]) => unknown)(grid(), scale, ...rest)).toThrow(message);
});

it("refuses what it cannot do, before anything is done", async () => {
  const wrong: [unknown, object, string][] = [
    ["table1a", {}, "sweep: grid must be an experiment.Grid, such as experiment.table1a()"],
    [
      grid(),
      { seeds: 0 },
      "sweep: seeds must be a number of seeds >= 1, or an array of different safe integers (got 0)",
    ],
    [grid(), { seeds: [1, 1] }, "sweep: seeds must be"],
    [grid(), { seeds: [] }, "sweep: seeds must be"],
    [grid(), { seeds: [0.5] }, "sweep: seeds must be"],
    [grid(), { jobs: 0 }, "sweep: jobs must be an integer from 1"],
    [grid(), { store: 3 }, "sweep: store must be a folder, or a RunStore (got 3)"],
    [grid(), { queue: {} }, "sweep: queue must be an object with process"],
    [grid(), { scale: "quik" }, 'There is no scale "quik". Did you mean quick?'],
    [grid(), { seed: 1 }, 'sweep: there is no parameter "seed"; the parameters are'],
  ];
  const kept = store();
  for (const [of, options, message] of wrong)
    await expect(sweep(of as Grid, { store: kept, ...options })).rejects.toThrow(message);
  expect(existsSync(kept.path)).toBe(false);
  const aborted = { ...quiet, store: kept, signal: AbortSignal.abort(new Error("before")), queue: inProcess };
  await expect(sweep(grid(), aborted)).rejects.toThrow("before");
  expect(existsSync(kept.path)).toBe(false);
});
