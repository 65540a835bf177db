import { expect, it } from "vitest";
import { helpSubject } from "../../../kernel/wire/help.js";

it.each([
  ["Math.max?", "Math.max"],
  ["?Math.max", "Math.max"],
  [" table?? \n", "table"],
  ["??$x", "$x"],
])("%j asks about %s", (code, subject) => expect(helpSubject(code)).toBe(subject));

it.each(["", "?", "a ? b : c", "a?.b", "f()?", "a\nb?", "x ?? y", "1 + 1"])("%j does not ask", (code) =>
  expect(helpSubject(code)).toBe(undefined),
);
