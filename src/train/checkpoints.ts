import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { whenFreeSync } from "../../kernel/busy-file.js";
import { makeFolder } from "../disk/folder.js";
import { CheckpointError, readCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint-file.js";

/** So many are kept: should the newest be damaged, the one before it is there. */
const KEPT = 2;
const NAME = /^epoch-(\d{6,})-step-(\d{6,})\.checkpoint$/;
/** What a process that was killed while it wrote leaves behind. */
const UNFINISHED = /^\.epoch-\d+-step-\d+\.checkpoint\.\d+\.tmp$/;

/** The checkpoints of one run, in a folder of their own. */
export class Checkpoints {
  constructor(
    private readonly folder: string,
    /** Of the run's configuration: checkpoints of another one are refused. */
    private readonly run: string,
    /** Told of a checkpoint that cannot be used. */
    private readonly onWarning: (message: string) => void,
  ) {}

  /** @throws DiskError; the checkpoints before it are there as they were */
  save(checkpoint: Omit<Checkpoint, "run">): void {
    makeFolder(this.folder);
    const [epoch, step] = [checkpoint.epoch, checkpoint.step].map((n) => String(n).padStart(6, "0"));
    const name = `epoch-${epoch}-step-${step}.checkpoint`;
    writeCheckpoint(join(this.folder, name), { run: this.run, ...checkpoint });
    const older = this.names().filter((one) => newestFirst(name, one) < 0);
    for (const old of older.slice(KEPT - 1)) whenFreeSync(() => rmSync(join(this.folder, old), { force: true }));
  }

  /** The newest that is whole; damaged ones are warned of and passed over. Undefined if there is none. */
  latest(): Checkpoint | undefined {
    for (const name of this.list())
      if (UNFINISHED.test(name)) whenFreeSync(() => rmSync(join(this.folder, name), { force: true }));
    const names = this.names();
    for (const name of names) {
      const path = join(this.folder, name);
      try {
        const checkpoint = readCheckpoint(path);
        if (checkpoint.run === this.run) return checkpoint;
        this.onWarning(`${path} belongs to another configuration and is not used`);
      } catch (error) {
        if (!(error instanceof CheckpointError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
        this.onWarning(`${(error as Error).message}. It is not used`);
      }
      // Under its name, what is saved from here on would count as older than it.
      whenFreeSync(() => renameSync(path, `${path}.unusable`));
    }
    if (names.length > 0) this.onWarning(`${this.folder} has no checkpoint that can be used: the run begins anew`);
    return undefined;
  }

  /** Newest first. */
  private names(): string[] {
    return this.list()
      .filter((name) => NAME.test(name))
      .sort(newestFirst);
  }

  private list(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

function newestFirst(a: string, b: string): number {
  const [[epochA, stepA], [epochB, stepB]] = [a, b].map((name) => NAME.exec(name)!.slice(1).map(Number)) as [
    [number, number],
    [number, number],
  ];
  return epochB - epochA || stepB - stepA;
}
