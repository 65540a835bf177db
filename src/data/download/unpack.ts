import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { whenFree } from "../../../kernel/busy-file.js";
import { FileError } from "../file-error.js";
import type { ArchiveEntry } from "./manifest.js";
import { Digest, difference, type Digested } from "./transfer/digest.js";
import { asDiskError } from "../../disk/disk-error.js";

/** Where entries are written until all of them are right. */
export const DRAFT = ".unpacking";
/** Bytes of an entry whose size is not published, at most. */
const LARGEST_UNKNOWN = 2 ** 20;
/** Bytes of the archive beside its entries, at most: headers, and what is not unpacked. */
const REST = 2 ** 24;

const ADVICE = "Get it once more: longtail data get NAME --force.";

export interface UnpackOptions {
  /** A tar file compressed by gzip. */
  readonly archive: string;
  /** The folder that the entries' paths are relative to. Until all is well, everything is in `.unpacking` there. */
  readonly folder: string;
  /** What to unpack; everything else in the archive is passed over. */
  readonly entries: readonly ArchiveEntry[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks the entries that are asked for, verified, all or none. Only files are written, and only at the paths that the
 * caller names, whatever the archive holds.
 * @returns the digests, by path
 * @throws FileError if the archive is truncated, corrupt, too large, or lacks an entry; DiskError; the signal's reason
 */
export async function unpack({ archive, folder, entries, signal }: UnpackOptions): Promise<Map<string, Digested>> {
  const draft = join(folder, DRAFT);
  await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  try {
    const found = await read(archive, draft, entries, signal);
    for (const { path } of entries) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await whenFree(() => rename(join(draft, path), join(folder, path))).catch((cause: unknown) => {
        throw asDiskError(join(folder, path), cause);
      });
    }
    return found;
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function read(
  archive: string,
  draft: string,
  entries: readonly ArchiveEntry[],
  signal?: AbortSignal,
): Promise<Map<string, Digested>> {
  const wanted = new Map(entries.map((entry) => [entry.path, entry]));
  const found = new Map<string, Digested>();
  const tar = extract();
  const limit = entries.reduce((sum, { bytes = LARGEST_UNKNOWN }) => sum + bytes, REST);
  const meter = new Meter(limit);
  const wrong = (expected: string, what: string): FileError =>
    new FileError({ file: archive, offset: meter.bytes, expected, found: what, advice: ADVICE });
  const feeding = pipeline(createReadStream(archive), createGunzip(), meter, tar, signal ? { signal } : {});
  feeding.catch(() => undefined); // it is awaited below
  try {
    for await (const entry of tar) {
      const { name, type } = entry.header;
      const path = name.replace(/^(\.\/)+/, "");
      const asked = wanted.get(path);
      if (asked === undefined) {
        entry.resume();
        continue;
      }
      if (type !== "file") throw wrong(`the file ${path}`, `a ${type ?? "nameless thing"} of that name`);
      if (found.has(path)) throw wrong(`one ${path}`, "a second one");
      const { size = 0 } = entry.header;
      const most = asked.bytes ?? LARGEST_UNKNOWN;
      if (size > most) throw wrong(`${path} of at most ${most} bytes`, `${size} bytes`);
      const digested = await write(entry, join(draft, path), asked);
      const different = difference(asked, digested);
      if (different) throw wrong(`${path} with ${different.expected}`, different.found);
      found.set(path, digested);
    }
    await feeding;
  } catch (error) {
    tar.destroy();
    await feeding.catch(() => undefined);
    if (signal?.aborted) throw signal.reason;
    if (error instanceof FileError || (error as Error).name === "DiskError") throw error;
    throw wrong("a whole tar file, compressed by gzip", (error as Error).message);
  }
  const missing = entries.find(({ path }) => !found.has(path));
  if (missing) throw wrong(missing.path, "the end of the archive");
  return found;
}

async function write(entry: AsyncIterable<unknown>, path: string, asked: ArchiveEntry): Promise<Digested> {
  const digest = new Digest(asked);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "wx").catch((cause: unknown) => {
    throw asDiskError(path, cause);
  });
  try {
    for await (const piece of entry) {
      digest.update(piece as Uint8Array);
      await file.writeFile(piece as Uint8Array).catch((cause: unknown) => {
        throw asDiskError(path, cause);
      });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return digest.end();
}

/** Counts what passes, and lets no more pass than a limit: a small archive may unpack to more than the disk holds. */
class Meter extends Transform {
  bytes = 0;
  constructor(readonly limit: number) {
    super();
  }

  override _transform(piece: Buffer, _encoding: string, done: (error: Error | null, piece?: Buffer) => void): void {
    this.bytes += piece.length;
    if (this.bytes > this.limit) done(new Error(`more than ${this.limit} bytes of content`));
    else done(null, piece);
  }
}
