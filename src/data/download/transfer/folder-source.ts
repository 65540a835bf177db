import { createReadStream, type ReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { TransferError, type Source } from "./source.js";

/** A file of a folder on this machine (or one that is mounted). */
export function folderSource(path: string): Source {
  return {
    address: path,
    async open(from) {
      const file = await stat(path).catch((cause: NodeJS.ErrnoException) => {
        const what = cause.code === "ENOENT" || cause.code === "ENOTDIR" ? "there is no such file" : cause.message;
        throw new TransferError(`${path}: ${what}`, { again: false, cause });
      });
      if (!file.isFile()) throw new TransferError(`${path}: expected a file, found another thing`, { again: false });
      const start = from <= file.size ? from : 0;
      const stream = createReadStream(path, { start, highWaterMark: 2 ** 20 });
      stream.on("error", () => undefined); // it is thrown where the body is taken
      const close = (): void => void stream.destroy();
      return { origin: { address: path, total: file.size }, from: start, body: pieces(path, stream), close };
    },
  };
}

async function* pieces(path: string, stream: ReadStream): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (cause) {
    throw new TransferError(`${path}: cannot be read: ${(cause as Error).message}`, { again: false, cause });
  }
}
