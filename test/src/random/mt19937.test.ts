import { describe, expect, test } from "vitest";
import { RandomState } from "../../../src/random/index.js";
import reference from "../../fixtures/random/reference.json" with { type: "json" };

describe.each(reference.randomState)("RandomState($seed) is NumPy's", (expected) => {
  const open = () => new RandomState(expected.seed);
  const range = (n: number) => Array.from({ length: n }, (_, i) => i);

  test("32-bit words, across two refills of the state", () => {
    const generator = open();
    const words = range(1500).map(() => generator.next() >>> 0);
    expect(words.slice(-expected.words.length)).toEqual(expected.words);
  });

  test("doubles", () => {
    const generator = open();
    expect(expected.doubles.map(() => generator.uniform())).toEqual(expected.doubles);
  });

  test("shuffles, one after another on the same stream", () => {
    expect(open().shuffle(range(10))).toEqual(expected.shuffleOfTen);
    const generator = open();
    expect(generator.shuffle(range(5000)).slice(0, 10)).toEqual(expected.shuffleOf5000);
    expect([...generator.permutation(5000).slice(0, 10)]).toEqual(expected.nextShuffleOf5000);
  });

  test("permutations", () => {
    expect([...open().permutation(7)]).toEqual(expected.permutationOf7);
  });
});

test("bad arguments are refused with what was found", () => {
  for (const seed of [-1, 2 ** 32, 0.5, NaN]) expect(() => new RandomState(seed)).toThrow(`(got ${seed})`);
  expect(() => new RandomState(1).permutation(-1)).toThrow("n must be an integer from 0 to 4294967295 (got -1)");
  expect(() => RandomState.restore({ words: [1, 2], position: 0 })).toThrow("found 2 and 0");
});
