import { describe, expect, it } from "vitest";
import { whenFree, whenFreeSync } from "../../kernel/busy-file.js";

const error = (code: string): Error => Object.assign(new Error(`${code}: rename`), { code });

/** Fails as often as there are codes, and then gives how often it was called. */
function failing(...codes: string[]): { calls: number; act(): number } {
  return {
    calls: 0,
    act() {
      const code = codes[this.calls++];
      if (code !== undefined) throw error(code);
      return this.calls;
    },
  };
}

type File = ReturnType<typeof failing>;
type Rest = [NodeJS.Platform, number[]?];
const kinds = {
  whenFree: (file: File, ...rest: Rest) => whenFree(async () => Promise.resolve(file.act()), ...rest),
  whenFreeSync: async (file: File, ...rest: Rest) => Promise.resolve(whenFreeSync(() => file.act(), ...rest)),
};

describe.each(Object.entries(kinds))("%s", (_, attempt) => {
  it("tries again on Windows while the file is busy", async () => {
    expect(await attempt(failing("EPERM", "EACCES", "EBUSY"), "win32")).toBe(4);
  });

  it("gives up in the end, and says what the system said", async () => {
    const file = failing(...Array.from({ length: 9 }, () => "EBUSY"));
    await expect(attempt(file, "win32", [1, 1])).rejects.toThrow("EBUSY: rename");
    expect(file.calls).toBe(3);
  });

  it.each(["ENOENT", "EEXIST", "ENOSPC"])("does not try again after %s", async (code) => {
    const file = failing(code);
    await expect(attempt(file, "win32")).rejects.toThrow(code);
    expect(file.calls).toBe(1);
  });

  it.each(["linux", "darwin"] as const)("does not try again on %s", async (platform) => {
    const file = failing("EPERM");
    await expect(attempt(file, platform)).rejects.toThrow("EPERM");
    expect(file.calls).toBe(1);
  });

  it("waits between the tries, for about two seconds in all", async () => {
    const begun = performance.now();
    await expect(attempt(failing(...Array.from({ length: 99 }, () => "EPERM")), "win32")).rejects.toThrow("EPERM");
    expect(performance.now() - begun).toBeGreaterThan(1900);
  });
});
