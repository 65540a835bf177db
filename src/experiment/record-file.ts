import { appendFileSync, closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, statSync } from "node:fs";
import { asDiskError } from "../disk/disk-error.js";
import type { FailureRecord, RunRecord } from "./record.js";

export type Entry = RunRecord | FailureRecord;

/** How each line of ours begins, so that of most lines that were cut or changed one knows whose they are. */
const ID = /^\{"status":"[a-z]+","run":\{"id":"([^"]+)"/;
/** Of lines that cannot be used, so many are named. */
const NAMED = 5;
/** "FILE:LINE" of those that were named. */
const warned = new Set<string>();

/**
 * The last line of each run, of a file with a record a line. A line that is cut (its writer was killed) or is no record is
 * passed over: that run is not done. It is warned of, once, unless the run was done in another line, or it is the last and has
 * no end: its writer may be at it.
 * @throws Error that names the file if it cannot be read
 */
export function readEntries(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const latest = new Map<string, Entry>();
  const unusable: { line: number; id: string | undefined }[] = [];
  const lines = reading(file, () => readFileSync(file, "utf8")).split("\n");
  for (const [i, line] of lines.entries()) {
    const entry = parse(line);
    if (entry) {
      latest.delete(entry.run.id);
      latest.set(entry.run.id, entry);
    } else if (line.trim() !== "" && i < lines.length - 1) unusable.push({ line: i + 1, id: ID.exec(line)?.[1] });
  }
  warn(
    file,
    unusable.filter(({ id }) => id === undefined || latest.get(id)?.status !== "done").map(({ line }) => line),
  );
  return [...latest.values()];
}

/** What tells a file from what it was before; undefined if there is none. @throws Error that names the file if it cannot be read */
export function stampOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  // Opened: a network file system may know otherwise only how it was some seconds ago.
  const handle = reading(file, () => openSync(file, "r"));
  try {
    const { ino, size, mtimeNs } = fstatSync(handle, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } finally {
    closeSync(handle);
  }
}

/** Adds a record as a line. @throws DiskError */
export function appendEntry(file: string, entry: Entry): void {
  try {
    // What a killed writer left has no end: the new line must not become part of it.
    const cut = existsSync(file) && statSync(file).size > 0 && !readFileSync(file, "utf8").endsWith("\n");
    const handle = openSync(file, "a");
    try {
      appendFileSync(handle, `${cut ? "\n" : ""}${JSON.stringify(entry)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw asDiskError(file, error);
  }
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`Cannot read ${file}, where runs are kept: ${(cause as Error).message}`, { cause });
  }
}

function parse(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether everything is there that tables show. */
function isEntry(entry: Partial<Entry> | null): entry is Entry {
  const { id, series, label, seed } = entry?.run ?? {};
  if (![id, series, label].every((one) => typeof one === "string") || !Number.isSafeInteger(seed)) return false;
  if (entry!.status === "failed") return typeof entry!.error === "string";
  if (entry!.status !== "done") return false;
  const { device, images, last, best } = entry as Partial<RunRecord>;
  const scores = [last, best].filter((score) => score !== undefined);
  return typeof device === "string" && areCounts(images) && scores.every((score) => isMatrix(score?.counts));
}

function areCounts(values: unknown): values is number[] {
  return Array.isArray(values) && values.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** Images of true classes (rows) by predicted class: of one image or more, or there is no error of them. */
function isMatrix(rows: unknown): boolean {
  if (!Array.isArray(rows) || rows.length === 0) return false;
  const length = (rows[0] as number[] | null)?.length ?? 0;
  if (!rows.every((row) => areCounts(row) && row.length === length) || rows.length > length) return false;
  return rows.some((row) => (row as number[]).some((n) => n > 0));
}

function warn(file: string, unusable: readonly number[]): void {
  const lines = unusable.filter((line) => !warned.has(`${file}:${line}`));
  if (lines.length === 0) return;
  for (const line of lines) warned.add(`${file}:${line}`);
  const which = `${lines.slice(0, NAMED).join(", ")}${lines.length > NAMED ? ` and ${lines.length - NAMED} more` : ""}`;
  process.emitWarning(
    `${file}: ${lines.length === 1 ? `line ${which} is no record` : `lines ${which} are no records`} of a run ` +
      "(cut off or changed): passed over, what stood there counts as not done",
    "StoreWarning",
  );
}
