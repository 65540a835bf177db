import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { NumpyArray, NumpyType, PickleTuple, unpickle, type PickleValue } from "../../../../src/data/formats/pickle.js";
import { describe as describeValue } from "../../../../src/data/formats/pickle/value.js";
import { volume } from "../../../volume.js";
import { pickles, unpacked } from "./fixture.js";
import { expectFileError, fuzz, span } from "./mutation.js";

/** A value as make_pickles.py describes it. */
function described(value: PickleValue): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { int: value.toString() };
  if (typeof value === "number" && Number.isSafeInteger(value)) return { int: value.toString() };
  if (Number.isNaN(value)) return { float: "nan" };
  if (typeof value === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return { float: bytes.toString("hex").toUpperCase() };
  }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex").toUpperCase() };
  if (Array.isArray(value)) return value.map(described);
  if (value instanceof PickleTuple) return { tuple: value.items.map(described) };
  if (value instanceof NumpyArray) return { array: value.type.toString(), shape: value.shape, values: [...value] };
  if (value instanceof Map)
    return { dict: [...value].map(([key, one]) => [typeof key === "string" ? key : described(key), described(one)]) };
  throw new Error("not described");
}

describe.each(Object.entries(pickles))("pickles of %s", (_, made) => {
  const protocols = Object.keys(made.plain.pickles);

  test.each(protocols)("plain values, protocol %s", (protocol) => {
    const value = unpickle(unpacked(made.plain.pickles[protocol]!), "plain");
    expect(described(value)).toEqual(made.plain.value);
  });

  test.each(protocols)("arrays of numbers, protocol %s", (protocol) => {
    const value = unpickle(unpacked(made.arrays.pickles[protocol]!), "arrays");
    expect(described(value)).toEqual(made.arrays.value);
  });

  test.each(protocols)("a list that Python writes in batches of 1,000, protocol %s", (protocol) => {
    expect(unpickle(unpacked(made.seven1500Times[protocol]!), "long")).toEqual(Array(1500).fill(7));
  });

  test("what is no data is refused by its name", () => {
    let count = 0;
    for (const { name, found, pickles: versions } of made.refused) {
      for (const [protocol, text] of Object.entries(versions)) {
        const read = (): unknown => unpickle(unpacked(text), "refused.pickle");
        expect(read, `${name}, protocol ${protocol}`).toThrow(FileError);
        expect(read, `${name}, protocol ${protocol}`).toThrow(new RegExp(`found .*(${found})`));
        count++;
      }
    }
    expect(count).toBeGreaterThan(10);
  });
});

/** The beginning of a pickle of protocol 2, and what follows it. */
const pickle = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat([Buffer.from([0x80, 2]), ...parts.map((part) => Buffer.from(part as string, "latin1"))]);
const refusal = (bytes: Uint8Array): string => {
  try {
    return `read: ${describeValue(unpickle(bytes, "f"))}`;
  } catch (error) {
    expectFileError(error);
    return (error as FileError).message;
  }
};

describe("unpickle", () => {
  test("arrays are views of the file where its protocol has bytes", () => {
    let views = 0;
    for (const [maker, made] of Object.entries(pickles)) {
      for (const [protocol, text] of Object.entries(made.cifar10)) {
        const file = unpacked(text);
        const { bytes } = (unpickle(file, "f") as Map<unknown, NumpyArray>).get("data")!;
        // Python 3 writes bytes as text in protocols below 3: that takes a copy.
        expect(bytes.buffer === file.buffer).toBe(protocol === "4" || maker.startsWith("Python 2"));
        if (bytes.buffer === file.buffer) views++;
      }
    }
    expect(views).toBe(3);
  });

  test("one object that stands at two places is one object", () => {
    const value = unpickle(pickle("]q\x00(h\x00h\x00e."), "f") as PickleValue[];
    expect(value).toHaveLength(2);
    expect(value[0]).toBe(value);
    expect(value[1]).toBe(value);
  });

  test("keys cannot reach JavaScript's prototypes", () => {
    const value = unpickle(pickle("}(U\x09__proto__}U\x08pollutedK\x01su."), "f") as Map<string, unknown>;
    expect(value.get("__proto__")).toEqual(new Map([["polluted", 1]]));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a text keeps the byte order mark that it begins with", () => {
    expect(unpickle(pickle("X\x04\0\0\0\xef\xbb\xbfa."), "f")).toBe("\ufeffa");
  });

  test("nesting has no bound, and takes no stack", () => {
    const depth = 200_000;
    let value = unpickle(pickle("]".repeat(depth), "a".repeat(depth - 1), "."), "deep") as PickleValue[];
    let found = 1;
    for (; value.length > 0; found++) value = value[0] as PickleValue[];
    expect(found).toBe(depth);
  });

  test("a list of more items than a function takes arguments", () => {
    const count = 500_000;
    expect(unpickle(pickle("](", "K\x01".repeat(count), "e."), "f")).toHaveLength(count);
  });

  test.each([
    ["an empty file", Buffer.alloc(0), "f, byte 0: expected 1 bytes, found 0 bytes to the end"],
    [
      "another file",
      Buffer.from("\x89PNG", "latin1"),
      "f, byte 1: expected a pickle's instruction for plain data, found 0x50",
    ],
    ["a gzip file", Buffer.from([0x1f, 0x8b]), "expected a pickle's instruction for plain data, found 0x1f"],
    ["protocol 6", Buffer.from([0x80, 6]), "expected a protocol from 0 to 5 at the beginning, found 6"],
    ["a second protocol", pickle("\x80\x02N."), "expected a protocol from 0 to 5 at the beginning, found 2"],
    ["an end too early", pickle("."), "expected a value on the stack, found none"],
    ["two values", pickle("NN."), "expected one value at the end, found more"],
    ["an open mark", pickle("(N."), "byte 4: expected one value at the end, found more"],
    ["bytes after the end", pickle("N.N"), "byte 3: expected the end of the file, found 1 bytes more"],
    [
      "bytes that are missing",
      pickle("T\xff\xff\xff\x7fabc"),
      "byte 2: expected 2147483647 bytes, found 3 bytes to the end",
    ],
    [
      "8-byte lengths",
      pickle("\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc"),
      "expected 18446744073709552000 bytes, found 3 bytes",
    ],
    ["a frame beyond the end", pickle("\x95\xff\0\0\0\0\0\0\0N."), "expected a frame of at most 2 bytes"],
    ["overlapping frames", pickle("\x95\x0b\0\0\0\0\0\0\0\x95\0\0\0\0\0\0\0\0N."), "outside others"],
    ["a frame that the end comes before", pickle("\x95\x03\0\0\0\0\0\0\0N.N"), "expected the end of the file"],
    ["what was not remembered", pickle("h\x05."), "found number 5, which was not"],
    ["items for no list", pickle("}(NNe."), "expected a list to append to, found a dict of 0"],
    ["entries for no dict", pickle("](NNu."), "expected a dict to set entries of, found a list of 0"],
    ["a key without value", pickle("}(Nu."), "expected a value for each key"],
    ["a list as key", pickle("}]Ns."), "expected a key that is a text or a number, found a list of 0"],
    ["a key twice", pickle("}(U\x01aNC\x01aNu."), 'expected each key once, found "a" once more'],
    ["items taken over a mark", pickle("](\x85."), "expected a value on the stack, found none"],
    ["a mark that is not there", pickle("t."), "expected a mark on the stack, found none"],
    ["no UTF-8", pickle("X\x01\0\0\0\xff."), "expected UTF-8, found other bytes"],
    [
      "a huge number",
      pickle("\x8a\x11", "\x01".repeat(17), "."),
      "expected a number of at most 16 bytes, found 17 bytes",
    ],
    ["no number", pickle("I12x\n."), 'expected a whole number, found "12x"'],
    ["no fraction", pickle("F1.5.2\n."), 'expected a number, found "1.5.2"'],
    ["a fraction by a name of Object.prototype", pickle("Fconstructor\n."), 'expected a number, found "constructor"'],
    ["a line without end", pickle("I12"), "expected the end of a line, found none"],
    ["no quotes", pickle("Sabc'\n."), "expected a text in quotes"],
    ["an unknown escape", pickle("S'\\q'\n."), "expected an escape of Python's repr"],
    ["half an escape", pickle("V\\u12\n."), "expected \\u or \\U and a code point"],
    ["a code point too high", pickle("V\\U00110000\n."), "expected \\u or \\U and a code point"],
    [
      "an object by class",
      pickle("cos\nsystem\n(S'x'\ntR."),
      "found the global os.system. Nothing of Python is executed",
    ],
    ["a global that is no name", pickle("cos\nsys tem\n."), "found another global. Nothing"],
    ["a global without module", pickle("NU\x01a\x93."), "expected a module and a name, found None and 1 bytes"],
    ["a name of Object.prototype", pickle("c__proto__\nconstructor\n."), "found the global __proto__.constructor"],
    ["an instance", pickle("(ios\nsystem\n."), "found 0x69"],
    ["a new object", pickle("cnumpy\nndarray\n)\x81."), "found 0x81"],
    ["a persistent id", pickle("Pabc\n."), "found 0x50"],
    ["a call of no global", pickle("N)R."), "expected a global and a tuple of arguments, found None and a tuple of 0"],
    ["a call of a name only", pickle("cnumpy\nndarray\n)R."), "found a call of numpy.ndarray"],
    ["text that is no Latin-1", pickle("c_codecs\nencode\nX\x02\0\0\0\xc4\x80U\x06latin1\x86R."), "code points to 255"],
    ["a state for a list", pickle("])b."), "expected an array or a dtype to be given its state"],
  ])("refuses %s", (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test("refuses arrays whose parts do not fit one another", () => {
    const array = (shape: string, type: string, order: string, data: string): string =>
      refusal(
        pickle(
          "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01",
          `${shape}cnumpy\ndtype\nU\x02${type}K\x00K\x01\x87R(K\x03U\x01${order}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb`,
          `\x89${data}tb.`,
        ),
      );
    expect(array("K\x02\x85", "i2", "<", "U\x04\x01\x00\x02\x00")).toBe("read: an array of <i2, [2]");
    expect(array("K\x03\x85", "i2", "<", "U\x04\x01\x00\x02\x00")).toContain(
      "expected 6 bytes for [3] of <i2, found 4",
    );
    expect(array("J\xff\xff\xff\xff\x85", "u1", "|", "U\x00")).toContain("expected an array's shape, dtype and bytes");
    expect(array("M\xff\xffM\xff\xffM\xff\xff\x87", "u1", "|", "U\x00")).toContain("expected 281462092005375 bytes");
    expect(array("K\x02\x85", "i2", "|", "U\x04\x01\x00\x02\x00")).toContain("the state of a dtype of one number");
    expect(array("K\x02\x85", "O8", "|", "]")).toContain("numpy.dtype O8");
    expect(array("K\x02\x85", "u1", "|", "]")).toContain("found a tuple of 1; u1; false; a list of 0");
  });
});

/** Everything that can be reached, each object once. */
function reachable(root: PickleValue): Set<PickleValue> {
  const seen = new Set<PickleValue>([root]);
  for (const value of seen) {
    if (Array.isArray(value)) value.forEach((item) => seen.add(item));
    if (value instanceof PickleTuple) value.items.forEach((item) => seen.add(item));
    if (value instanceof Map) [...value.values()].forEach((item) => seen.add(item));
  }
  return seen;
}

function expectWellFormed(root: PickleValue): void {
  for (const value of reachable(root)) {
    if (!(value instanceof NumpyArray)) continue;
    const size = value.shape.reduce((product, length) => product * length, value.type.size);
    if (!(value.type instanceof NumpyType) || value.bytes.length !== size) expect(String(value)).toBe("well-formed");
  }
}

describe("whatever is in the file, a FileError or a value", () => {
  test("damaged pickles of every Python and protocol", async () => {
    const files = Object.values(pickles)
      .flatMap((made) => [...Object.values(made.plain.pickles), ...Object.values(made.arrays.pickles)])
      .map((text) => ({ bytes: unpacked(text), matters: [] }));
    const counts = await fuzz(files, (bytes) => unpickle(bytes, "f"), expectWellFormed, 20_000);
    expect(counts.refused).toBeGreaterThan(volume(10_000));
    expect(counts.read).toBeGreaterThan(volume(100));
  });

  test("instructions in any order", () => {
    // Whole instructions, so that many of them are carried out before one does not fit.
    const instruction = fc.constantFrom(
      ...["N", "(", ")", "]", "}", "0", "1", "2", "a", "b", "d", "e", "l", "s", "t", "u", "R", "\x85", "\x86", "\x87"],
      ...["\x88", "\x89", "K\x00", "K\x01", "K\x03", "J\xff\xff\xff\xff", "U\x01a", "U\x00", "C\x02ab", "X\x01\0\0\0b"],
      ...["h\x00", "h\x01", "q\x00", "q\x01", "\x94", "I1\n", "F1.5\n", "V\\u0041\n", "S'x'\n", "L5L\n", "U\x06latin1"],
      ...["cnumpy\ndtype\n", "cnumpy\nndarray\n", "cnumpy.core.multiarray\n_reconstruct\n", "U\x02u1", "U\x02<i"],
      ...["cnumpy.core.multiarray\nscalar\n", "cnumpy.core.numeric\n_frombuffer\n", "ccollections\nOrderedDict\n"],
      ...["c_codecs\nencode\n", "U\x01|", "\x8a\x01\xff", "G?\xf0\0\0\0\0\0\0", "\x96\x01\0\0\0\0\0\0\0a", "U\x02f8"],
      ..."cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R,(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb,(K\x01K\x00\x85".split(
        ",",
      ),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.array(instruction, { maxLength: 30 }), fc.boolean(), (parts, joined) => {
        try {
          // A tuple of all that is left makes one value of any stack.
          expectWellFormed(unpickle(pickle(joined ? "(" : "", ...parts, joined ? "t." : "."), "f"));
          read++;
        } catch (error) {
          expectFileError(error);
        }
      }),
      { numRuns: volume(20_000) },
    );
    expect(read).toBeGreaterThan(volume(100));
  });

  test("any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expectWellFormed(unpickle(bytes, "f"));
        } catch (error) {
          expectFileError(error);
        }
      }),
      { numRuns: volume(10_000) },
    );
    expect(span(0, 256).every((code) => refusal(Uint8Array.of(code)) !== "")).toBe(true);
  });
});
