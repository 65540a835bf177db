import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Tells this holding from others. */
  readonly id: string;
  /** Linux: whose processes the number counts. A container counts its own, also where it goes by its host's name. */
  readonly namespace?: string;
  /** Linux: when the process began. Numbers are given again, in a container that is started anew the very same. */
  readonly began?: string;
}

/** This process, as a holder of its own. */
export function newHolder(): LockHolder {
  const [namespace, began] = [ownNamespace(), beginOf(process.pid)];
  return {
    ...{ pid: process.pid, host: hostname(), id: randomUUID() },
    ...(namespace !== undefined && { namespace }),
    ...(began !== undefined && { began }),
  };
}

/** Whether one can look from here whether the holder's process lives. */
export function isWithinSight({ host, namespace }: LockHolder): boolean {
  return host === hostname() && (namespace === undefined || namespace === ownNamespace());
}

/** Whether the process of a holder within sight has ended. */
export function hasEnded({ pid, began }: LockHolder): boolean {
  const now = beginOf(pid);
  if (began !== undefined && now !== undefined && now !== began) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function ownNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/** In ticks since the machine was started; undefined where the system does not say, or not of another user's process. */
function beginOf(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "22 (a name (with anything)) S 1 ...": field 22, counted from 1.
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
