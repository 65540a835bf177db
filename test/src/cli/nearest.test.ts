import { describe, expect, it } from "vitest";
import { nearest } from "../../../src/cli/nearest.js";

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
