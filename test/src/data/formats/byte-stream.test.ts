import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { FileError } from "../../../../src/data/file-error.js";

/** Pieces of the lengths given, that hold 0, 1, 2, ... */
function streamOf(lengths: readonly number[], most?: number): ByteStream {
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const pieces = function* (): Generator<Uint8Array> {
    let at = 0;
    for (const length of lengths) yield Uint8Array.from({ length }, () => at++);
  };
  return new ByteStream("f", pieces(), most ?? size);
}

const counted = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => (from + i) & 255);

describe("a stream of bytes", () => {
  test("gives them in order however they lie and are asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(40), { maxLength: 10 }),
        fc.array(fc.tuple(fc.constantFrom("read", "take", "fill", "pieces", "skip"), fc.nat(50)), { maxLength: 20 }),
        async (lengths, calls) => {
          const stream = streamOf(lengths);
          const size = lengths.reduce((sum, length) => sum + length, 0);
          for (const [call, count] of calls) {
            const from = stream.offset;
            const left = size - from;
            let got: number[] | undefined;
            if (call === "read") got = [...(await stream.read(count))];
            else if (count > left) await expect(stream.take(count, "x")).rejects.toThrow(FileError);
            else if (call === "take") got = [...(await stream.take(count, "x"))];
            else if (call === "skip") await stream.skip(count, "x");
            else if (call === "fill") {
              const into = new Uint8Array(count);
              await stream.fill(into, "x");
              got = [...into];
            } else {
              got = [];
              for await (const piece of stream.pieces(count, "x")) got.push(...piece);
            }
            const moved = call === "read" ? Math.min(count, left) : count > left ? 0 : count;
            if (got) expect(got).toEqual(counted(from, moved));
            expect(stream.offset).toBe(from + moved);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("bytes that are missing are said, and where", async () => {
    await expect(ByteStream.of(new Uint8Array(3), "a.bin").take(4, "a header")).rejects.toThrow(
      "a.bin, byte 0: expected 4 bytes of a header, found 3 bytes at most to the end",
    );
    const cut = streamOf([3, 2], 10);
    await cut.skip(1, "x");
    await expect(cut.take(6, "pixels")).rejects.toThrow("f, byte 5: expected 6 bytes of pixels, found the end after 4");
    await expect(streamOf([5], 10).fill(new Uint8Array(6), "pixels")).rejects.toThrow("found the end after 5 of them");
  });

  test("memory is set aside only for what can be there", async () => {
    const stream = streamOf([8], 8);
    expect(stream.room(8, "x")).toEqual(new Uint8Array(8));
    expect(() => stream.room(9, "x")).toThrow("expected 9 bytes of x, found 8 bytes at most to the end");
    expect(() => streamOf([8], 2 ** 60).room(2 ** 59, "x")).toThrow("which fit one buffer");
    await stream.skip(8, "x");
    expect(() => stream.room(1, "x")).toThrow(FileError);
  });

  test("bytes after the end are refused", async () => {
    const stream = streamOf([2, 3]);
    await stream.skip(4, "x");
    await expect(stream.end("labels")).rejects.toThrow("byte 4: expected the end of the file after labels, found more");
    await stream.end("labels");
  });

  test("the source is given back", async () => {
    let open = true;
    const pieces = function* (): Generator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(5);
      } finally {
        open = false;
      }
    };
    const stream = new ByteStream("f", pieces(), 100);
    await stream.take(7, "x");
    await stream.close();
    expect(open).toBe(false);
    expect(await stream.read(5)).toHaveLength(3);
    expect(await stream.read(5)).toHaveLength(0);
  });
});
