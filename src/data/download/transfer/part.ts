import { constants } from "node:fs";
import { open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { prepareFolder, writeAtomic } from "../../../../kernel/atomic.js";
import { whenFree } from "../../../../kernel/busy-file.js";
import type { Published } from "../manifest.js";
import { asDiskError } from "../../../disk/disk-error.js";
import { Digest, type Digested } from "./digest.js";
import type { Origin } from "./source.js";

/**
 * A file that is on its way, `NAME.part`, beside which `NAME.part.json` says where its bytes are from. It only grows at
 * its end, so that what is there after a crash is the beginning of the file, and becomes `NAME` when it is whole.
 */
export class Part {
  /** How many bytes are there. */
  bytes = 0;
  /** Whether they are of several answers, or of an earlier run: then they may not be of one and the same file. */
  isJoined = false;
  origin: Origin | undefined;
  #digest: Digest;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly published: Published,
  ) {
    this.#digest = new Digest(published);
  }

  /** Opens what is there of it, or begins it. Folders that are missing are made. @throws DiskError */
  static async open(path: string, published: Published): Promise<Part> {
    await prepareFolder(dirname(path));
    try {
      const part = new Part(path, await open(`${path}.part`, constants.O_RDWR | constants.O_CREAT), published);
      part.bytes = (await part.file.stat()).size;
      part.isJoined = part.bytes > 0;
      part.origin = part.isJoined ? await readOrigin(`${path}.part.json`) : undefined;
      return part;
    } catch (cause) {
      throw asDiskError(`${path}.part`, cause);
    }
  }

  /** Digests what is there already. @throws the signal's reason */
  async digest(signal?: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafe(2 ** 20);
    let read = 0;
    while (read < this.bytes) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.file.read(buffer, 0, Math.min(buffer.length, this.bytes - read), read);
      if (bytesRead === 0) break;
      this.#digest.update(buffer.subarray(0, bytesRead));
      read += bytesRead;
    }
    this.bytes = read;
  }

  /** A further answer begins to come in. */
  async begin(origin: Origin): Promise<void> {
    this.isJoined ||= this.bytes > 0;
    this.origin = origin;
    await writeAtomic(`${this.path}.part.json`, `${JSON.stringify(origin)}\n`);
  }

  /** @throws DiskError */
  async append(piece: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < piece.length;)
        at += (await this.file.write(piece, at, piece.length - at, this.bytes + at)).bytesWritten;
    } catch (cause) {
      throw asDiskError(`${this.path}.part`, cause);
    }
    this.#digest.update(piece);
    this.bytes += piece.length;
  }

  /** Throws away what is there. */
  async restart(): Promise<void> {
    await this.cut(0);
    this.bytes = 0;
    this.isJoined = false;
    this.origin = undefined;
    this.#digest = new Digest(this.published);
  }

  /** Digests of the whole; nothing can be appended after that. */
  end(): Digested {
    return this.#digest.end();
  }

  /** Makes it the file. @throws DiskError */
  async commit(): Promise<void> {
    try {
      await this.cut(this.bytes);
      await this.file.sync();
      await this.file.close();
      await whenFree(() => rename(`${this.path}.part`, this.path));
      await syncFolder(dirname(this.path));
      await whenFree(() => rm(`${this.path}.part.json`, { force: true }));
    } catch (cause) {
      throw asDiskError(this.path, cause);
    }
  }

  /** Keeps what is there for another time; of no effect after `commit`. */
  async close(): Promise<void> {
    if (this.bytes === 0) await this.remove();
    await this.file.close();
  }

  /** A write that failed halfway may have left more than `bytes`. */
  private async cut(bytes: number): Promise<void> {
    if ((await this.file.stat()).size > bytes) await this.file.truncate(bytes);
  }

  async remove(): Promise<void> {
    for (const end of [".part", ".part.json"]) await rm(this.path + end, { force: true });
  }
}

/** What is not as we write it counts for nothing. */
async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    const { address, etag, modified, total } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    if (typeof address !== "string") return undefined;
    return {
      address,
      ...(typeof etag === "string" && { etag }),
      ...(typeof modified === "string" && { modified }),
      ...(typeof total === "number" && { total }),
    };
  } catch {
    return undefined;
  }
}

/** The new name itself is on the disk after that, where the system can promise it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
