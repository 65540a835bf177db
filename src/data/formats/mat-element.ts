import { ByteStream } from "./byte-stream.js";

/** How the numbers of an array are stored. */
export interface MatNumber {
  readonly name: string;
  /** Bytes a number. */
  readonly size: number;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

/** By the type of their data element (MAT-File Format, table 1-1); numbers of 8 bytes are rounded beyond 2^53. */
export const matNumbers: ReadonlyMap<number, MatNumber> = new Map<number, MatNumber>([
  [1, { name: "int8", size: 1, read: (view, at) => view.getInt8(at) }],
  [2, { name: "uint8", size: 1, read: (view, at) => view.getUint8(at) }],
  [3, { name: "int16", size: 2, read: (view, at, little) => view.getInt16(at, little) }],
  [4, { name: "uint16", size: 2, read: (view, at, little) => view.getUint16(at, little) }],
  [5, { name: "int32", size: 4, read: (view, at, little) => view.getInt32(at, little) }],
  [6, { name: "uint32", size: 4, read: (view, at, little) => view.getUint32(at, little) }],
  [7, { name: "single", size: 4, read: (view, at, little) => view.getFloat32(at, little) }],
  [9, { name: "double", size: 8, read: (view, at, little) => view.getFloat64(at, little) }],
  [12, { name: "int64", size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) }],
  [13, { name: "uint64", size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) }],
]);

export const MATRIX = 14;
export const COMPRESSED = 15;

/** The beginning of a data element; what it holds is still to be read from `content`. */
export interface MatElement {
  readonly type: number;
  readonly bytes: number;
  /** Stands at the element's first byte. */
  readonly content: ByteStream;
  /** Bytes that follow it in the stream to fill eight. */
  readonly padding: number;
}

/** Reads the tag of an element: eight bytes, which are the whole element if it is small; nothing at the end. */
export async function matElement(stream: ByteStream, littleEndian: boolean): Promise<MatElement | undefined> {
  const offset = stream.offset;
  const tag = Uint8Array.from(await stream.read(8));
  if (tag.length === 0) return undefined;
  if (tag.length < 8) throw stream.fault("a tag of 8 bytes", `${tag.length} bytes to the end`, { offset });
  const view = new DataView(tag.buffer);
  const word = view.getUint32(0, littleEndian);
  const small = word >>> 16;
  if (small > 4) throw stream.fault("a small element of at most 4 bytes", `one of ${small}`, { offset });
  if (small > 0) {
    const content = ByteStream.of(tag.subarray(4, 4 + small), stream.file);
    return { type: word & 0xffff, bytes: small, content, padding: 0 };
  }
  const bytes = view.getUint32(4, littleEndian);
  return { type: word, bytes, content: stream, padding: word === COMPRESSED ? 0 : -bytes & 7 };
}
