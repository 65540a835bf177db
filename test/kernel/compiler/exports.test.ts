import { describe, expect, it } from "vitest";
import { withoutExports } from "../../../kernel/compiler/exports.js";

describe("a cell without its exports", () => {
  it.each([
    ["export const a = 1", "       const a = 1"],
    ["export async function f() {}", "       async function f() {}"],
    ["export default class A {}", "               class A {}"],
    ["export default 1 + 1", "               1 + 1"],
    ["export default { a: 1 }", "              ({ a: 1 });"],
    ["export default{ a: 1 }.a; b", "             ({ a: 1 }.a); b"],
    ["export default class {}\n[1]", "              (class {});\n[1]"],
    [
      "export default async function () {}\nexport const a = 1",
      "              (async function () {});\n       const a = 1",
    ],
    ["export default () => ({})", "               () => ({})"],
    ["export { a }; a", "              a"],
    ["export * from 'x'\na", "                 \na"],
    ["export {\n  a,\n  b\n};\na", "        \n    \n   \n  \na"],
    ["export type A = 1; export interface B {}", "       type A = 1;        interface B {}"],
    ["export declare const x: number", "       declare const x: number"],
    ["/** doc */ export const a = 1 // export", "/** doc */        const a = 1 // export"],
  ])("%j", (source, expected) => {
    expect(withoutExports(source)).toBe(expected);
  });

  it.each([
    "const exported = 1",
    "const text = 'export const x = 1'",
    "`export ${1}`",
    "namespace N { export const x = 1 }",
    "declare module 'm' { export const x: number }",
    "({ export: 1 }).export",
  ])("leaves alone: %j", (source) => {
    expect(withoutExports(source)).toBe(source);
  });
});
