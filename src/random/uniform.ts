import type { BitSource } from "./xoshiro.js";

/** A double in [0, 1), a multiple of 2^-53: the high 27 bits of one draw, then the high 26 of the next. */
export function uniform(source: BitSource): number {
  const high = source.next() >>> 5;
  const low = source.next() >>> 6;
  return (high * 67108864 + low) / 9007199254740992;
}

/** A double in (0, 1], safe to take the logarithm of. */
export function positiveUniform(source: BitSource): number {
  return 1 - uniform(source);
}

/**
 * An integer in [0, n), every value equally likely: draws are masked to the fewest bits that hold n - 1 and thrown
 * away when too large (NumPy's legacy rule, so that the same code serves the authors' subsets).
 * @param n from 1 to 2^53 - 1; n = 1 draws nothing.
 */
export function integer(source: BitSource, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError(`integer: n must be an integer from 1 to 2^53 - 1 (got ${n})`);
  const largest = n - 1;
  if (largest === 0) return 0;
  const highWord = Math.floor(largest / 4294967296);
  if (highWord === 0) {
    const mask = allOnes(largest);
    for (;;) {
      const value = (source.next() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }
  const mask = allOnes(highWord);
  for (;;) {
    const high = (source.next() & mask) >>> 0;
    const value = high * 4294967296 + (source.next() >>> 0);
    if (value <= largest) return value;
  }
}

/** The smallest 2^k - 1 that is not below `value` (a positive 32-bit integer). */
function allOnes(value: number): number {
  return 0xffffffff >>> Math.clz32(value);
}

/** Shuffles in place (Fisher-Yates, from the last element down, as NumPy does) and returns the same array. */
export function shuffle<A extends { length: number; [index: number]: unknown }>(source: BitSource, items: A): A {
  for (let i = items.length - 1; i > 0; i--) {
    const j = integer(source, i + 1);
    const held = items[i];
    items[i] = items[j];
    items[j] = held;
  }
  return items;
}
