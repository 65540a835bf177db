import { describe, expect, it } from "vitest";
import { calledAt } from "../../../kernel/compiler/call.js";

describe("what is called, for a cursor (|) among its arguments,", () => {
  it.each([
    ["Math.max(1, |", "Math.max"],
    ["Math.max(1, |)", "Math.max"],
    ["Math.max(|", "Math.max"],
    ["Math.max(min(1), |2)", "Math.max"],
    ["Math.max(min(1,|), 2)", "min"],
    ["const m = new Map<string, number>([|", "Map"],
    ["fit({ epochs: 3, |", "fit"],
    ["greet('😀', |\r\n)", "greet"],
    ["first(1); second(2, |", "second"],
    ["first(1); |", undefined],
    ["max|(1)", undefined],
    ["if (a, |b) {}", undefined],
    ["|", undefined],
  ])("%j: %s", (marked, expected) => {
    const position = marked.indexOf("|");
    const end = calledAt(marked.replace("|", ""), position);
    expect(end === undefined ? undefined : /[\w.]*$/.exec(marked.slice(0, end))![0]).toBe(expected);
  });
});
