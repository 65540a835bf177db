import { createHash } from "node:crypto";
import { binomial } from "./binomial.js";
import { gamma } from "./gamma.js";
import { normal } from "./normal.js";
import { integer, shuffle, uniform } from "./uniform.js";
import { Xoshiro128 } from "./xoshiro.js";
import type { XoshiroWords } from "./xoshiro.js";

/** Everything a stream is: plain data, safe to write as JSON and to give back to `restore`. */
export interface StreamState {
  /** The seed, then the names on the way from the seed's root stream to this one. */
  readonly path: readonly [seed: number, ...names: string[]];
  /** The generator's four 32-bit words. */
  readonly words: XoshiroWords;
}

/**
 * A stream of random numbers named by a seed and a path of names. The name alone fixes its values: they do not
 * depend on which other streams were opened, nor on how much was drawn from them. Same path, same numbers.
 */
export class Stream {
  private readonly source: Xoshiro128;

  /** Use `stream` or `restore`. */
  constructor(
    private readonly path: StreamState["path"],
    words: XoshiroWords,
  ) {
    this.source = new Xoshiro128(words);
  }

  /** The stream called `name` below this one, at its beginning; asking twice gives two equal streams. */
  split(name: string): Stream {
    return open([...this.path, name]);
  }

  /** Where the stream stands. `restore(state)` goes on from there with the same numbers. */
  state(): StreamState {
    return { path: [...this.path], words: this.source.words() };
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    return uniform(this.source);
  }

  /** A standard normal number. */
  normal(): number {
    return normal(this.source);
  }

  /** The number of successes among n trials (0 to 2^31 - 1) of probability p. */
  binomial(n: number, p: number): number {
    return binomial(this.source, n, p);
  }

  /** A gamma number with the given shape (> 0) and scale 1. */
  gamma(shape: number): number {
    return gamma(this.source, shape);
  }

  /** A chi-square number with `df` (> 0) degrees of freedom. */
  chiSquare(df: number): number {
    if (!(df > 0 && df < Infinity)) throw new RangeError(`chiSquare: df must be a finite number > 0 (got ${df})`);
    return 2 * gamma(this.source, df / 2);
  }

  /** An integer in [0, n), n from 1 to 2^53 - 1. */
  integer(n: number): number {
    return integer(this.source, n);
  }

  /** Shuffles an array or typed array in place, and returns it. */
  shuffle<A extends { length: number; [index: number]: unknown }>(items: A): A {
    return shuffle(this.source, items);
  }

  /** Fills `out` with what as many calls of `uniform()` would give. */
  fillUniform<A extends Float64Array | Float32Array>(out: A): A {
    const source = this.source;
    for (let i = 0; i < out.length; i++) out[i] = uniform(source);
    return out;
  }

  /** Fills `out` with what as many calls of `normal()` would give. */
  fillNormal<A extends Float64Array | Float32Array>(out: A): A {
    const source = this.source;
    for (let i = 0; i < out.length; i++) out[i] = normal(source);
    return out;
  }
}

/**
 * Opens a stream at its beginning.
 * @param seed a safe integer
 * @param name a stream below the seed's root: `stream(7, "init")` equals `stream(7).split("init")`
 */
export function stream(seed: number, name?: string): Stream {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`stream: seed must be a safe integer (got ${seed})`);
  return open(name === undefined ? [seed] : [seed, name]);
}

/** A stream that goes on where `state()` was taken. Throws if `state` is not what `state()` gives. */
export function restore(state: StreamState): Stream {
  const { path, words } = state as { path: unknown; words: unknown };
  const validPath =
    Array.isArray(path) && Number.isSafeInteger(path[0]) && path.slice(1).every((name) => typeof name === "string");
  const validWords =
    Array.isArray(words) && words.length === 4 && words.every((w) => Number.isInteger(w) && w >= 0 && w <= 0xffffffff);
  if (!validPath || !validWords) {
    throw new TypeError(
      `restore: expected { path: [seed, ...names], words: four integers below 2^32 }, found ${JSON.stringify(state)}`,
    );
  }
  return new Stream(state.path, state.words);
}

/** The first words of a stream are a digest of its path, so that neighbouring seeds and names have nothing in common. */
function open(path: StreamState["path"]): Stream {
  const digest = createHash("sha256").update(JSON.stringify(path)).digest();
  return new Stream(path, [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as unknown as XoshiroWords);
}
