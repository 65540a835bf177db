import { describe, expect, it } from "vitest";
import { nearest, suggestion } from "../../src/nearest.js";

describe("nearest", () => {
  it.each([
    ["kernle", "kernel"],
    ["KERNEL", "kernel"],
    ["workbok", "workbook"],
    ["lb", "lab"],
    ["--cel-timeout", "--cell-timeout"],
    ["train", undefined],
    ["", undefined],
  ])("%j: %j", (name, expected) => {
    expect(nearest(name, ["workbook", "lab", "notebook", "kernel", "--cell-timeout", "--timeout"])).toBe(expected);
  });
});

describe("suggestion", () => {
  it("names the nearest, or all there are", () => {
    expect(suggestion("kernle", ["kernel", "lab"])).toBe("Did you mean kernel?");
    expect(suggestion("train", ["kernel", "lab"])).toBe("Known: kernel, lab.");
  });
});
