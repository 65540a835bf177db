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
  it("the imbalances of the long tail: what is said of ρ = 100 stays of ρ = 100", async () => {
    const { error, shown } = await runChanged("01-the-long-tail.ipynb", {
      "cell-04": ["rhos = [10, 50, 100]", "rhos = [50, 20, 100]"],
      "cell-16": ["rhoUs = [1, 50, 100, 200]", "rhoUs = [1, 10, 200]"],
    });
    expect(error).toBeUndefined();
    expect(shown("cell-16")).toContain("62,025 unlabelled images");
    expect(shown("cell-17")).toContain("124.06");
    expect(shown("cell-24")).toContain("12,406 draws");
    expect(shown("cell-31")).toContain("18 of 18 hold");
  });

  it("Theorem 1: more points of one kind", async () => {
    const { error, shown } = await runChanged("02-theorem-1.ipynb", { setting: ["nPlus: 100", "nPlus: 300"] });
    expect(error).toBeUndefined();
    for (const figure of ["delta", "loose", "parts"]) expect(shown(figure)).toContain("ñ₊ = 300, ñ₋ = 100, p = 0.9");
    expect(shown("verdict")).toContain("19 of 19 hold");
    expect(shown("verdict")).not.toContain("ñ₊ = ñ₋ = 100");
  });

  it("Theorems 2 and 3: other classes, whose figures and checks name them", async () => {
    const { error, shown } = await runChanged("05-theorems-2-and-3.ipynb", {
      simulation2: ["{ beta: 9, pMinus: 0.5 }", "{ beta: 25, pMinus: 0.6 }"],
      outside2: ["{ beta: 4, pMinus: 0.9 }", "{ beta: 9, pMinus: 0.8 }"],
      "by-hand": ["{ beta: 9, d: 20, pMinus: 0.9 }", "{ beta: 5, d: 10, pMinus: 0.8 }"],
      event: ["d: 50, pMinus: 0.9, nPlus: 10, nMinus: 90", "d: 30, pMinus: 0.7, nPlus: 20, nMinus: 40"],
      "dimension-simulation": ["beta: 4, pMinus: 0.9, nPlus: 10", "beta: 9, pMinus: 0.6, nPlus: 5"],
      threshold: ["{ beta: 4, d: 50, pMinus: 0.9 }", "{ beta: 16, d: 20, pMinus: 0.6 }"],
    });
    expect(error).toBeUndefined();
    expect(shown("simulation2-figure")).toContain("β = 25, p₋ = 0.6");
    expect(shown("by-hand-table")).toContain("β = 5, d = 10, N₊ = 10, N₋ = 90; 20,000 fresh points, 80 % of class −");
    expect(shown("delta")).toContain("β = 9, d = 30, p₋ = 0.7, N₊ = 20, N₋ = 40");
    expect(shown("dimension-figure")).toContain("δ = 0.3: linear regime");
    expect(shown("threshold")).toContain("β = 16, d = 20, p₋ = 0.6");
    expect(shown("both")).toContain("β = 25, p₋ = 0.6");
    expect(shown("verdict")).toContain("27 of 27 hold");
  });

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
