import { appendFileSync } from "node:fs";
import { writeAtomic } from "../../../kernel/atomic.js";
import { asDiskError } from "../../disk/disk-error.js";
import type { EpochRecord, Observer } from "../events.js";

/**
 * Writes a line of JSON an epoch: { epoch, rate, loss, seconds, test, ... }, epochs counted from 0. When a run goes on, what the
 * checkpoint does not know of is gone from the file too.
 */
export function metricsFile(path: string): Observer {
  return async (event) => {
    try {
      if (event.type === "begin") await writeAtomic(path, event.records.map(line).join(""));
      if (event.type === "epoch") appendFileSync(path, line(event.record));
    } catch (error) {
      throw asDiskError(path, (error as Error).cause ?? error);
    }
  };
}

function line({ metrics, ...record }: EpochRecord): string {
  return `${JSON.stringify({ ...record, ...metrics })}\n`;
}
