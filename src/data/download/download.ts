import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Published } from "./manifest.js";
import { difference, type Digested } from "./transfer/digest.js";
import { DiskError } from "../../disk/disk-error.js";
import { Part } from "./transfer/part.js";
import { pause } from "../../pause.js";
import { backOff } from "./transfer/retry.js";
import { TransferError, type Opened, type Remedy, type Source } from "./transfer/source.js";

/** How far a download is, in bytes. */
export interface Transferred {
  /** What was there when this began; smaller than in an earlier call if what was there was of no use. */
  readonly start: number;
  readonly done: number;
  /** Undefined if neither the manifest nor the server says so. */
  readonly total: number | undefined;
}

export interface DownloadOptions extends Published {
  /** The file to write. Until it is whole and right, it is called `path.part`. */
  readonly path: string;
  /** Where to get it, tried in order. */
  readonly sources: readonly Source[];
  /** Further tries at one source in a row that bring nothing new. */
  readonly retries: number;
  /** Milliseconds before the first of them. */
  readonly retryDelay: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((transferred: Transferred) => void) | undefined;
  /** Called with what went wrong, before another try. */
  readonly onRetry?: ((what: string) => void) | undefined;
}

/**
 * Gets one file. Goes on with the `.part` file of an earlier run (if the server can say that it is still the same file,
 * or a digest is known, by which one would notice); the file appears whole and verified, or not at all. Not for two
 * processes at once: see `withFolder`.
 * @throws DiskError; the signal's reason, upon which the `.part` file stays; TransferError that says of each source what
 * was wrong
 */
export async function download(options: DownloadOptions): Promise<Digested> {
  const part = await Part.open(options.path, options);
  const failures: string[] = [];
  try {
    await prepare(part, options);
    for (const source of options.sources) {
      try {
        return await transfer(part, source, options);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        failures.push(error.message);
      }
    }
    throw new TransferError(failures.join("\n"), { again: false });
  } finally {
    await part.close();
  }
}

async function prepare(part: Part, { bytes, signal, path }: DownloadOptions): Promise<void> {
  if (bytes !== undefined && part.bytes > bytes) await part.restart();
  await part.digest(signal);
  const { bavail, bsize, blocks } = await statfs(dirname(path));
  const [need, free] = [(bytes ?? 0) - part.bytes, bavail * bsize];
  if (blocks > 0 && need > free)
    throw new DiskError(
      `Cannot write ${path}: expected room for ${need} bytes more, found ${free}. ` +
        `Free some, or choose another folder (--folder, LONGTAIL_DATASETS)`,
    );
}

/** Tries at one source. */
async function transfer(part: Part, source: Source, options: DownloadOptions): Promise<Digested> {
  const { retries, retryDelay, signal, onRetry } = options;
  let most = part.bytes;
  for (let failed = 0; ;) {
    try {
      await attempt(part, source, options);
      return await finish(part, source, options);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      if (error.afresh) await part.restart();
      // Only what has never been reached counts as an advance: a server that always breaks off in the middle and cannot
      // go on there would be asked for ever.
      failed = part.bytes > most ? 1 : failed + 1;
      most = Math.max(most, part.bytes);
      if (!error.again || failed > retries) throw error;
      const wait = backOff(failed, retryDelay, error.wait);
      onRetry?.(`${error.message}; trying again in ${(wait / 1000).toFixed(1)} s (${failed} of ${retries})`);
      await pause(wait, signal);
    }
  }
}

/** One request: appends to the part what comes. */
async function attempt(part: Part, source: Source, options: DownloadOptions): Promise<void> {
  const { bytes, sha256, md5, signal } = options;
  const digest = sha256 ?? md5;
  signal?.throwIfAborted();
  if (part.bytes > 0 && part.bytes === bytes) return;
  const isSame = part.origin?.address === source.address ? part.origin : undefined;
  const canTell = isSame?.etag !== undefined || isSame?.modified !== undefined || digest !== undefined;
  if (!canTell) await part.restart();
  const opened = await source.open(part.bytes, isSame, signal);
  try {
    await take(part, opened, source.address, options);
  } finally {
    opened.close();
  }
}

async function take(part: Part, { origin, from, body, encoding }: Opened, address: string, options: DownloadOptions) {
  const { bytes, signal, onProgress } = options;
  const fail = (what: string, remedy: Remedy): TransferError => new TransferError(`${address}: ${what}`, remedy);
  if (bytes !== undefined && origin.total !== undefined && origin.total !== bytes)
    throw fail(`expected a file of ${bytes} bytes, found one of ${origin.total}`, { again: false });
  if (encoding !== undefined && options.sha256 === undefined && options.md5 === undefined)
    throw fail(`expected the file as it is, found it encoded as ${encoding}`, { again: false });
  const before = part.origin?.total;
  if (from > 0 && before !== undefined && origin.total !== undefined && origin.total !== before)
    throw fail(`a file of ${before} bytes was begun there, now it has ${origin.total}`, { again: true, afresh: true });
  if (from !== part.bytes) await part.restart();
  await part.begin(origin);
  const total = bytes ?? origin.total;
  const start = part.bytes;
  onProgress?.({ start, done: start, total });
  for await (const piece of body) {
    if (total !== undefined && part.bytes + piece.length > total)
      throw fail(`expected ${total} bytes, found more`, { again: false, afresh: true });
    await part.append(piece);
    onProgress?.({ start, done: part.bytes, total });
    signal?.throwIfAborted();
  }
  if (total !== undefined && part.bytes < total)
    throw fail(`it ended after ${part.bytes} of ${total} bytes`, { again: true });
}

/** Holds what has come against what is published, and makes it the file. */
async function finish(part: Part, source: Source, options: DownloadOptions): Promise<Digested> {
  const digested = part.end();
  const wrong = difference(options, digested);
  if (wrong === undefined) {
    await part.commit();
    return digested;
  }
  const what = `${source.address}: expected ${wrong.expected}, found ${wrong.found}`;
  throw new TransferError(what, { again: part.isJoined, afresh: true });
}
