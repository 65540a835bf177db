import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, differences, runId } from "../../../src/train/configuration.js";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const configurations = fc.dictionary(fc.string(), json, { maxKeys: 5, noNullPrototype: true });

/** The same with keys in another order, at every depth. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reordered(one)]),
  );
}

describe("canonical", () => {
  test("keys are sorted at every depth; arrays keep their order", () => {
    expect(canonical({ b: [3, { z: null, a: "ä" }], a: { d: true, c: 0.1 } })).toBe(
      '{"a":{"c":0.1,"d":true},"b":[3,{"a":"ä","z":null}]}',
    );
    expect(canonical([2, 1])).not.toBe(canonical([1, 2]));
  });

  test("is JSON of the same content, the same whatever the order of keys, and after a round trip through JSON", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonical(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonical(reordered(value))).toBe(text);
        expect(canonical(JSON.parse(JSON.stringify(value)))).toBe(text);
      }),
    );
  });

  test("what is undefined is not there, as in JSON; what JSON cannot say is null, as there", () => {
    expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }));
    const odd = { a: [undefined, NaN, Infinity, -0], b: undefined };
    expect(canonical(odd)).toBe(canonical(JSON.parse(JSON.stringify(odd))));
  });
});

describe("runId", () => {
  test("16 hexadecimal digits of the SHA-256", () => {
    // printf '{"a":1}' | sha256sum
    expect(runId({ a: 1 })).toBe("015abd7f5cc57a2d");
    expect(runId({ a: 1, b: undefined })).toBe(runId({ a: 1 }));
  });

  test("is equal for equal content alone", () => {
    fc.assert(
      fc.property(configurations, configurations, (a, b) => {
        expect(runId(reordered(a) as typeof a)).toBe(runId(a));
        expect(runId(a) === runId(b)).toBe(canonical(a) === canonical(b));
        expect(runId({ ...a, more: 1 })).not.toBe(runId({ ...a, more: "1" }));
      }),
    );
  });
});

describe("differences", () => {
  test("a line for each place", () => {
    const there = { epochs: 10, loss: { name: "ldam", scale: 30 }, at: [1, 2], gone: 1, same: { a: 1 } };
    const here = { epochs: 20, loss: { name: "ldam", scale: 20 }, at: [1, 3], same: { a: 1 }, more: "x" };
    expect(differences(there, here)).toEqual([
      "epochs: 10 there, 20 here",
      "loss.scale: 30 there, 20 here",
      "at: [1,2] there, [1,3] here",
      "gone: 1 there, nothing here",
      'more: nothing there, "x" here',
    ]);
    expect(differences({ loss: "focal" }, { loss: { name: "focal" } })).toEqual([
      'loss: "focal" there, {"name":"focal"} here',
    ]);
  });

  test("null is not the same as nothing", () => {
    expect(differences({ a: null }, {})).toEqual(["a: null there, nothing here"]);
    expect(differences({}, { a: undefined })).toEqual([]);
  });

  test("there are some exactly where the ids differ, as many in either direction", () => {
    const pairs = fc.oneof(
      fc.tuple(configurations, configurations),
      configurations.map((one) => [one, reordered(one)]),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const found = differences(a, b);
        expect(found.length > 0).toBe(runId(a as object as never) !== runId(b as never));
        expect(differences(b, a)).toHaveLength(found.length);
      }),
      { examples: [[[{ a: null }, {}]]] },
    );
  });
});
