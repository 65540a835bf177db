import { open, readFile, rm, stat, utimes, type FileHandle } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { whenFree } from "../../kernel/busy-file.js";
import { asDiskError } from "./disk-error.js";
import { hasEnded, isWithinSight, newHolder, type LockHolder } from "./lock-holder.js";
import { pause } from "../pause.js";

const POLL = 200;
/**
 * A holder on another machine, or in another container, says this often that it is alive, and is taken for dead after not
 * doing so for so long.
 */
const BEAT = 15_000;
const DEAD = 10 * 60_000;
/**
 * Clocks of machines differ, and jump: a lock whose time says that its holder is dead is looked at for so long before it is
 * believed, in which a living one would have said twice that it is alive.
 */
const HEED = 2.5 * BEAT;
/** Locks that are looked at: the time they had, and since when, in milliseconds of a clock that does not jump. */
const looked = new Map<string, { readonly mtimeMs: number; readonly since: number }>();

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if it has to wait, with who holds the folder. */
  readonly onWait?: ((holder: string) => void) | undefined;
  /** What is locked of the folder: the name of the file that says so. Default ".lock": the whole. */
  readonly name?: string | undefined;
}

/**
 * Runs something while no other process that asks for the same folder does: the file `.lock` there names who holds it.
 * Waits for its turn. A lock whose process is gone (killed, or the machine was restarted) is taken over.
 * @throws DiskError, the signal's reason, or what `run` throws
 */
export async function withFolder<T>(folder: string, options: LockOptions, run: () => Promise<T>): Promise<T> {
  const path = join(folder, options.name ?? ".lock");
  const own = newHolder();
  await acquire(path, own, options);
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), BEAT).unref();
  try {
    return await run();
  } finally {
    clearInterval(beat);
    if ((await holderOf(path))?.id === own.id) await whenFree(() => rm(path, { force: true }));
  }
}

async function acquire(path: string, own: LockHolder, { signal, onWait }: LockOptions): Promise<void> {
  let waiting = false;
  while (!(await claim(path, JSON.stringify(own)))) {
    const holder = await holderOf(path);
    if (await isGone(path, holder)) {
      if (!(await breakLock(path, own))) await pause(POLL, signal);
      continue;
    }
    if (!waiting && holder) onWait?.(`process ${holder.pid} on ${holder.host} (${path})`);
    waiting ||= holder !== undefined;
    await pause(POLL, signal);
  }
  looked.delete(path);
}

async function claim(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    // One that is just being deleted answers on Windows as if it were forbidden.
    file = await whenFree(() => open(path, "wx"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw asDiskError(path, error);
  }
  try {
    await file.writeFile(text);
    return true;
  } catch (error) {
    // An empty one would keep everyone waiting.
    await whenFree(() => rm(path, { force: true }));
    throw asDiskError(path, error);
  } finally {
    await file.close();
  }
}

/** Undefined if there is none, or it is only half written. */
async function holderOf(path: string): Promise<LockHolder | undefined> {
  try {
    const { pid, host, id, ...rest } = JSON.parse(await readFile(path, "utf8")) as Partial<LockHolder>;
    return pid !== undefined && host !== undefined && id !== undefined ? { pid, host, id, ...rest } : undefined;
  } catch {
    return undefined;
  }
}

async function isGone(path: string, holder: LockHolder | undefined): Promise<boolean> {
  const isSeen = holder !== undefined && isWithinSight(holder);
  if (isSeen && hasEnded(holder)) return true;
  const times = await stat(path).catch(() => undefined);
  if (!times) return false;
  // From before this machine was started, the number of a process is another's.
  const limit = holder === undefined ? BEAT : isSeen ? uptime() * 1000 + BEAT : DEAD;
  return Math.abs(Date.now() - times.mtimeMs) > limit && lookedFor(path, times.mtimeMs) > HEED;
}

/** Milliseconds for which a lock was seen to have this time. */
function lookedFor(path: string, mtimeMs: number): number {
  const now = performance.now();
  const before = looked.get(path);
  if (before?.mtimeMs === mtimeMs) return now - before.since;
  looked.set(path, { mtimeMs, since: now });
  return 0;
}

/**
 * Takes a lock away if it is dead still: one at a time, since a living one may be in its place as soon as another has done so.
 * @returns false where another is at it
 */
async function breakLock(path: string, own: LockHolder): Promise<boolean> {
  const guard = `${path}.breaking`;
  if (!(await claim(guard, JSON.stringify(own)))) {
    // Who was killed at it has left that behind.
    const times = await stat(guard).catch(() => undefined);
    if (times && lookedFor(guard, times.mtimeMs) > BEAT) await whenFree(() => rm(guard, { force: true }));
    return false;
  }
  try {
    if (await isGone(path, await holderOf(path))) await whenFree(() => rm(path, { force: true }));
    return true;
  } catch (error) {
    throw asDiskError(path, error);
  } finally {
    looked.delete(guard);
    await whenFree(() => rm(guard, { force: true }));
  }
}
