import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { getBackend, version_core } from "@tensorflow/tfjs-core";
import { writeAtomic } from "../../kernel/atomic.js";
import { asDiskError } from "../disk/disk-error.js";
import { withFolder } from "../disk/folder-lock.js";
import { makeFolder } from "../disk/folder.js";
import { precision } from "../backend/device.js";
import type { FailureRecord, Provenance, RunRecord } from "./record.js";
import { appendEntry, readEntries, stampOf, type Entry } from "./record-file.js";
import type { Run } from "./run.js";

/**
 * Runs kept in a folder: one folder a run, named by its id, and runs.jsonl, a line for each that is done or failed. That file
 * is the truth about results; of a run's lines the last counts. Several processes may use a store at once.
 */
export class RunStore {
  /** @param path default: `LONGTAIL_RUNS`, else "runs" in the folder one works in */
  constructor(path?: string) {
    this.path = resolve(path ?? (process.env["LONGTAIL_RUNS"] || "runs"));
  }

  readonly path: string;

  /** What is done, newest last. */
  records(): RunRecord[] {
    return this.entries().filter((entry): entry is RunRecord => entry.status === "done");
  }

  /** What failed and was not done since. */
  failures(): FailureRecord[] {
    return this.entries().filter((entry): entry is FailureRecord => entry.status === "failed");
  }

  has({ id }: Run): boolean {
    return this.records().some(({ run }) => run.id === id);
  }

  /** Adds a line, unless the run is done already. @throws DiskError */
  async add(entry: Entry): Promise<void> {
    makeFolder(this.path);
    await withFolder(this.path, {}, () => {
      const isDone = this.records().some(({ run }) => run.id === entry.run.id);
      if (!isDone) appendEntry(this.file, entry);
      return Promise.resolve();
    });
  }

  /** Sees to it that runs can be added. @throws DiskError where they cannot: before anything is trained for them */
  async prepare(): Promise<void> {
    makeFolder(this.path);
    await withFolder(this.path, {}, () => Promise.resolve());
  }

  /** What tells this store from others, whatever its folder is called where it is looked at from. @throws DiskError */
  async identity(): Promise<string> {
    const file = join(this.path, "store.json");
    makeFolder(this.path);
    return withFolder(this.path, {}, async () => {
      if (!existsSync(file)) await writeIdentity(file);
      const { id } = JSON.parse(readFileSync(file, "utf8")) as { readonly id: string };
      return id;
    });
  }

  /** All runs that are done as an arquero table: one row a run, its scores as errors in %. */
  async table() {
    const { from } = await import("arquero");
    return from(
      this.records().map(({ run, data, device, seconds, finished, last, best, images }) => ({
        ...{ id: run.id, label: run.label, scale: run.scale, seed: run.seed, task: run.task, data, device, seconds },
        ...{ images: images.reduce((sum, n) => sum + n, 0), finished },
        ...{ last: last ? errorOf(last.counts) : null, best: best ? errorOf(best.counts) : null },
      })),
    );
  }

  private get file(): string {
    return join(this.path, "runs.jsonl");
  }

  /** Read anew only where the file has changed: who waits for what others do looks several times a second. */
  private entries(): Entry[] {
    const stamp = stampOf(this.file);
    if (this.read === undefined || this.read.stamp !== stamp) this.read = { stamp, entries: readEntries(this.file) };
    return this.read.entries;
  }

  private read: { readonly stamp: string | undefined; readonly entries: Entry[] } | undefined;
}

/** Test error in %. @param counts images of each true class (rows) by predicted class */
export function errorOf(counts: readonly (readonly number[])[]): number {
  const right = counts.reduce((sum, row, c) => sum + row[c]!, 0);
  const all = counts.flat().reduce((sum, n) => sum + n, 0);
  return (100 * (all - right)) / all;
}

/** What this process computes with. */
export function provenance(): Provenance {
  return {
    device: precision() === "half" ? `${getBackend()}, half precision` : getBackend(),
    versions: { node: process.versions.node, tensorflow: version_core },
    finished: new Date().toISOString(),
  };
}

async function writeIdentity(file: string): Promise<void> {
  try {
    await writeAtomic(file, `${JSON.stringify({ id: randomUUID().replaceAll("-", "") })}\n`);
  } catch (error) {
    throw asDiskError(file, (error as Error).cause ?? error);
  }
}
