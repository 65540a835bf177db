import { expect, it, vi } from "vitest";
import { inspect } from "node:util";
import { valueText } from "../../../kernel/session/value-text.js";

const ran = vi.fn(() => "ran");
const big = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, i]));
const tensor = { dtype: "float32", shape: [2, 3], dataSync: ran, slice: ran, dispose: ran };

it.each([
  ["a number", 0.1, "0.1"],
  ["a text", "two\nlines", "'two\\nlines'"],
  ["null", null, "null"],
  ["an array", [1, 2, 3], "[ 1, 2, 3 ]"],
  ["an object", { rho: 100, counts: [5000, 50] }, "{ rho: 100, counts: [ 5000, 50 ] }"],
  ["a map", new Map([["a", 1]]), "Map(1) { 'a' => 1 }"],
  ["a tensor", tensor, "Tensor float32 [2, 3]"],
  ["many keys", big, "an object of 5000 properties"],
  ["a function", () => 1, undefined],
  ["a class", class A {}, undefined],
  ["a module", Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }), undefined],
  ["nothing", undefined, undefined],
] as const)("%s", (_, value, expected) => {
  expect(valueText(value)).toBe(expected);
});

it("is a few lines, of long arrays and texts too", () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => ({ i, name: `row ${i}` }));
  for (const value of [rows, "x".repeat(1e6), new Float32Array(1e6), new Set(rows), [rows, rows], "\n".repeat(5000)]) {
    const text = valueText(value)!;
    expect(text.length).toBeLessThan(1100);
    expect(text.split("\n").length).toBeLessThan(12);
  }
});

it("runs nothing of the user's", () => {
  class Guarded {
    own = 1;
    get costly() {
      return ran();
    }
    [inspect.custom] = ran;
    toString = ran;
    toJSON = ran;
  }
  const watched = new Proxy({ secret: 1 }, { get: ran, ownKeys: ran, has: ran as never, getPrototypeOf: ran as never });
  const getter = Object.defineProperty({}, "costly", { get: ran, enumerable: true });
  for (const value of [new Guarded(), watched, getter, [watched, getter]])
    expect(typeof valueText(value)).toBe("string");
  expect(ran).not.toHaveBeenCalled();
});
