import { pipeline } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import { ByteStream } from "./byte-stream.js";
import { FileError } from "../file-error.js";

/** No byte of deflate stands for more bytes than this (RFC 1951: 258 bytes in two bits). */
const MOST_PER_BYTE = 1032;

/**
 * What the next `count` bytes of a stream decompress to. Errors of the result count in decompressed bytes. It never holds
 * more than a piece of either; a reader that stops early has no more than that inflated.
 * @param format "zlib" (RFC 1950) or "gzip" (RFC 1952, any number of members)
 * @param file what errors call the decompressed bytes
 */
export function inflated(
  stream: ByteStream,
  count: number,
  { format, file }: { readonly format: "zlib" | "gzip"; readonly file: string },
): ByteStream {
  return new ByteStream(file, pieces(stream, count, format), count * MOST_PER_BYTE);
}

async function* pieces(stream: ByteStream, count: number, format: "zlib" | "gzip"): AsyncGenerator<Uint8Array> {
  const chunkSize = Math.min(Math.max(1 << 10, 4 * count), 1 << 18);
  const inflate = format === "zlib" ? createInflate({ chunkSize }) : createGunzip({ chunkSize });
  const from = stream.offset;
  const finished = new Promise<void>((resolve) => {
    pipeline(stream.pieces(count, `${format} data`), inflate, () => resolve());
  });
  try {
    for await (const piece of inflate) yield piece as Uint8Array;
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    const { file } = stream;
    const fault = { file, offset: from + inflate.bytesWritten, expected: `${format} data` };
    throw new FileError({ ...fault, found: `"${(cause as Error).message}" (zlib)` }, { cause });
  }
  await finished;
  if (inflate.bytesWritten === count) return;
  const offset = from + inflate.bytesWritten;
  throw stream.fault(`${format} data up to byte ${from + count}`, `their end at byte ${offset}`, { offset });
}
