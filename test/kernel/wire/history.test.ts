import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "../../../kernel/wire/history.js";

function filled(...inputs: string[]): History {
  const history = new History();
  inputs.forEach((input, index) => history.add(index + 1, input));
  return history;
}
const inputs = (history: History, request: Parameters<History["query"]>[0]): unknown[] =>
  history.query(request).map(([, , input]) => input);

describe("history", () => {
  const history = filled("const a = 1", "a + 1", "plot(a)", "a + 1", "x.*");
  history.setOutput(2, "2");

  it.each([
    [{ n: 2 }, ["a + 1", "x.*"]],
    [{ n: 100 }, ["const a = 1", "a + 1", "plot(a)", "a + 1", "x.*"]],
    [{}, ["const a = 1", "a + 1", "plot(a)", "a + 1", "x.*"]],
  ])("tail %j", (request, expected) => {
    expect(inputs(history, { hist_access_type: "tail", ...request })).toEqual(expected);
  });

  it.each([
    [{ session: 0, start: 2, stop: 4 }, ["a + 1", "plot(a)"]],
    [{ session: 1, start: 4 }, ["a + 1", "x.*"]],
    [{ session: 0, start: 4, stop: null }, ["a + 1", "x.*"]],
    [{ session: 0, start: 3, stop: 3 }, []],
    [{ session: 7, start: 1, stop: 3 }, []],
    [{ session: -1, start: 1, stop: 3 }, []],
  ])("range %j", (request, expected) => {
    expect(inputs(history, { hist_access_type: "range", ...request })).toEqual(expected);
  });

  it.each([
    [{ pattern: "a +*" }, ["a + 1", "a + 1"]],
    [{ pattern: "a +*", unique: true }, ["a + 1"]],
    [{ pattern: "*a*", n: 2 }, ["plot(a)", "a + 1"]],
    [{ pattern: "?lot(a)" }, ["plot(a)"]],
    [{ pattern: "x.*" }, ["x.*"]],
    [{ pattern: "nothing" }, []],
    [{}, ["const a = 1", "a + 1", "plot(a)", "a + 1", "x.*"]],
  ])("search %j", (request, expected) => {
    expect(inputs(history, { hist_access_type: "search", ...request })).toEqual(expected);
  });

  it("gives session, line, and input or input with output", () => {
    expect(history.query({ hist_access_type: "range", session: 0, start: 2, stop: 4, output: true })).toEqual([
      [1, 2, ["a + 1", "2"]],
      [1, 3, ["plot(a)", null]],
    ]);
    expect(history.query({ n: 1 })).toEqual([[1, 5, "x.*"]]);
  });

  it("finds any input by itself, its signs taken literally", () => {
    const plain = fc.string().filter((text) => !/[*?]/.test(text));
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1 }), fc.nat(), (texts, pick) => {
        const wanted = texts[pick % texts.length]!;
        const found = inputs(filled(...texts), { hist_access_type: "search", pattern: wanted });
        expect(found).toEqual(texts.filter((text) => text === wanted));
      }),
    );
  });
});
