import { FileError } from "../file-error.js";
import { NumpyArray, unpickle, type PickleDict, type PickleValue } from "./pickle.js";
import { describe, textOf } from "./pickle/value.js";

/** A pickled dict of images and their labels, as the Python version of CIFAR and its likes have it. */
export class PickledImages {
  private readonly entries: PickleDict;

  /** @throws FileError where it is no pickle of a dict */
  constructor(
    private readonly file: Uint8Array,
    private readonly name: string,
  ) {
    const root = unpickle(file, name);
    if (!(root instanceof Map)) throw this.fault("a dict", describe(root));
    this.entries = root;
  }

  /** Pixels: a view of the file's bytes. `shape` is that of an image; the array has the number of images before it. */
  pixels(key: string, shape: readonly number[]): Uint8Array {
    const array = this.entry(key);
    const wanted = `an array ${key} of u1, [count, ${shape.join(", ")}]`;
    if (!(array instanceof NumpyArray)) throw this.fault(wanted, describe(array));
    const [count, ...lengths] = array.shape;
    const fits = lengths.length === shape.length && shape.every((length, i) => lengths[i] === length);
    if (!fits || count === 0 || array.type.code !== "u1") throw this.fault(wanted, String(array), array.bytes);
    return array.bytes;
  }

  /** Labels, a list or an array of whole numbers: `count` of them, 0 to classes - 1. */
  labels(key: string, count: number, classes: number): Uint16Array {
    const entry = this.entry(key);
    const isArray = entry instanceof NumpyArray && entry.shape.length === 1;
    const values: Iterable<PickleValue> | undefined = Array.isArray(entry) || isArray ? entry : undefined;
    const length = isArray ? entry.shape[0] : Array.isArray(entry) ? entry.length : undefined;
    if (!values || length !== count) throw this.fault(`${count} labels ${key}, one an image`, describe(entry));
    const labels = new Uint16Array(count);
    let i = 0;
    for (const value of values) {
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= classes)
        throw this.fault(`${key}[${i}] from 0 to ${classes - 1}`, describe(value), isArray ? entry.bytes : undefined);
      labels[i++] = value as number;
    }
    return labels;
  }

  /** Texts, of Python 2 or 3. */
  texts(key: string): string[] {
    const entry = this.entry(key);
    if (!Array.isArray(entry)) throw this.fault(`a list ${key} of texts`, describe(entry));
    return entry.map((value, i) => {
      const text = textOf(value);
      if (text === undefined) throw this.fault(`a text ${key}[${i}]`, describe(value));
      return text;
    });
  }

  private entry(key: string): PickleValue {
    const value = this.entries.get(key);
    if (value !== undefined) return value;
    const keys = [...this.entries.keys()].slice(0, 10).map(describe).join(", ");
    throw this.fault(`an entry ${key}`, keys === "" ? "none at all" : keys);
  }

  /** An error at the place of an array's numbers, or about the file as a whole. */
  private fault(expected: string, found: string, at = this.file): FileError {
    return new FileError({ file: this.name, offset: at.byteOffset - this.file.byteOffset, expected, found });
  }
}
