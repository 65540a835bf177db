import { expect, test } from "vitest";
import { milliseconds } from "../../../src/cli/command.js";

test("seconds become milliseconds that a timer can wait for", async () => {
  expect(milliseconds({ timeout: "1.5" }, "timeout")).toBe(1500);
  expect(milliseconds({}, "timeout")).toBeUndefined();
  const far = milliseconds({ timeout: "9999999" }, "timeout")!;
  let rang = false;
  const timer = setTimeout(() => (rang = true), far);
  await new Promise((resolve) => setTimeout(resolve, 20));
  clearTimeout(timer);
  expect(rang).toBe(false);
  for (const bad of ["soon", "-1", "0", " ", "Infinity"])
    expect(() => milliseconds({ timeout: bad }, "timeout")).toThrow("expected a positive number of seconds");
});
