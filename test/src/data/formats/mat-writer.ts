import { deflateSync } from "node:zlib";

interface Order {
  readonly littleEndian?: boolean;
  readonly compressed?: boolean;
}

/** A MAT-file of level 5 of elements that are written already; compressed, each is deflated on its own. */
export function matFile(
  elements: readonly Uint8Array[],
  { littleEndian = true, compressed = false }: Order = {},
): Buffer {
  const header = Buffer.alloc(128, "MATLAB 5.0 MAT-file".padEnd(116));
  header.fill(0, 116, 124);
  header.set(littleEndian ? [0, 1, 0x49, 0x4d] : [1, 0, 0x4d, 0x49], 124);
  const written = compressed ? elements.map((one) => element(15, deflateSync(one), 0, littleEndian)) : elements;
  return Buffer.concat([header, ...written]);
}

/** A data element: its tag, its bytes, and what fills eight. */
export function element(type: number, bytes: Uint8Array, padding = -bytes.length & 7, littleEndian = true): Buffer {
  return Buffer.concat([numbers(6, [type, bytes.length], littleEndian), bytes, Buffer.alloc(padding)]);
}

interface Variable extends Order {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the stored numbers, as a data element has it. */
  readonly type: number;
  readonly values: readonly number[];
  /** Bytes that it says its numbers have, if others. */
  readonly size?: number;
}

/** A numeric array, of class double whatever its numbers are stored as. */
export function variable({ name, shape, type, values, size, littleEndian = true }: Variable): Buffer {
  const stored = numbers(type, values, littleEndian);
  // An element of up to four bytes is written small.
  const small = stored.length <= 4 && stored.length > 0 && size === undefined;
  const tag = small
    ? numbers(6, [(stored.length << 16) | type], littleEndian)
    : numbers(6, [type, size ?? stored.length], littleEndian);
  const content = Buffer.concat([
    element(6, numbers(6, [6, 0], littleEndian), 0, littleEndian),
    element(5, numbers(5, shape, littleEndian), undefined, littleEndian),
    numbers(6, [(name.length << 16) | 1], littleEndian),
    Buffer.concat([Buffer.from(name), Buffer.alloc(4 - name.length)]),
    tag,
    stored,
    Buffer.alloc(small ? 4 - stored.length : -stored.length & 7),
  ]);
  const length = size === undefined ? content.length : content.length + size;
  return Buffer.concat([numbers(6, [14, length], littleEndian), content]);
}

/** Arrays of this machine's, by the type of a data element. */
const arrays: Readonly<Record<number, (values: readonly number[]) => ArrayBufferView>> = {
  1: (values) => Int8Array.from(values),
  2: (values) => Uint8Array.from(values),
  3: (values) => Int16Array.from(values),
  4: (values) => Uint16Array.from(values),
  5: (values) => Int32Array.from(values),
  6: (values) => Uint32Array.from(values),
  7: (values) => Float32Array.from(values),
  9: (values) => Float64Array.from(values),
  12: (values) => BigInt64Array.from(values, BigInt),
  13: (values) => BigUint64Array.from(values, BigInt),
};

/** Numbers of a data element's type. Arrays are little-endian on every machine that Node.js runs on but one. */
function numbers(type: number, values: readonly number[], littleEndian: boolean): Buffer {
  const { buffer, byteLength } = arrays[type]!(values);
  const bytes = Buffer.from(buffer, 0, byteLength);
  const size = byteLength / values.length;
  if (!littleEndian) for (let at = 0; at < byteLength; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}
