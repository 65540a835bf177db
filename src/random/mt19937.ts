import { integer, shuffle, uniform } from "./uniform.js";
import type { BitSource } from "./xoshiro.js";

const size = 624;
const shift = 397;

/** Where a generator stands: the 624 words, and how many of them are used up. Plain data. */
export interface RandomStateState {
  readonly words: readonly number[];
  readonly position: number;
}

/**
 * The generator behind NumPy's legacy `numpy.random.RandomState(seed)` and `numpy.random.seed(seed)`, bit for bit:
 * MT19937 (Matsumoto and Nishimura, 1998) seeded by `init_genrand`. The authors of the paper draw their subsets with
 * it, so the same images are picked here. For everything else use `stream`.
 */
export class RandomState implements BitSource {
  private readonly words = new Uint32Array(size);
  private position = size;

  /** @param seed an integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(`RandomState: seed must be an integer from 0 to 4294967295 (got ${seed})`);
    }
    const { words } = this;
    words[0] = seed;
    for (let i = 1; i < size; i++) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30);
      words[i] = Math.imul(1812433253, previous) + i;
    }
  }

  /** A generator that goes on where `state()` was taken. */
  static restore(state: RandomStateState): RandomState {
    const { words, position } = state;
    if (words.length !== size || !Number.isInteger(position) || position < 0 || position > size) {
      throw new TypeError(
        `RandomState.restore: expected ${size} words and a position from 0 to ${size}, found ${words.length} and ${position}`,
      );
    }
    const restored = new RandomState(0);
    restored.words.set(words);
    restored.position = position;
    return restored;
  }

  state(): RandomStateState {
    return { words: [...this.words], position: this.position };
  }

  next(): number {
    if (this.position === size) this.twist();
    let y = this.words[this.position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  /** `random_sample()`: a double in [0, 1) with 53 random bits. */
  uniform(): number {
    return uniform(this);
  }

  /** `random_interval(n - 1)`: an integer in [0, n), by masked rejection. */
  integer(n: number): number {
    return integer(this, n);
  }

  /** `shuffle(x)`: in place; returns the same array. */
  shuffle<A extends { length: number; [index: number]: unknown }>(items: A): A {
    return shuffle(this, items);
  }

  /** `permutation(n)`: 0 to n - 1 in random order. */
  permutation(n: number): Uint32Array {
    if (!Number.isInteger(n) || n < 0 || n > 0xffffffff) {
      throw new RangeError(`permutation: n must be an integer from 0 to 4294967295 (got ${n})`);
    }
    return this.shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  }

  private twist(): void {
    const { words } = this;
    for (let i = 0; i < size; i++) {
      const mixed = (words[i]! & 0x80000000) | (words[(i + 1) % size]! & 0x7fffffff);
      words[i] = words[(i + shift) % size]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }
}
