import { constants } from "node:buffer";
import { open, type FileHandle } from "node:fs/promises";
import { ByteStream } from "./byte-stream.js";
import { FileError, unreadable } from "../file-error.js";
import { inflated } from "./inflate.js";

/** How a file is read from the disk: the next piece is on its way while one is worked on. */
export interface Reading {
  /** Bytes a piece. Default 1 MiB. */
  readonly piece?: number;
  /**
   * Whether the pieces lie in the same two buffers by turns, which saves the time that fresh memory takes: whoever asks
   * for the next piece must be done with the one before. Default false. A gzipped file is read into fresh ones always,
   * for they are inflated by another thread.
   */
  readonly reuse?: boolean;
}

/** Reads a file from its beginning, decompressed if it begins as gzip does. */
export async function readStream<T>(
  file: string,
  use: (stream: ByteStream) => Promise<T>,
  { piece = 1 << 20, reuse = false }: Reading = {},
): Promise<T> {
  return withFile(file, async (handle, size) => {
    const zipped = await isGzip(handle);
    const stream = new ByteStream(file, pieces(handle, piece, reuse && !zipped), size);
    const content = zipped ? inflated(stream, size, { format: "gzip", file }) : stream;
    try {
      return await use(content);
    } finally {
      await content.close();
      await stream.close();
    }
  });
}

/**
 * A file as one buffer, of up to 4 GiB or what Node.js allows (`fs.readFile` stops at 2 GiB). Not decompressed.
 */
export async function readWhole(file: string): Promise<Uint8Array> {
  return withFile(file, async (handle, size) => {
    if (size > constants.MAX_LENGTH) {
      const [expected, found] = [`at most ${constants.MAX_LENGTH} bytes, which fit one buffer`, `${size} bytes`];
      throw new FileError({ file, offset: 0, expected, found, advice: "Split it." });
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(size - at, 1 << 28), at);
      if (bytesRead === 0) throw new FileError({ file, offset: at, expected: `${size} bytes`, found: `${at} bytes` });
      at += bytesRead;
    }
    return bytes;
  });
}

/** @throws FileError also where there is no such file, or it cannot be read */
async function withFile<T>(file: string, use: (handle: FileHandle, size: number) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const info = await handle.stat();
    if (!info.isFile()) throw new FileError({ file, offset: 0, expected: "a file", found: "something else" });
    return await use(handle, info.size);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw unreadable(file, cause, `"${(cause as Error).message}"`);
  } finally {
    await handle?.close();
  }
}

async function isGzip(handle: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* pieces(handle: FileHandle, length: number, reuse: boolean): AsyncGenerator<Uint8Array> {
  const spare: Buffer[] = [];
  const read = (position: number): Promise<Uint8Array> => {
    const into = (spare.length > 1 && spare.shift()) || Buffer.allocUnsafeSlow(length);
    if (reuse) spare.push(into);
    const bytes = handle.read(into, 0, length, position).then(({ bytesRead }) => into.subarray(0, bytesRead));
    // Whoever awaits it hears of an error; until then it is nobody's.
    bytes.catch(() => undefined);
    return bytes;
  };
  let next = read(0);
  try {
    for (let at = 0; ;) {
      const bytes = await next;
      if (bytes.length === 0) return;
      at += bytes.length;
      next = read(at);
      yield bytes;
    }
  } finally {
    // The file is closed after this: no read may be under way then.
    await next.catch(() => undefined);
  }
}
