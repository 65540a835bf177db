import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CheckpointError, readCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint-file.js";

/** So many are kept: should the newest be damaged, the one before it is there. */
const KEPT = 2;
const NAME = /^epoch-(\d{6})-step-(\d{6})\.checkpoint$/;

/** The checkpoints of one run, in a folder of their own. */
export class Checkpoints {
  constructor(
    private readonly folder: string,
    /** Of the run's configuration: checkpoints of another one are refused. */
    private readonly run: string,
    /** Told of a checkpoint that cannot be used. */
    private readonly onWarning: (message: string) => void,
  ) {}

  save(checkpoint: Omit<Checkpoint, "run">): void {
    mkdirSync(this.folder, { recursive: true });
    const [epoch, step] = [checkpoint.epoch, checkpoint.step].map((n) => String(n).padStart(6, "0"));
    const name = `epoch-${epoch}-step-${step}.checkpoint`;
    writeCheckpoint(join(this.folder, name), { run: this.run, ...checkpoint });
    for (const old of this.names().slice(KEPT)) if (old < name) rmSync(join(this.folder, old), { force: true });
  }

  /** The newest that is whole; damaged ones are warned of and passed over. Undefined if there is none. */
  latest(): Checkpoint | undefined {
    for (const name of this.names()) {
      const path = join(this.folder, name);
      try {
        const checkpoint = readCheckpoint(path);
        if (checkpoint.run === this.run) return checkpoint;
        this.onWarning(`${path} belongs to another configuration and is not used`);
      } catch (error) {
        if (!(error instanceof CheckpointError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
        this.onWarning(`${(error as Error).message}. The one before it is used`);
      }
      // Under its name, what is saved from here on would count as older than it.
      renameSync(path, `${path}.unusable`);
    }
    return undefined;
  }

  /** Newest first. */
  private names(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => NAME.test(name))
        .sort()
        .reverse();
    } catch {
      return [];
    }
  }
}
