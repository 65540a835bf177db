import type { ByteStream } from "./byte-stream.js";
import { inflated } from "./inflate.js";
import { COMPRESSED, MATRIX, matElement, matNumbers, type MatElement, type MatNumber } from "./mat-element.js";

/** A variable of a MAT-file. Its numbers are still to be read: `bytes` bytes from `content`, the first index fastest. */
export interface MatArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** How the numbers are stored, which may be narrower than MATLAB's class of the variable. */
  readonly numbers: MatNumber;
  readonly littleEndian: boolean;
  readonly bytes: number;
  readonly content: ByteStream;
}

const LEVEL_5 = "a MAT-file of level 5 (MATLAB's version 6 or 7)";
const HEADER = 128;
const MOST_DIMENSIONS = 32;
const MOST_NAME = 63;
const COMPLEX = 0x08;
const [FIRST_NUMERIC, LAST_NUMERIC] = [6, 15];

/**
 * Reads the arrays of real numbers in a MAT-file, level 5 (MATLAB's `save -v6` and `-v7`; MAT-File Format, MathWorks),
 * one after the other; other variables are passed over. An array must be read, or left, before the next is asked for.
 * Compressed variables are inflated as they are read, and no further than they say they reach.
 * @throws FileError where the file is truncated, corrupted or of another format
 */
export async function* matArrays(stream: ByteStream): AsyncGenerator<MatArray> {
  const littleEndian = await readHeader(stream);
  for (;;) {
    const offset = stream.offset;
    const element = await matElement(stream, littleEndian);
    if (!element) return;
    if (element.type === COMPRESSED) {
      const file = `${stream.file}, inflated from byte ${offset}`;
      const inner = inflated(stream, element.bytes, { format: "zlib", file });
      try {
        const matrix = await matElement(inner, littleEndian);
        if (!matrix) throw inner.fault("a variable", "nothing");
        yield* readMatrix(inner, matrix, littleEndian);
        await inner.end("the variable");
      } finally {
        await inner.close();
      }
    } else yield* readMatrix(stream, element, littleEndian);
  }
}

/** Reads the file's header; whether its bytes are ordered from the lowest. */
async function readHeader(stream: ByteStream): Promise<boolean> {
  const header = Buffer.from(await stream.read(HEADER));
  const advice = "Convert it: in MATLAB by save(file, '-v7'), in Python by scipy.io.savemat.";
  const mark = header.toString("latin1", 126, 128);
  const littleEndian = mark === "IM";
  const version = header.length < HEADER ? 0 : littleEndian ? header.readUInt16LE(124) : header.readUInt16BE(124);
  if (header.toString("latin1", 1, 4) === "HDF" || version === 0x0200)
    throw stream.fault(LEVEL_5, "version 7.3, which is HDF5", { offset: 0, advice });
  if (["IM", "MI"].includes(mark) && version === 0x0100) return littleEndian;
  // Level 4 has no header: a file begins with a number below 5000, and so with a byte of 0.
  if (header.subarray(0, 4).includes(0)) throw stream.fault(LEVEL_5, "perhaps level 4", { offset: 0, advice });
  const found =
    header.length < HEADER ? `${header.length} bytes` : `version ${version}, marked ${JSON.stringify(mark)}`;
  throw stream.fault(`${LEVEL_5}: a header of 128 bytes, version 256, marked "IM" or "MI"`, found, { offset: 0 });
}

async function* readMatrix(stream: ByteStream, matrix: MatElement, littleEndian: boolean): AsyncGenerator<MatArray> {
  const end = stream.offset + matrix.bytes;
  if (matrix.type !== MATRIX || matrix.content !== stream)
    throw stream.fault(`a variable (element of type ${MATRIX})`, `one of type ${matrix.type}`);
  if (matrix.bytes > 0) {
    const flags = await part(stream, { type: 6, most: 8, what: "flags" }, littleEndian);
    const [low = 0, flag = 0] = littleEndian ? flags : [flags[3], flags[2]];
    if (flags.length !== 8) throw stream.fault("flags of 8 bytes", `${flags.length}`);
    if (low >= FIRST_NUMERIC && low <= LAST_NUMERIC && (flag & COMPLEX) === 0) {
      const array = await readArray(stream, littleEndian);
      const { content, padding } = array;
      const last = content.offset + array.bytes;
      const rest = end - (content === stream ? last : stream.offset);
      if (rest !== 0 && rest !== padding)
        throw stream.fault(`${array.name} to end at byte ${end}`, `${rest} bytes less`);
      yield array;
      await content.skip(last - content.offset, array.name);
    }
  }
  if (stream.offset > end) throw stream.fault(`a variable to end at byte ${end}`, "that it goes on");
  await stream.skip(end - stream.offset, "a variable");
}

type Described = MatArray & { readonly padding: number };

/** Reads what an array's numbers are. */
async function readArray(stream: ByteStream, littleEndian: boolean): Promise<Described> {
  const lengths = await part(stream, { type: 5, most: 4 * MOST_DIMENSIONS, what: "lengths" }, littleEndian);
  const view = new DataView(lengths.buffer);
  const shape = Array.from({ length: lengths.length / 4 }, (_, i) => view.getInt32(4 * i, littleEndian));
  if (shape.length < 2 || lengths.length % 4 > 0 || shape.some((length) => length < 0))
    throw stream.fault(
      "two lengths or more of 4 bytes, none negative",
      `[${shape.join(", ")}], ${lengths.length} bytes`,
    );
  const letters = await part(stream, { type: 1, most: MOST_NAME, what: "a name" }, littleEndian);
  const name = Buffer.from(letters).toString("latin1");
  if (!/^\w*$/.test(name)) throw stream.fault("a name of letters, digits and _", JSON.stringify(name));
  const offset = stream.offset;
  const element = await matElement(stream, littleEndian);
  const numbers = element && matNumbers.get(element.type);
  if (!numbers)
    throw stream.fault(`numbers of ${name}`, element ? `an element of type ${element.type}` : "nothing", { offset });
  const wanted = shape.reduce((product, length) => product * length, numbers.size);
  if (element.bytes !== wanted) {
    const expected = `${wanted} bytes of ${numbers.name} for ${name} [${shape.join(", ")}]`;
    throw stream.fault(expected, `${element.bytes} bytes`, { offset });
  }
  return { ...element, name, shape, numbers, littleEndian };
}

interface Part {
  readonly type: number;
  /** Bytes that it may have. */
  readonly most: number;
  readonly what: string;
}

/** Reads an element that describes an array: its bytes, a copy. */
async function part(stream: ByteStream, { type, most, what }: Part, littleEndian: boolean): Promise<Uint8Array> {
  const offset = stream.offset;
  const element = await matElement(stream, littleEndian);
  if (element?.type !== type || element.bytes > most) {
    const found = element ? `${element.bytes} bytes of type ${element.type}` : "nothing";
    throw stream.fault(`${what}: an element of type ${type}, at most ${most} bytes`, found, { offset });
  }
  const bytes = Uint8Array.from(await element.content.take(element.bytes, what));
  await stream.skip(element.padding, "padding");
  return bytes;
}
