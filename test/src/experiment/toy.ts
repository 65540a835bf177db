import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kill } from "node:process";
import type { Run, RunRecord, Scale } from "../../../src/experiment/index.js";
import { summary } from "../../../src/experiment/record.js";
import { readCheckpoint } from "../../../src/train/checkpoint-file.js";

/** Runs of a second or so. */
export function toyScale(epochs = 2): Scale {
  return {
    name: "toy",
    description: "a few stickers",
    sets: { cifar10: { name: "stickers", head: 20, testImages: 5 } },
    recipe: { model: "tiny", epochs, batchSize: 16, schedule: { name: "steps", rate: 0.05, at: [1], factor: 0.1 } },
    withUnlabeled: {},
    evaluateEvery: epochs,
  };
}

/** A record as a run of one epoch would leave it. @param right of ten test images of class 0; the others are all wrong */
export function recordFor(run: Run, right: number): RunRecord {
  const counts = [[right, 10 - right]];
  return {
    ...{
      status: "done",
      run: summary(run),
      data: "made up",
      digests: {},
      classes: ["a", "b"],
      images: [3, 4],
      seconds: 1,
    },
    ...{ losses: [1], evaluations: [{ epoch: 0, test: right / 10 }], last: { epoch: 0, counts } },
    ...{ best: { epoch: 0, counts }, device: "simd", versions: {}, finished: new Date(0).toISOString() },
  };
}

/** The lines of a store, done and failed, as they stand in its file. */
export function lines(
  store: string,
): { status: "done" | "failed"; run: { id: string; label: string }; error?: string }[] {
  const file = join(store, "runs.jsonl");
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8").trim();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as ReturnType<typeof lines>[number]);
}

/** All that came out of a store's runs, to the bit: records without times, and the newest checkpoints' tensors. */
export function outcome(store: string): Record<string, unknown> {
  const records = lines(store).map((record) => {
    const text = JSON.stringify(record, (key, value: unknown) =>
      ["seconds", "finished"].includes(key) ? undefined : value,
    );
    return [record.run.id, JSON.parse(text)] as const;
  });
  const newest = new Map<string, string>();
  for (const path of readdirSync(store, { recursive: true, encoding: "utf8" }).sort())
    if (path.endsWith(".checkpoint")) newest.set(path.replace(/[^/]+$/, ""), path);
  const weights = [...newest].map(([folder, path]) => {
    const digest = createHash("sha256");
    for (const [name, { values }] of readCheckpoint(join(store, path)).tensors)
      digest.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return [folder, digest.digest("hex")] as const;
  });
  return Object.fromEntries([...records, ...weights].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Who trains there now. @returns process ids by the id of the run */
export function trainers(store: string): Map<string, number> {
  const found = new Map<string, number>();
  if (!existsSync(store)) return found;
  for (const path of readdirSync(store, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith("/.lock")) continue;
    try {
      found.set(path.split("/")[0]!, (JSON.parse(readFileSync(join(store, path), "utf8")) as { pid: number }).pid);
    } catch {
      // It is given back, or not written yet.
    }
  }
  return found;
}

/** A process that trains, stopped where it is. */
export interface Held {
  /** Of the run. */
  readonly id: string;
  readonly release: () => void;
  /** What it has written about the epochs it has done, with the seconds they took. */
  readonly metrics: string;
  /** The same file, as it is now. */
  readonly metricsNow: () => string;
}

/** Holds a self-training in the middle of it: it has done an epoch, and has more to do. Toy runs are over before one hears of it. */
export function hold(store: string, epochs: number): Held | undefined {
  for (const [id, pid] of trainers(store)) {
    const file = join(store, id, "round-1", "metrics.jsonl");
    const metricsNow = (): string => (existsSync(file) ? readFileSync(file, "utf8").replace(/[^\n]*$/, "") : "");
    if (metricsNow() === "") continue;
    kill(pid, "SIGSTOP");
    const release = (): void => void kill(pid, "SIGCONT");
    const metrics = metricsNow();
    if (metrics.split("\n").length - 1 < epochs) return { id, release, metrics, metricsNow };
    release();
  }
  return undefined;
}
