import { expect, test } from "vitest";
import { Xoshiro128 } from "../../../src/random/xoshiro.js";
import reference from "../../fixtures/random/reference.json" with { type: "json" };

test.each(reference.xoshiro128starstar)("agrees with the authors' C from $words", ({ words, next }) => {
  const generator = new Xoshiro128(words as never);
  expect(next.map(() => generator.next() >>> 0)).toEqual(next);
});
