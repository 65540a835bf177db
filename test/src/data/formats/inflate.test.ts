import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { inflated } from "../../../../src/data/formats/inflate.js";
import { volume } from "../../../volume.js";
import { fuzz } from "./mutation.js";

const content = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) >>> 5));
const zlib = deflateSync(content);
const gzip = gzipSync(content);

async function read(bytes: Uint8Array, format: "zlib" | "gzip", count = bytes.length): Promise<Buffer> {
  const stream = inflated(ByteStream.of(bytes, "f"), count, { format, file: "f, inflated" });
  const all: Uint8Array[] = [];
  for (;;) {
    const piece = await stream.read(700);
    if (piece.length === 0) return Buffer.concat(all);
    all.push(piece);
  }
}

describe("inflated", () => {
  test("gives what was deflated", async () => {
    expect(await read(zlib, "zlib")).toEqual(content);
    expect(await read(gzip, "gzip")).toEqual(content);
  });

  test("several members of gzip are one file", async () => {
    expect(await read(Buffer.concat([gzip, gzip]), "gzip")).toEqual(Buffer.concat([content, content]));
  });

  test("takes its bytes from the stream and leaves the next", async () => {
    const outer = ByteStream.of(Buffer.concat([Buffer.from("ab"), zlib, Buffer.from("cd")]), "f");
    await outer.skip(2, "x");
    const inner = inflated(outer, zlib.length, { format: "zlib", file: "inner" });
    expect(content.equals(await inner.take(content.length, "x"))).toBe(true);
    await inner.end("x");
    expect(Buffer.from(await outer.take(2, "x")).toString()).toBe("cd");
  });

  test("what does not reach its checksum, or goes on after it, is refused", async () => {
    await expect(read(zlib.subarray(0, -1), "zlib")).rejects.toThrow('found "unexpected end of file" (zlib)');
    await expect(read(Buffer.concat([zlib, Buffer.alloc(9)]), "zlib")).rejects.toThrow(
      `f, byte ${zlib.length}: expected zlib data up to byte ${zlib.length + 9}, found their end at byte ${zlib.length}`,
    );
    await expect(read(zlib, "zlib", zlib.length + 1)).rejects.toThrow("bytes at most to the end");
    await expect(read(gzip, "zlib")).rejects.toThrow('f, byte 0: expected zlib data, found "incorrect header check"');
    const wrong = Buffer.from(zlib);
    wrong[wrong.length - 1]! ^= 1;
    await expect(read(wrong, "zlib")).rejects.toThrow('"incorrect data check"');
  });

  test("a bomb goes off only as far as it is read", async () => {
    const bomb = deflateSync(Buffer.alloc(1 << 28));
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    const stream = inflated(ByteStream.of(bomb, "f"), bomb.length, { format: "zlib", file: "bomb" });
    await stream.take(100, "x");
    await expect(stream.end("x")).rejects.toThrow("bomb, byte 100: expected the end of the file after x");
    await stream.close();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24);
    // Nothing compressed this far can be asked for more than deflate can hold.
    expect(() => stream.room(1040 * bomb.length, "x")).toThrow("at most to the end");
  });

  test("damaged data are refused, or what they were", async () => {
    const files = [zlib, gzip].map((bytes) => ({ bytes, matters: [0, 1, 2, 3, bytes.length - 1] }));
    const counts = await fuzz(
      files,
      (bytes) => read(bytes, bytes[0] === 0x1f ? "gzip" : "zlib"),
      (result) => {
        // The time in gzip's header says nothing of the content, and several members may follow one another.
        const wanted = Buffer.concat(Array<Buffer>(result.length / content.length).fill(content));
        if (Buffer.compare(result, wanted) !== 0) expect(`${result.length} other bytes`).toBe("the content");
      },
      2000,
    );
    expect(counts.refused).toBeGreaterThan(volume(1000));
  });
});
