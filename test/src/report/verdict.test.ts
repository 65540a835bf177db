import { describe, expect, test } from "vitest";
import { check } from "../../../src/report/check.js";
import { DISPLAY } from "../../../src/show/display.js";
import { CHECKS_MIME, verdict } from "../../../src/report/verdict.js";

const good = check({
  id: "good",
  claim: "a < b & $\\delta$",
  parameters: "n = 5",
  measured: 0.9,
  error: 0.01,
  relation: ">=",
  bound: 0.8,
});
const bad = check({ id: "bad", claim: "too large", measured: 2, relation: "<=", bound: 1 });

describe("verdict", () => {
  test("counts what holds", () => {
    expect(verdict([good]).holds).toBe(true);
    expect(verdict([good, bad]).holds).toBe(false);
    expect(String(verdict([good, bad], { title: "Theorem 9" }))).toContain("Theorem 9: 1 of 2 hold");
  });

  test("text has one aligned row a check", () => {
    expect(String(verdict([good, bad])).split("\n")).toEqual([
      "Verdict: 1 of 2 hold",
      "Claim             Parameters  Bound       Measured  Holds?",
      "────────────────  ──────────  ─────  ─────────────  ───────",
      "a < b & $\\delta$  n = 5       ≥ 0.8  0.900 ± 0.010  ✓\u00a0holds",
      "too large                       ≤ 1              2  ✗\u00a0fails",
      "± is one standard error of a simulation; a comparison allows for four unless it says otherwise.",
    ]);
  });

  test("HTML escapes claims, leaves mathematics alone, and puts failures in bold", () => {
    const html = verdict([good, bad])[DISPLAY]()["text/html"] as string;
    expect(html).toContain("a &lt; b &amp; $\\delta$");
    expect(html).toContain("<strong>✗\u00a0fails</strong>");
    expect(html).not.toContain("<strong>✓");
  });

  test("the checks travel as JSON, with null for what JSON cannot say", () => {
    const broken = check({ id: "nan", claim: "?", measured: NaN, relation: "=", bound: -Infinity });
    const json = JSON.parse(JSON.stringify(verdict([good, broken])[DISPLAY]()[CHECKS_MIME])) as unknown;
    expect(json).toEqual([
      { ...good },
      { id: "nan", claim: "?", parameters: "", measured: null, relation: "=", bound: null, holds: false },
    ]);
  });

  test("says nothing of standard errors where there are none", () => {
    expect(String(verdict([bad]))).not.toContain("±");
  });

  test("has a note of its own before that", () => {
    expect(
      String(verdict([bad], { note: "One claim is undecided." }))
        .split("\n")
        .at(-1),
    ).toBe("One claim is undecided.");
    expect(String(verdict([good], { note: "One claim is undecided." }))).toContain(
      "undecided. ± is one standard error",
    );
  });

  test("refuses no checks, and two with one id", () => {
    expect(() => verdict([])).toThrow("at least one check");
    expect(() => verdict([good, { ...good }])).toThrow('two checks have the id "good"');
    expect(() => verdict([good], { caption: "x" } as object)).toThrow('no option "caption"');
  });
});
