import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wellFormedJson } from "../../kernel/json.js";

/** Strings rich in halves of surrogate pairs, backslashes and what looks like an escape. */
const text = fc
  .array(fc.constantFrom("\ud83d", "\ude00", "\\", "ud83d", "u", "a", '"', "\n", "\ufffd"), { maxLength: 12 })
  .map((parts) => parts.join(""));
/** What Node writes to a file. */
const encoded = (value: string): string => Buffer.from(value).toString();

describe("well-formed JSON", () => {
  it("has U+FFFD for each half of a surrogate pair, and else what JSON.stringify writes", () => {
    fc.assert(
      fc.property(text, text, (key, value) => {
        const json = wellFormedJson({ [key]: [value] });
        expect(encoded(json)).toBe(json);
        expect(JSON.parse(json)).toEqual({ [encoded(key)]: [encoded(value)] });
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps text that looks like an escape", () => {
    for (const value of ["\\ud83d", "C:\\udata", "\\\\ud83d"]) {
      expect(wellFormedJson(value)).toBe(JSON.stringify(value));
    }
  });

  it("is indented as asked", () => {
    expect(wellFormedJson({ a: [1] }, 1)).toBe('{\n "a": [\n  1\n ]\n}');
  });
});
