import { describe, expect, it } from "vitest";
import { parentVariables, watchedParent } from "../../kernel/parent.js";

describe("the watched parent", () => {
  it.each(["linux", "darwin"] as const)("is the one that Jupyter names (%s)", (platform) => {
    expect(watchedParent({ JPY_PARENT_PID: "123" }, platform, 456)).toBe(123);
    for (const none of [{}, { JPY_PARENT_PID: "" }, { JPY_PARENT_PID: "1" }, { JPY_PARENT_PID: "x" }])
      expect(watchedParent(none, platform, 456)).toBeUndefined();
  });

  it("is who started the kernel on Windows, where the variable holds a handle", () => {
    expect(watchedParent({ JPY_PARENT_PID: "123" }, "win32", 456)).toBe(456);
    expect(watchedParent({}, "win32", 456)).toBe(456);
    expect(watchedParent({}, "win32", 0)).toBeUndefined();
  });
});

describe("a kernel's variables", () => {
  it.each(["linux", "darwin"] as const)("name the process (%s)", (platform) => {
    expect(parentVariables(platform, 123)).toEqual({ JPY_PARENT_PID: "123" });
  });

  it("hold no handle on Windows, not even one that was inherited", () => {
    const variables = { JPY_PARENT_PID: "77", JPY_INTERRUPT_EVENT: "78", ...parentVariables("win32", 123) };
    expect(Object.values(variables).filter((value) => value !== undefined)).toEqual([]);
  });
});
