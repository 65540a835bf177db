import { expect, it } from "vitest";
import { pathOf } from "../../../kernel/wire/stack.js";

it.each([
  ["file:///C:/My%20files/h.ts", true, "C:/My files/h.ts"],
  ["file:///home/me/h%23%C3%A4.ts", false, "/home/me/h#ä.ts"],
  ["cell[1]", true, "cell[1]"],
  ["file:nowhere", true, "file:nowhere"],
])("%s (Windows: %s) is the file that the compiler calls %s", (url, windows, path) => {
  expect(pathOf(url, windows)).toBe(path);
});
