import { describe, expect, it } from "vitest";
import { runChanged } from "./notebooks/changed.js";
import { computeWhatIsCommitted, notebooks, openInAnyJupyter, training } from "./notebooks/committed.js";

/** The committed notebooks are what the code computes; those that train take minutes, and are in notebooks.long.test.ts. */
computeWhatIsCommitted(
  notebooks.filter((name) => !training.includes(name.slice(0, 2))),
  120,
);
openInAnyJupyter(notebooks);

describe("what notebooks invite to change", { timeout: 240_000 }, () => {
  it("Theorem 1: classes that lie close together", async () => {
    const { error, shown } = await runChanged("02-theorem-1.ipynb", {
      setting: ["mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7", "mu1: 0.3, mu2: 0.1, sigma: 0.1, p: 0.9, q: 0.7"],
    });
    expect(error).toBeUndefined();
    expect(shown("verdict")).toContain("19 of 19 hold");
    expect(shown("bias")).not.toMatch(/\d{12}/);
  });

  it.each([
    [0.05, "more than 10,000 positives; 73 are enough", "the bound asks for more than 10,000 positives"],
    [0.02, "more than 10,000 positives; more than 10,000 are needed", "the bound asks for more than 10,000 positives"],
  ])("Theorem 3: δ = %s", async (delta, figure, map) => {
    const { error, shown } = await runChanged(
      "05-theorems-2-and-3.ipynb",
      { event: ["delta: 0.1 }", `delta: ${delta} }`] },
      { last: "event-map" },
    );
    expect(error).toBeUndefined();
    expect(shown("event-figure")).toContain(figure);
    expect(shown("event-map")).toContain(map);
  });

  it.each([
    [0.55, "55 % relevant", true],
    [1, "100 % relevant", false],
  ])("the relevance of D_U: %s", async (relevance, caption, hasStrangers) => {
    const { error, shown } = await runChanged(
      "04-relevance.ipynb",
      { setting: ["relevance = 0.6", `relevance = ${relevance}`] },
      { last: "pictures" },
    );
    expect(error).toBeUndefined();
    expect(shown("setting")).toContain(caption);
    expect(shown("pictures")).toContain(caption);
    expect(shown("pictures").includes("irrelevant")).toBe(hasStrangers);
  });
});
