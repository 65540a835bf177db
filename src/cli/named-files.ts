import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./command.js";

/**
 * The files that a command line names. Where a shell leaves "*" as it is, as those of Windows do, it is expanded here, in the
 * last part of a path; a file that is called so comes first. Names that begin with a dot are left out, as shells do.
 * @param what is expected: "notebooks"
 * @throws UsageError for a pattern that no file matches
 */
export function namedFiles(
  what: string,
  paths: readonly string[],
  platform: NodeJS.Platform = process.platform,
): string[] {
  return paths.flatMap((path) => {
    const pattern = basename(path);
    if (!pattern.includes("*") || existsSync(path)) return [path];
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    const matching = new RegExp(`^${parts.join(".*")}$`, platform === "win32" ? "isu" : "su");
    const folder = dirname(path);
    const names = namesIn(folder).filter(
      (name) => matching.test(name) && (!name.startsWith(".") || pattern.startsWith(".")),
    );
    if (names.length === 0) throw new UsageError(`Expected ${what} that match "${path}", found none`);
    return names.sort().map((name) => (path === pattern ? name : join(folder, name)));
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
