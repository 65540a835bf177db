import { describe, expect, test } from "vitest";
import { LOSSES, resolveLoss, softmaxScale, type LossName } from "../../../src/losses/index.js";

describe("softmaxScale", () => {
  test("is what a loss multiplies cosines by, chosen or by default", () => {
    expect(softmaxScale("ldam")).toBe(30);
    expect(softmaxScale({ name: "ldam", scale: 7 })).toBe(7);
    expect(softmaxScale(resolveLoss({ name: "ldam", scale: 7 }))).toBe(7);
  });

  test("is 1 for logits of a linear classifier", () => {
    const linear = (Object.keys(LOSSES) as LossName[]).filter((name) => LOSSES[name].head === "linear");
    expect(linear.map(softmaxScale)).toEqual([1, 1]);
  });

  test("is refused for what is no loss", () => {
    expect(() => softmaxScale("ladm" as LossName)).toThrow(
      "expected the name of a loss, one of cross-entropy, focal, ldam",
    );
  });
});
