import { constants } from "node:buffer";
import { FileError } from "../file-error.js";

/**
 * The bytes of a file in order, got piece by piece as they are asked for; what was read is not kept. One reader at a
 * time: the next call waits for the one before.
 */
export class ByteStream {
  private at = 0;
  private piece: Uint8Array = new Uint8Array(0);
  private readonly source: Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

  /**
   * @param file what errors call it
   * @param source gives the pieces, of any length
   * @param most bytes that it can give at most: what is asked for beyond that is refused before memory is set aside
   */
  constructor(
    readonly file: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    private readonly most: number,
  ) {
    this.source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  static of(bytes: Uint8Array, file: string): ByteStream {
    return new ByteStream(file, [bytes], bytes.length);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.at;
  }

  /** An error at the place that was read up to, or at another one. */
  fault(expected: string, found: string, { offset = this.at, advice }: FaultPlace = {}): FileError {
    return new FileError({ file: this.file, offset, expected, found, ...(advice === undefined ? {} : { advice }) });
  }

  /** The next bytes as they lie: 1 to `count` of them, or undefined at the end. */
  private async some(count: number): Promise<Uint8Array | undefined> {
    while (this.piece.length === 0) {
      const next = await this.source.next();
      if (next.done) return undefined;
      this.piece = next.value;
    }
    const bytes = this.piece.subarray(0, count);
    this.piece = this.piece.subarray(bytes.length);
    this.at += bytes.length;
    return bytes;
  }

  /** The next `count` bytes together, fewer only at the end. They are good until the next call. */
  async read(count: number): Promise<Uint8Array> {
    const first = (await this.some(count)) ?? new Uint8Array(0);
    if (first.length === count) return first;
    const bytes = new Uint8Array(count);
    bytes.set(first);
    let length = first.length;
    while (length < count) {
      const more = await this.some(count - length);
      if (more === undefined) break;
      bytes.set(more, length);
      length += more.length;
    }
    return bytes.subarray(0, length);
  }

  /** The next `count` bytes together, good until the next call. `what` says what they are, should they be missing. */
  async take(count: number, what: string): Promise<Uint8Array> {
    this.require(count, what);
    const bytes = await this.read(count);
    if (bytes.length < count) throw this.short(count, what, bytes.length);
    return bytes;
  }

  /** The next `count` bytes piece by piece. */
  async *pieces(count: number, what: string): AsyncGenerator<Uint8Array> {
    this.require(count, what);
    for (let left = count; left > 0;) {
      const bytes = await this.some(left);
      if (bytes === undefined) throw this.short(count, what, count - left);
      left -= bytes.length;
      yield bytes;
    }
  }

  /** The next bytes, as many as `into` holds. */
  async fill(into: Uint8Array, what: string): Promise<void> {
    let length = 0;
    for await (const bytes of this.pieces(into.length, what)) {
      into.set(bytes, length);
      length += bytes.length;
    }
  }

  async skip(count: number, what: string): Promise<void> {
    const pieces = this.pieces(count, what);
    while (!(await pieces.next()).done);
  }

  /** Memory for the next `count` bytes, refused where so many cannot be left. */
  room(count: number, what: string): Uint8Array {
    this.require(count, what);
    if (count > constants.MAX_LENGTH)
      throw this.fault(`at most ${constants.MAX_LENGTH} bytes of ${what}, which fit one buffer`, String(count));
    return new Uint8Array(count);
  }

  private require(count: number, what: string): void {
    const left = this.most - this.at;
    if (count > left) throw this.fault(`${count} bytes of ${what}`, `${left} bytes at most to the end`);
  }

  /** Refuses bytes after the last one wanted, `what`; a compressed stream's checksum is verified here. */
  async end(what: string): Promise<void> {
    const offset = this.at;
    if ((await this.some(1)) !== undefined)
      throw this.fault(`the end of the file after ${what}`, "more bytes", { offset });
  }

  /** Gives the source back, wherever it stands. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  private short(count: number, what: string, found: number): FileError {
    return this.fault(`${count} bytes of ${what}`, `the end after ${found} of them`);
  }
}

interface FaultPlace {
  readonly offset?: number;
  readonly advice?: string;
}
