import { expect, it, vi } from "vitest";
import { membersOf } from "../../../kernel/session/members.js";

const ran = vi.fn(() => ({ secret: 1 }));
class Base {
  above() {
    return 0;
  }
}
class Frame extends Base {
  width = 3;
  get height() {
    return ran();
  }
  below() {
    return 0;
  }
}
const root = {
  ...{ frame: new Frame(), rows: [{ first: 1, "not a name": 2, naïve: 3 }], text: "word", nothing: null },
  ...{ watched: new Proxy({ secret: 1 }, { ownKeys: ran as never, getOwnPropertyDescriptor: ran as never }) },
};

it.each([
  [[], "", ["frame", "rows", "text", "nothing", "watched"]],
  [["frame"], "", ["width", "height", "below", "above"]],
  [["frame"], "W", ["width"]],
  [["rows", "0"], "", ["first", "naïve"]],
  [["rows"], "findl", ["findLast", "findLastIndex"]],
  [["text"], "tou", ["toUpperCase"]],
  [["frame", "height"], "", []],
  [["frame", "constructor"], "nam", ["name"]],
  [["watched"], "", []],
  [["watched", "secret"], "", []],
  [["nothing"], "", []],
  [["missing", "further"], "", []],
] as const)("behind %j and %j", (keys, typed, expected) => {
  expect(membersOf(root, keys, typed)).toEqual(expected);
  expect(ran).not.toHaveBeenCalled();
});

it("tells a thousand of a dictionary's names, and none of a million elements", () => {
  const dictionary = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`word${i}`, i]));
  expect(membersOf(dictionary, [], "word")).toHaveLength(1000);
  const read = vi.spyOn(Object, "getOwnPropertyNames");
  const elements = new Float32Array(1_000_000);
  expect(membersOf(elements, [], "fil")).toEqual(["fill", "filter"]);
  expect(read.mock.calls.some(([holder]) => holder === elements)).toBe(false);
});
