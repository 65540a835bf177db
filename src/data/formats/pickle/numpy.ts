type Read = (view: DataView, at: number, littleEndian: boolean) => number;

/** The types of numbers that are understood, by numpy's kind and bytes a number. Eight bytes are rounded beyond 2^53. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["b1", (view, at) => view.getUint8(at)],
  ["u1", (view, at) => view.getUint8(at)],
  ["i1", (view, at) => view.getInt8(at)],
  ["u2", (view, at, little) => view.getUint16(at, little)],
  ["i2", (view, at, little) => view.getInt16(at, little)],
  ["u4", (view, at, little) => view.getUint32(at, little)],
  ["i4", (view, at, little) => view.getInt32(at, little)],
  ["u8", (view, at, little) => Number(view.getBigUint64(at, little))],
  ["i8", (view, at, little) => Number(view.getBigInt64(at, little))],
  ["f4", (view, at, little) => view.getFloat32(at, little)],
  ["f8", (view, at, little) => view.getFloat64(at, little)],
]);

export const numpyTypes = [...readers.keys()].join(", ");

/** A type of numbers (`numpy.dtype`). */
export class NumpyType {
  /** Bytes a number. */
  readonly size: number;

  private constructor(
    /** Such as "u1", "f8": what numpy calls it, without the order of bytes. */
    readonly code: string,
    public littleEndian: boolean,
    readonly read: Read,
  ) {
    this.size = Number(code[1]);
  }

  /** @param code such as "u1", "<f8"; undefined where it is none of numpyTypes */
  static of(code: string): NumpyType | undefined {
    const bare = code.replace(/^[<>=|]/, "");
    const read = readers.get(bare);
    return read && new NumpyType(bare, code[0] !== ">", read);
  }

  toString(): string {
    return this.size === 1 ? this.code : `${this.littleEndian ? "<" : ">"}${this.code}`;
  }
}

/** An array of numbers (`numpy.ndarray`), the last index running fastest. */
export class NumpyArray {
  constructor(
    public shape: readonly number[],
    public type: NumpyType,
    /** The numbers as they lie in the file: a view of it. */
    public bytes: Uint8Array,
  ) {}

  /** All numbers, in order. */
  *[Symbol.iterator](): Generator<number> {
    const { type, bytes } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += type.size) yield type.read(view, at, type.littleEndian);
  }

  toString(): string {
    return `an array of ${String(this.type)}, [${this.shape.join(", ")}]`;
  }
}
