import { rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareFolder } from "../../../kernel/atomic.js";
import { abortSignal, callback, check, flag, numberWhere, optional, positive, text, type Rule } from "../../options.js";
import { readChecksums, writeChecksums } from "./checksums.js";
import { datasetsFolder } from "./datasets-folder.js";
import { download, type Transferred } from "./download.js";
import { datasetNamed, manifest, type Dataset, type DatasetFile } from "./manifest.js";
import { sourcesOf } from "./mirror.js";
import { withFolder } from "../../disk/folder-lock.js";
import { TransferError } from "./transfer/source.js";
import { DRAFT, unpack } from "./unpack.js";
import { verifySet, type FileReport, type SetReport } from "./verify.js";

/** How far `get` is. */
export interface GetProgress extends Transferred {
  readonly set: string;
  readonly file: string;
}

/** Options of `get`. */
export interface GetOptions {
  /** Folder of the data sets. Default: `datasetsFolder()`. */
  readonly folder?: string;
  /** Folder, or address of a folder, to get the files from instead. Default: `LONGTAIL_MIRROR`, else none. */
  readonly mirror?: string;
  /** Whether to get files again that are here and right. Default: false. */
  readonly force?: boolean;
  /** File of another manifest. Default: this package's own. */
  readonly manifest?: string;
  /** Ends it; what has come stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  /** Told how far it is. */
  readonly onProgress?: (progress: GetProgress) => void;
  /** Called with what else there is to say: waiting for another process, trying again, unpacking. */
  readonly onNote?: (note: string) => void;
  /** Further tries in a row that bring nothing new; 0 gives up at the first fault. Default: 5. */
  readonly retries?: number;
  /** Milliseconds before the first of them; they double. Default: 1000. */
  readonly retryDelay?: number;
  /** Milliseconds without a byte after which a connection is given up. Default: 30,000. */
  readonly stallTimeout?: number;
}

const RULES: Readonly<Record<string, Rule>> = {
  folder: optional(text),
  mirror: optional(text),
  force: optional(flag),
  manifest: optional(text),
  signal: optional(abortSignal),
  onProgress: optional(callback),
  onNote: optional(callback),
  retries: optional(numberWhere("an integer >= 0", (v) => Number.isSafeInteger(v) && v >= 0)),
  retryDelay: optional(positive),
  stallTimeout: optional(positive),
};

/**
 * Downloads what of a data set is not here yet (or is not what it should be), verifies and unpacks it. What is already
 * there on the way (`.part` files) is gone on with; other processes that want the same set wait.
 * @returns how the set stands then: all right
 * @throws RangeError for an unknown name or option; TransferError, DiskError or FileError that says what was expected,
 * what was found, and what to do; the signal's reason
 */
export async function get(name: string, options: GetOptions = {}): Promise<SetReport> {
  check("get", options, RULES);
  const set = datasetNamed(name, manifest(options.manifest));
  const folder = join(options.folder ?? datasetsFolder(), set.name);
  const { signal, onNote } = options;
  try {
    await prepareFolder(folder);
  } catch (error) {
    // A folder that is only read from is fine as long as there is nothing to get.
    const report = await verifySet(set, folder, signal);
    if (report.right && options.force !== true) return report;
    throw error;
  }
  const onWait = (holder: string): void => onNote?.(`${set.name}: waiting for ${holder}`);
  return withFolder(folder, { signal, onWait }, () => getSet(set, folder, options));
}

async function getSet(set: Dataset, folder: string, options: GetOptions): Promise<SetReport> {
  await rm(join(folder, DRAFT), { recursive: true, force: true, maxRetries: 5 });
  const before = await verifySet(set, folder, options.signal);
  const sums = await readChecksums(folder);
  const record = ({ path, digested }: Pick<FileReport, "path" | "digested">): void => {
    if (digested) sums.set(path, digested.sha256);
  };
  let changed = false;
  for (const file of set.files) {
    const report = (path: string): FileReport => before.files.find((one) => one.path === path)!;
    const whole = report(file.name);
    const entries = (file.unpack ?? []).map(({ path }) => report(path));
    const isUnpacked = entries.every(({ state }) => state === "right");
    const isEnough = whole.state === "right" || (whole.state === "missing" && entries.length > 0 && isUnpacked);
    const isWanted = options.force === true || !isEnough;
    if (isWanted) record({ path: file.name, digested: await getFile(set, file, folder, options) });
    if (file.unpack && (isWanted || !isUnpacked)) {
      options.onNote?.(`${set.name}: unpacking ${file.name}`);
      const archive = join(folder, file.name);
      const found = await unpack({ archive, folder, entries: file.unpack, signal: options.signal });
      for (const [path, digested] of found) record({ path, digested });
      changed = true;
    }
    changed ||= isWanted;
    for (const one of [whole, ...entries]) if (!sums.has(one.path)) record(one);
    await writeChecksums(folder, sums);
  }
  if (!changed) return before;
  // What is on the disk counts, not what was sent there.
  const after = await verifySet(set, folder, options.signal);
  const wrong = after.files.find(({ state }) => state === "wrong");
  if (wrong)
    throw new Error(
      `${join(folder, wrong.path)} was written rightly and reads back wrong: expected ${wrong.expected}, ` +
        `found ${wrong.found}. Is the disk in order?`,
    );
  return after;
}

async function getFile(set: Dataset, file: DatasetFile, folder: string, options: GetOptions) {
  const { mirror = process.env["LONGTAIL_MIRROR"] || undefined, signal, onProgress, onNote } = options;
  const { retries = 5, retryDelay = 1000, stallTimeout = 30_000 } = options;
  const path = join(folder, file.name);
  const byHand = `If you have ${file.name}, put it at ${path}, or name a folder or server that has it (--mirror)`;
  const sources = sourcesOf(set, file, mirror, stallTimeout);
  if (sources.length === 0)
    throw new Error(`${set.name}: ${set.note ?? "There is no address to get it from."} ${byHand}`);
  const progress = onProgress && ((at: Transferred): void => onProgress({ set: set.name, file: file.name, ...at }));
  const { bytes, md5, sha256 } = file;
  const known = { ...(bytes !== undefined && { bytes }), ...(md5 && { md5 }), ...(sha256 && { sha256 }) };
  try {
    const onRetry = onNote;
    return await download({ path, sources, ...known, retries, retryDelay, signal, onProgress: progress, onRetry });
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    throw new TransferError(`Cannot get ${file.name}\n${error.message}\n${byHand}`, { again: false, cause: error });
  }
}
