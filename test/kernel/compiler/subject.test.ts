import { expect, it } from "vitest";
import { subjectAt } from "../../../kernel/compiler/subject.js";

/** The cursor stands at the bar. */
it.each([
  ["rho|", "rho"],
  ["r|ho + 1", "rho"],
  ["fit.report.rec|all", "fit.report.recall"],
  ["fit.rep|ort.recall", "fit.report"],
  ['rows[0]["a b"].na|me', "rows.0.a b.name"],
  ["maybe!.na|me", "maybe.name"],
  ["const rh|o = 100", "rho"],
  ["const { a, b: [r|ho] } = f()", "rho"],
  ["import { da|ta } from 'longtail'", "data"],
  ["import * as d|ata from 'longtail'", "data"],
  ["train.fit({ rho: rh|o })", "rho"],
  ["train.fit({ rh|o })", "rho"],
  ["'日本語'; rh|o", "rho"],
  ["if (true) { rh|o }", "rho"],
  // Keys, types, labels, and names of something within.
  ["train.fit({ rh|o: 100 })", undefined],
  ["let x: rh|o", undefined],
  ["let x: rho.in|ner", undefined],
  ["const { rh|o: other } = f()", undefined],
  ["import { rh|o as other } from 'x'", undefined],
  ["rh|o: for (;;) break rho", undefined],
  ["rows.map((rh|o) => rho)", undefined],
  ["rows.map((rho) => rh|o)", undefined],
  ["rho; { const rho = 1; } rh|o", undefined],
  ["for (const rho of [1]) rh|o", undefined],
  ["class A { rh|o = 1 }", undefined],
  ["f().na|me", undefined],
  ["rows[i].na|me", undefined],
  ["'rh|o'", undefined],
  ["// rh|o", undefined],
  ["|", undefined],
] as const)("%s: %s", (marked, expected) => {
  const path = subjectAt(marked.replace("|", ""), marked.indexOf("|"));
  expect(path && [path.name, ...path.keys].join(".")).toBe(expected);
});
