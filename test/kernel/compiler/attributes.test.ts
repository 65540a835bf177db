import { expect, it } from "vitest";
import { withoutAttributes } from "../../../kernel/compiler/attributes.js";

it.each([
  ['import d from "./d.json" with { type: "json" }; d', 'with { type: "json" }'],
  ['import d from "./d.json" with {type:"json"}\nd', 'with {type:"json"}'],
  ['import "./d.json"\n  with {\n    type: "json"\n  };\n1', 'with {\n    type: "json"\n  }'],
  ['export * from "a" with { type: "json" }\n1', 'with { type: "json" }'],
  ['import a from "a" with {};import b from "b" with {}; a + b', "with {}"],
])("blanks stand in the place of attributes of imports: %j", (source, attributes) => {
  expect(withoutAttributes(source)).toBe(source.replaceAll(attributes, attributes.replace(/[^\n]/g, " ")));
});

it.each(["[1].with(0, 2)", 'import "a";\nwith ({}) {}', 'import a from "a"; const s = "with { a }"', "with { a: 1 }"])(
  "all else stays: %j",
  (source) => {
    expect(withoutAttributes(source)).toBe(source);
  },
);
