import { expect, it } from "vitest";
import { CompilerService } from "../../../kernel/compiler/service.js";

const service = new CompilerService(process.cwd());
const types =
  'type Loss = { name: "focal"; gamma: number } | { name: "other" } | "cross-entropy" | "focal" | "ldam";\nconst fit = (o: { loss?: Loss }) => o;\ntype Letter = "a" | "b";\nconst spell = (l: Letter) => l;\n';
const tracebackOf = (source: string): string =>
  (service.convert(types + source, "cell[1]") as { error: { traceback: string[] } }).error.traceback.join("\n");

it.each([
  ['fit({ loss: "hinge" });', '"cross-entropy", "focal" or "ldam"'],
  ['const word: Letter = "c";', '"a" or "b"'],
  ['spell("c");', '"a" or "b"'],
  ['fit({ loss: { name: "hinge", gamma: 1 } });', '"focal" or "other"'],
  ['const loss: Loss = "hinge";', '"cross-entropy", "focal" or "ldam"'],
])("%s: what may stand there is said", (source, expected) => {
  expect(tracebackOf(source)).toMatch(new RegExp(`is not assignable to [^\\n]*\\n  Expected ${expected}\\n`));
});

it.each([
  '((l: "a" | "b") => l)("c")',
  'const n: number = "one";',
  "fit({ loss: 3 });",
  'const one: "a" = "b";',
  'fit({ los: "hinge" });',
])("%s: nothing more", (source) => {
  expect(tracebackOf(source)).toContain("error TS");
  expect(tracebackOf(source)).not.toContain("Expected");
});
