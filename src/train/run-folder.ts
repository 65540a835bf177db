import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getBackend, version_core } from "@tensorflow/tfjs-core";
import { writeAtomic } from "../../kernel/atomic.js";
import { asDiskError } from "../disk/disk-error.js";
import { makeFolder } from "../disk/folder.js";
import { withFolder } from "../disk/folder-lock.js";
import { Checkpoints } from "./checkpoints.js";
import { differences, runId, type Configuration } from "./configuration.js";

/** Milliseconds: runs that need the same one read it in turn, and a wait as short as that is nobody's concern. */
const PATIENCE = 5000;

/** The folder of one run. It describes itself: configuration, device and versions, metrics, checkpoints. */
export interface RunFolder {
  readonly path: string;
  readonly id: string;
  readonly checkpoints: Checkpoints;
}

/**
 * Runs something in the folder of a run, which is made unless it is there; one at a time, others wait,
 * and warn of it when that takes more than five seconds.
 * @throws Error if the folder holds a run of another configuration, with where they differ; DiskError; the signal's reason
 */
export async function inRunFolder<T>(
  path: string,
  configuration: Configuration,
  { signal, onWarning }: { readonly signal: AbortSignal; readonly onWarning: (message: string) => void },
  work: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  makeFolder(path);
  let telling: NodeJS.Timeout | undefined;
  const onWait = (holder: string): void => {
    const tell = (): void => onWarning(`Waiting for the run that uses this folder: ${holder}`);
    telling = setTimeout(tell, PATIENCE);
  };
  const begin = async (): Promise<T> => {
    clearTimeout(telling);
    const id = runId(configuration);
    const file = join(path, "config.json");
    if (existsSync(file)) refuseOther(file, configuration);
    else await writeJson(file, { id, configuration, ...circumstances() });
    return work({ path, id, checkpoints: new Checkpoints(join(path, "checkpoints"), id, onWarning) });
  };
  return withFolder(path, { signal, onWait }, begin).finally(() => clearTimeout(telling));
}

/** @throws DiskError */
export async function writeJson(path: string, value: unknown): Promise<void> {
  try {
    await writeAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
  } catch (error) {
    throw asDiskError(path, (error as Error).cause ?? error);
  }
}

function refuseOther(file: string, configuration: Configuration): void {
  const text = readFileSync(file, "utf8");
  const broken = (why: string, cause?: unknown): Error =>
    new Error(
      `${file} is not the configuration of a run: ${why}. Delete that file, and what was trained goes on from its ` +
        `checkpoints, which know their run; or choose another folder`,
      { cause },
    );
  let there: unknown;
  try {
    there = (JSON.parse(text) as { configuration?: unknown } | null)?.configuration;
  } catch (cause) {
    throw broken((cause as Error).message, cause);
  }
  if (typeof there !== "object" || there === null) throw broken('it has no "configuration"');
  const found = differences(there, configuration);
  if (found.length > 0)
    throw new Error(
      `${file} is of a run with another configuration, so it cannot go on:\n  ${found.join("\n  ")}\n` +
        `Choose another folder, or delete this one`,
    );
}

/** Where the run began; not part of what it is. */
function circumstances() {
  return {
    began: new Date().toISOString(),
    device: getBackend(),
    versions: { node: process.versions.node, tensorflow: version_core },
  };
}
