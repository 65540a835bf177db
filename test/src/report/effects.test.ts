import { expect, test } from "vitest";
import type { Effect } from "../../../src/experiment/index.js";
import { effects } from "../../../src/report/effects.js";

const effect = (claim: string, mean: number, half: number): Effect => ({
  ...{ claim, from: "Table 2", values: [mean], n: 5, mean, half, p: 0.5, verdict: "undecided" },
});

test("points with their sign, half the interval where there is one; a rounded zero has no sign", () => {
  const list = [effect("a", 1.26, 0.3), effect("b", -1.26, 0.04), effect("c", -0.04, 1.2), effect("d", 0.04, NaN)];
  const points = String(effects(list)).match(/\S+(?: ± \S+)?(?=\s+undecided$)/gmu);
  expect(points).toEqual(["+1.3 ± 0.3", "−1.3 ± 0.0", "0.0 ± 1.2", "0.0"]);
  expect(effects(list).csv().split("\r\n").slice(0, 2)).toEqual(["from,claim,n,points,points ± (95 %),verdict", "Table 2,a,5,1.26,0.3,undecided"]); // prettier-ignore
  expect(effects(list).csv()).toContain("Table 2,d,5,0.04,,undecided");
});

test("an unknown option and no effect at all are refused", () => {
  expect(() => effects([])).toThrow("effects: expected one or more effects, found none");
  expect(() => effects([effect("a", 1, 1)], { title: "" } as never)).toThrow('"title"');
});

test("says what is decided when all claims are looked at together", () => {
  const decided = (claim: string, p: number): Effect => ({ ...effect(claim, 2, 1), p, verdict: "holds" });
  const note = (...list: Effect[]) => /Corrected[^.]*\./s.exec(String(effects(list)))?.[0].replaceAll(/\s+/g, " ");
  expect(note(decided("a", 0.001), decided("b", 0.04))).toBe(
    "Corrected for all 2 claims at once (Holm), what is decided stays so.",
  );
  expect(note(decided("a", 0.001), decided("b", 0.04), effect("c", 1, 2))).toBe(
    'Corrected for all 3 claims at once (Holm), undecided as well: "b".',
  );
  expect(note(decided("a", 0.03), decided("b", 0.04))).toBe(
    "Corrected for all 2 claims at once (Holm), none is decided.",
  );
  expect(note(decided("a", 0.03))).toBeUndefined();
  // Two seeds decide nothing, and are not among the claims that are corrected for.
  const ofTwo = { ...effect("d", 3, 9), n: 2 };
  expect(note(decided("a", 0.001), decided("b", 0.04), ofTwo)).toBe(
    "Corrected for the 2 claims that seeds can decide at once (Holm), what is decided stays so.",
  );
  expect(note(decided("a", 0.03), ofTwo)).toBeUndefined();
});

test("a claim whose seeds all have the same number has no interval, and it is said why", () => {
  const why = /No interval, and undecided, where all seeds have the same number/u;
  const text = (...list: Effect[]) => String(effects(list)).replaceAll(/\s+/g, " ");
  expect(text(effect("a", 1, 0.3), effect("b", 1, NaN))).toMatch(why);
  expect(text(effect("a", 1, 0.3), { ...effect("b", 1, NaN), n: 1 })).not.toMatch(why);
});
