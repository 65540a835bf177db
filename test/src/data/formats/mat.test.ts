import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { matArrays } from "../../../../src/data/formats/mat.js";
import { images, unpacked } from "./fixture.js";
import { element, matFile, variable } from "./mat-writer.js";

interface Found {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly values: number[];
}

async function read(bytes: Uint8Array): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { name, shape, numbers, littleEndian, bytes: size, content } of matArrays(
    ByteStream.of(bytes, "a.mat"),
  )) {
    const stored = await content.take(size, name);
    const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
    const values = Array.from({ length: size / numbers.size }, (_, i) =>
      numbers.read(view, i * numbers.size, littleEndian),
    );
    found.push({ name, shape, type: numbers.name, values });
  }
  return found;
}

describe("arrays of a MAT-file", () => {
  test.each(["other variables", "other variables, compressed"])("as scipy writes them: %s", async (name) => {
    const found = new Map((await read(unpacked(images.svhn.files[name]!))).map((array) => [array.name, array]));
    expect([...found.keys()].sort()).toEqual(["X", "logical", "none", "number", "y"]);
    expect(found.get("number")).toEqual({ name: "number", shape: [1, 1], type: "double", values: [1.5] });
    expect(found.get("y")).toEqual({ name: "y", shape: [3, 1], type: "uint8", values: [10, 1, 9] });
    expect(found.get("logical")).toMatchObject({ shape: [1, 2], values: [1, 0] });
    expect(found.get("none")).toMatchObject({ shape: [0, 3], values: [] });
    expect(found.get("X")).toMatchObject({ shape: [32, 32, 3, 3], type: "uint8" });
  });

  test.each([true, false])("of every type, little-endian %s, compressed or not, small or not", async (littleEndian) => {
    const values = [1, 2, 100, 7, 5];
    for (const compressed of [false, true]) {
      for (const type of [1, 2, 3, 4, 5, 6, 7, 9, 12, 13]) {
        for (const count of [1, 2, 5]) {
          const one = variable({ name: "abc", shape: [count, 1], type, values: values.slice(0, count), littleEndian });
          const [found, ...more] = await read(matFile([one], { littleEndian, compressed }));
          expect(more).toEqual([]);
          expect(found).toMatchObject({ name: "abc", shape: [count, 1], values: values.slice(0, count) });
        }
      }
    }
  });

  test("one may leave an array unread", async () => {
    const one = variable({ name: "a", shape: [3, 1], type: 5, values: [1, 2, 3] });
    for (const compressed of [false, true]) {
      const names: string[] = [];
      for await (const { name } of matArrays(ByteStream.of(matFile([one, one], { compressed }), "f"))) names.push(name);
      expect(names).toEqual(["a", "a"]);
    }
  });

  const one = variable({ name: "a", shape: [3, 1], type: 5, values: [1, 2, 3] });
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = Buffer.from(one);
    bytes.writeUInt32LE(value, at);
    return bytes;
  };
  const hdf = Buffer.from(matFile([]));
  hdf.writeUInt16LE(0x0200, 124);
  const inflatedLength = 8 + 16 + 16 + 8 + 24;

  test.each([
    [
      "version 7.3",
      hdf,
      "byte 0: expected a MAT-file of level 5 (MATLAB's version 6 or 7), found version 7.3, which is HDF5. Convert it: in MATLAB by save",
    ],
    [
      "plain HDF5",
      Buffer.concat([Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), Buffer.alloc(200)]),
      "which is HDF5. Convert it",
    ],
    ["level 4", unpacked(images.svhn.level4), "found perhaps level 4. Convert it"],
    [
      "another file",
      Buffer.alloc(200, "text"),
      'a header of 128 bytes, version 256, marked "IM" or "MI", found version 29797, marked "xt"',
    ],
    ["a short file", Buffer.alloc(100, "text"), "found 100 bytes"],
    [
      "half a tag",
      Buffer.concat([matFile([]), Buffer.alloc(7)]),
      "byte 128: expected a tag of 8 bytes, found 7 bytes to the end",
    ],
    [
      "no variable",
      matFile([element(9, Buffer.alloc(8))]),
      "expected a variable (element of type 14), found one of type 9",
    ],
    ["a small variable", matFile([Buffer.from([14, 0, 4, 0, 1, 2, 3, 4])]), "expected a variable (element of type 14)"],
    [
      "a cut variable",
      matFile([one.subarray(0, -8)]),
      "expected 12 bytes of a, found 8|bytes of padding|expected 12 bytes",
    ],
    [
      "a variable that says it is longer",
      matFile([changed(4, 72)]),
      "expected a to end at byte 208, found 12 bytes less",
    ],
    [
      "a length too many",
      matFile([changed(32, 4)]),
      "byte 176: expected 16 bytes of int32 for a [4, 1], found 12 bytes",
    ],
    [
      "a negative length",
      matFile([changed(32, 0xffffffff)]),
      "expected two lengths or more of 4 bytes, none negative, found [-1, 1], 8 bytes",
    ],
    [
      "flags of another type",
      matFile([changed(8, 5)]),
      "expected flags: an element of type 6, at most 8 bytes, found 8 bytes of type 5",
    ],
    [
      "a long small element",
      matFile([changed(8, 0x50006)]),
      "expected a small element of at most 4 bytes, found one of 5",
    ],
    ["numbers of no type", matFile([changed(48, 99)]), "expected numbers of a, found an element of type 99"],
    ["an empty compressed element", matFile([element(15, Buffer.alloc(0))]), "expected zlib data"],
    [
      "nothing compressed",
      matFile([element(15, deflateSync(Buffer.alloc(0)), 0)]),
      "expected a variable, found nothing",
    ],
    [
      "compressed twice",
      matFile([matFile([one], { compressed: true }).subarray(128)], { compressed: true }),
      "found one of type 15",
    ],
    [
      "more behind a compressed variable",
      matFile([Buffer.concat([one, one])], { compressed: true }),
      `a.mat, inflated from byte 128, byte ${inflatedLength}: expected the end of the file after the variable`,
    ],
  ])("refuses %s", async (_, bytes, messages) => {
    const error = await read(bytes).then(String, (cause: Error) => cause.message);
    expect(
      messages.split("|").some((message) => error.includes(message)),
      error,
    ).toBe(true);
  });

  test("a bomb is refused before memory is set aside", async () => {
    // 100 bytes that say they hold 4 GiB.
    const shape = [32, 32, 3, 1_000_000];
    const large = variable({ name: "X", shape, type: 2, values: [], size: 3_072_000_000 });
    const room = async (): Promise<void> => {
      const file = matFile([large], { compressed: true });
      for await (const { content, bytes } of matArrays(ByteStream.of(file, "f"))) content.room(bytes, "X");
    };
    await expect(room()).rejects.toThrow(/byte 64: expected 3072000000 bytes of X, found \d{5} bytes at most/);
  });
});
