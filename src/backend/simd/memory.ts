/** Bytes that every address is a multiple of: a cache line, and more than any vector needs. */
const ALIGNMENT = 64;
/** Below it lie the kernels' constants. */
const HEAP_START = 65_536;
const PAGE = 65_536;
/** Least growth: a growth is a system call, and 16 MiB of untouched memory cost nothing. */
const GROWTH = 16 * 2 ** 20;
/** Node keeps other memory clear of it by some 10 GiB of addresses, which cost nothing unless they are rationed. */
const NO_ADDRESSES =
  "the system gives no addresses for WebAssembly's memory, of which Node takes some 10 GiB. Where they are limited " +
  '("ulimit -v", a batch system\'s limit of virtual memory), raise the limit or lift it: "ulimit -v unlimited"';
/** Blocks of a class that are tried before a larger class is: a bound on the time of an allocation. */
const TRIES = 8;

interface Block {
  readonly address: number;
  bytes: number;
  before: Block | undefined;
  after: Block | undefined;
  /** Its place in its bin while it is free, else -1. */
  place: number;
}

/**
 * The memory that tensors, scratch space and kernels of all threads share: one WebAssembly.Memory, and an allocator over it.
 * Free blocks are kept by size, four classes a power of two; neighbours are merged when they are freed.
 */
export class Memory {
  readonly wasm: WebAssembly.Memory;
  /** Most bytes that it may grow to. */
  readonly limit: number;
  /** Bytes handed out now, and the most at any time. */
  used = 0;
  peak = 0;
  private buffer: ArrayBufferLike;
  private readonly bins: Block[][] = [];
  private readonly allocated = new Map<number, Block>();
  private last: Block | undefined;
  private end = HEAP_START;

  /** @param limit most bytes, up to 4 GiB (the default), in pages of 64 KiB */
  constructor({ limit = 2 ** 32 }: { limit?: number } = {}) {
    const { memory, pages } = reserve(Math.floor(limit / PAGE));
    this.wasm = memory;
    this.limit = pages * PAGE;
    this.buffer = this.wasm.buffer;
  }

  /** How many blocks are handed out. */
  get blocks(): number {
    return this.allocated.size;
  }

  /** @returns address of at least this many bytes, whose content is arbitrary. @throws RangeError beyond the limit */
  allocate(bytes: number): number {
    const needed = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const block = this.take(needed) ?? this.grow(needed);
    if (block.bytes > needed) this.split(block, needed);
    this.allocated.set(block.address, block);
    this.used += block.bytes;
    if (this.used > this.peak) this.peak = this.used;
    return block.address;
  }

  /** Gives back what `allocate` handed out. */
  free(address: number): void {
    const block = this.allocated.get(address);
    if (!block)
      throw new Error(`Nothing is allocated at address ${address}: it was freed already, or never handed out`);
    this.allocated.delete(address);
    this.used -= block.bytes;
    let merged = block;
    const { before, after } = block;
    if (after && after.place >= 0) {
      this.unbin(after);
      this.absorb(merged, after);
    }
    if (before && before.place >= 0) {
      this.unbin(before);
      this.absorb(before, merged);
      merged = before;
    }
    this.bin(merged);
  }

  /** @param count numbers. All views stay valid when the memory grows. */
  float32(address: number, count: number): Float32Array {
    return new Float32Array(this.buffer, address, count);
  }

  float64(address: number, count: number): Float64Array {
    return new Float64Array(this.buffer, address, count);
  }

  int32(address: number, count: number): Int32Array {
    return new Int32Array(this.buffer, address, count);
  }

  uint8(address: number, count: number): Uint8Array {
    return new Uint8Array(this.buffer, address, count);
  }

  private take(bytes: number, tries = TRIES): Block | undefined {
    const own = sizeClass(bytes);
    const fitting = this.bins[own]?.slice(-tries).findLast((block) => block.bytes >= bytes);
    if (fitting) return this.unbin(fitting);
    for (let larger = own + 1; larger < this.bins.length; larger++) {
      const block = this.bins[larger]?.at(-1);
      if (block) return this.unbin(block);
    }
    return undefined;
  }

  private grow(bytes: number): Block {
    const { last } = this;
    const tail = last && last.place >= 0 ? last : undefined;
    const missing = bytes - (tail?.bytes ?? 0) - (this.buffer.byteLength - this.end);
    if (missing > 0 && !this.extend(missing)) {
      const block = this.take(bytes, Infinity);
      if (block) return block;
      throw new RangeError(this.exhausted(bytes));
    }
    const start = this.end;
    this.end = this.buffer.byteLength;
    const fresh: Block = { address: start, bytes: this.end - start, before: last, after: undefined, place: -1 };
    if (last) last.after = fresh;
    this.last = fresh;
    if (!tail) return fresh;
    this.unbin(tail);
    this.absorb(tail, fresh);
    return tail;
  }

  private extend(missing: number): boolean {
    const room = this.limit - this.buffer.byteLength;
    for (const bytes of [Math.min(Math.max(missing, GROWTH), room), missing]) {
      if (bytes < missing) continue;
      try {
        this.wasm.grow(Math.ceil(bytes / PAGE));
        this.buffer = this.wasm.buffer;
        return true;
      } catch {
        // The system gives less than asked for: try with what is needed.
      }
    }
    return false;
  }

  private exhausted(bytes: number): string {
    const mebibytes = (value: number): string => `${Math.ceil(value / 2 ** 20)} MiB`;
    return (
      `Out of memory: a tensor needs ${mebibytes(bytes)}, and ${mebibytes(this.used)} of at most ${mebibytes(this.limit)} ` +
      `are in use by ${this.blocks} tensors. Use a smaller batch or image size, or free tensors (tf.tidy, tensor.dispose)`
    );
  }

  private split(block: Block, bytes: number): void {
    const { address, after } = block;
    const rest: Block = { address: address + bytes, bytes: block.bytes - bytes, before: block, after, place: -1 };
    if (after) after.before = rest;
    else this.last = rest;
    block.after = rest;
    block.bytes = bytes;
    this.bin(rest);
  }

  private absorb(block: Block, next: Block): void {
    block.bytes += next.bytes;
    block.after = next.after;
    if (next.after) next.after.before = block;
    else this.last = block;
  }

  private bin(block: Block): void {
    const bin = (this.bins[sizeClass(block.bytes)] ??= []);
    block.place = bin.push(block) - 1;
  }

  private unbin(block: Block): Block {
    const bin = this.bins[sizeClass(block.bytes)]!;
    const moved = bin.pop()!;
    if (moved !== block) {
      bin[block.place] = moved;
      moved.place = block.place;
    }
    block.place = -1;
    return block;
  }
}

/** Class of a size: blocks of a larger class hold every size of a smaller one. */
function sizeClass(bytes: number): number {
  const lines = bytes / ALIGNMENT;
  const exponent = 31 - Math.clz32(lines);
  const quarter = exponent < 2 ? 0 : (lines >>> (exponent - 2)) & 3;
  return exponent * 4 + quarter;
}

/** Reserves address space; where the system refuses 4 GiB of it, as little as half of that, and so on. */
function reserve(most: number): { memory: WebAssembly.Memory; pages: number } {
  for (let maximum = most; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(maximum, 2 * (HEAP_START / PAGE));
      return { memory: new WebAssembly.Memory({ initial, maximum, shared: true }), pages: maximum };
    } catch (cause) {
      if (maximum < 512) throw new Error(NO_ADDRESSES, { cause });
    }
  }
}
