import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { restore, stream } from "../../../src/random/index.js";
import { Stream } from "../../../src/random/stream.js";

describe("named streams", () => {
  const names = fc.string({ maxLength: 12 });

  test("a stream's values do not depend on what else was opened or drawn", () => {
    fc.assert(
      fc.property(fc.integer(), names, fc.array(names, { maxLength: 4 }), (seed, name, others) => {
        const alone = stream(seed).split(name).uniform();
        const root = stream(seed);
        root.normal();
        for (const other of others) root.split(other).fillUniform(new Float64Array(3));
        expect(root.split(name).uniform()).toBe(alone);
        expect(stream(seed, name).uniform()).toBe(alone);
      }),
    );
  });

  test("different paths give different values, also where the joined names read the same", () => {
    const first = [
      stream(1),
      stream(2),
      stream(-1),
      stream(1, ""),
      stream(1, "a"),
      stream(1, "a").split("b"),
      stream(1, "ab"),
      stream(1, 'a","b'),
      stream(1, "b").split("a"),
      stream(12),
    ].map((s) => s.uniform());
    expect(new Set(first).size).toBe(first.length);
  });

  test("streams of neighbouring seeds and names are uncorrelated", () => {
    const n = 20_000;
    const a = stream(1, "x").fillNormal(new Float64Array(n));
    for (const other of [stream(2, "x"), stream(1, "y"), stream(1, "x").split("x")]) {
      const b = other.fillNormal(new Float64Array(n));
      const product = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / Math.sqrt(n);
      expect(Math.abs(product)).toBeLessThan(5);
    }
  });

  test("a fill is what as many single draws would give", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 400 }), (seed, length) => {
        const one = stream(seed);
        const many = stream(seed);
        expect(Array.from({ length }, () => one.normal())).toEqual([...many.fillNormal(new Float64Array(length))]);
        expect(Array.from({ length }, () => Math.fround(one.uniform()))).toEqual([
          ...many.fillUniform(new Float32Array(length)),
        ]);
        expect(one.state()).toEqual(many.state());
      }),
    );
  });

  test("a state is plain data: the path and four words", () => {
    const s = stream(7, "init");
    s.uniform();
    expect(s.state()).toEqual({
      path: [7, "init"],
      words: [expect.any(Number), ...Array<unknown>(3).fill(expect.any(Number))],
    });
    expect(restore(s.state()).split("w").uniform()).toBe(stream(7, "init").split("w").uniform());
  });

  test("bad seeds and bad states are refused with what was found", () => {
    expect(() => stream(0.5)).toThrow("seed must be a safe integer (got 0.5)");
    expect(() => stream(NaN)).toThrow("got NaN");
    for (const state of [
      {},
      { path: [1], words: [1, 2, 3] },
      { path: ["a"], words: [1, 2, 3, 4] },
      { path: [1], words: [-1, 2, 3, 4] },
    ]) {
      expect(() => restore(state as never)).toThrow(`found ${JSON.stringify(state)}`);
    }
    expect(() => new Stream([0], [0, 0, 0, 0])).toThrow("must not be all zero");
    expect(() => stream(1).chiSquare(0)).toThrow("df must be a finite number > 0 (got 0)");
  });
});

test("values never change from one release to the next", () => {
  const s = stream(20200613, "snapshot");
  expect(s.state().words).toEqual([2793739826, 1936195332, 3482534883, 2543526497]);
  expect({
    uniform: s.uniform(),
    normal: [s.normal(), s.normal()],
    binomial: [s.binomial(10, 0.3), s.binomial(1000, 0.9), s.binomial(1_000_000_000, 0.25)],
    gamma: [s.gamma(0.5), s.gamma(25)],
    chiSquare: s.chiSquare(3072),
    integer: [s.integer(1000), s.integer(2 ** 40)],
    shuffle: s.shuffle([0, 1, 2, 3, 4, 5]),
    split: s.split("child").uniform(),
  }).toEqual({
    uniform: 0.6402871160975939,
    normal: [-0.5901681300690734, -0.673504118843279],
    binomial: [4, 898, 249998567],
    gamma: [0.01629093941168776, 20.21821020729642],
    chiSquare: 2979.1076150171457,
    integer: [107, 114094495104],
    shuffle: [1, 5, 4, 3, 0, 2],
    split: 0.14347350718293883,
  });
});
