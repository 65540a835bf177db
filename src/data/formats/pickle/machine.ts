import { FileError } from "../../file-error.js";
import { describe, latin1, type PickleValue } from "./value.js";

/**
 * Where the reading of a pickle stands: the place in the file, the stack, and the memo. It loops and never calls itself,
 * so that no nesting is too deep; all it holds was paid for with a byte of the file each.
 */
export class Machine {
  /** Values that no container holds yet. */
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at the open marks. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly view: DataView;
  private at = 0;
  /** Where the instruction that is carried out begins. */
  private start = 0;
  private frameEnd = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readonly refuse = (expected: string, found: string, advice?: string): FileError => {
    const { file, start: offset } = this;
    return new FileError({ file, offset, expected, found, ...(advice === undefined ? {} : { advice }) });
  };

  /** The code of the next instruction. */
  next(): number {
    this.start = this.at;
    return this.take(1)[0]!;
  }

  take(count: number): Uint8Array {
    const left = this.bytes.length - this.at;
    if (count > left) throw this.refuse(`${count} bytes`, `${left} bytes to the end`);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** An unsigned number of so many bytes, the lowest first; rounded beyond 2^53, which no length reaches. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    this.take(size);
    const at = this.at - size;
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getUint16(at, true);
    if (size === 4) return this.view.getUint32(at, true);
    return Number(this.view.getBigUint64(at, true));
  }

  signed32(): number {
    this.take(4);
    return this.view.getInt32(this.at - 4, true);
  }

  float64(): number {
    this.take(8);
    return this.view.getFloat64(this.at - 8);
  }

  /** Bytes behind their own length. */
  counted(size: 1 | 4 | 8): Uint8Array {
    return this.take(this.unsigned(size));
  }

  /** Latin-1 up to the end of the line. */
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw this.refuse("the end of a line", "none to the end");
    const line = latin1(this.take(end - this.at));
    this.take(1);
    return line;
  }

  /** The file's protocol: its first instruction, from 2 on. */
  protocol(): void {
    const version = this.unsigned(1);
    if (this.start > 0 || version > 5) throw this.refuse("a protocol from 0 to 5 at the beginning", String(version));
  }

  /** A frame says how many bytes belong together: they must be there, and frames must not overlap. */
  frame(): void {
    const length = this.unsigned(8);
    const left = this.bytes.length - this.at;
    if (this.start < this.frameEnd || length > left)
      throw this.refuse(`a frame of at most ${left} bytes outside others`, `one of ${length} bytes`);
    this.frameEnd = this.at + length;
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** The value on top, which stays there. */
  top(): PickleValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) throw this.refuse("a value on the stack", "none");
    return this.stack.at(-1)!;
  }

  pop(): PickleValue {
    this.top();
    return this.stack.pop()!;
  }

  /** The last `count` values. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** The values since the last mark, and the mark. */
  popMark(): PickleValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw this.refuse("a mark on the stack", "none");
    return this.stack.splice(height);
  }

  /** Whether nothing lies above the last mark. */
  atMark(): boolean {
    return this.marks.at(-1) === this.stack.length;
  }

  get memoSize(): number {
    return this.memo.size;
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.refuse("a value that was remembered", `number ${index}, which was not`);
    this.push(value);
  }

  /** The one value that is left, at the end of the file. */
  finish(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0) throw this.refuse("one value at the end", "more");
    const rest = this.bytes.length - this.at;
    if (rest > 0 || this.at < this.frameEnd) throw this.refuse("the end of the file", `${rest} bytes more`);
    return value;
  }

  /** A value of the kind wanted. */
  expect<T extends PickleValue>(value: PickleValue, is: (value: PickleValue) => value is T, what: string): T {
    if (!is(value)) throw this.refuse(what, describe(value));
    return value;
  }
}
