import type { NumpyArray, NumpyType } from "./numpy.js";

/** What a pickle holds: dict = Map, list = array; a `str` of Python 2 and `bytes` are bytes, views of the file. */
export type PickleValue =
  | null
  | boolean
  | number
  /** A whole number beyond Number.MAX_SAFE_INTEGER. */
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | NumpyArray
  | NumpyType;

/** Keys that are bytes (`str` of Python 2) are read as Latin-1, so that b"data" is found as "data". */
export type PickleDict = Map<null | boolean | number | bigint | string, PickleValue>;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** Makes the error that stops the reading: the reader knows the file and the place. */
export type Refuse = (expected: string, found: string, advice?: string) => Error;

/** One of the few names of Python's modules that are understood. Nothing of Python is executed. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    /** What calling it with `args` stands for. */
    readonly call: (args: readonly PickleValue[], refuse: Refuse) => PickleValue,
  ) {}

  toString(): string {
    return this.name;
  }
}

/** Puts an entry into a dict, which must not have it yet. */
export function setItem(dict: PickleDict, name: PickleValue, value: PickleValue, refuse: Refuse): void {
  const key = name instanceof Uint8Array ? latin1(name) : name;
  if (typeof key === "object" && key !== null) throw refuse("a key that is a text or a number", describe(name));
  if (dict.has(key)) throw refuse("each key once", `${describe(key)} once more`);
  dict.set(key, value);
}

/** The text of a `str` of Python 2 or 3. */
export function textOf(value: PickleValue | undefined): string | undefined {
  return value instanceof Uint8Array ? latin1(value) : typeof value === "string" ? value : undefined;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A few words for errors. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (typeof value === "string") return value.length > 40 ? "a long text" : JSON.stringify(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  return String(value);
}
