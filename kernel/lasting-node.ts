import { realpathSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { Machine } from "./kernelspec.js";

/** fnm puts links of one shell's own on the PATH, which do not stay. */
const PASSING = /fnm_multishells/;

/**
 * Path of this Node for a command that is kept. `process.execPath` has its links resolved, and so names one version, which an
 * update removes (Homebrew: Cellar/node/VERSION/bin/node); a link on the PATH that leads to it leads to the next one, too.
 * @returns the first `node` on the PATH that is this one, else `executable`
 */
export function lastingNode(
  { env = process.env, platform = process.platform }: Machine = {},
  executable: string = process.execPath,
): string {
  const own = real(executable);
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(isAbsolute);
  return (
    folders
      .filter((folder) => !PASSING.test(folder))
      .map((folder) => join(folder, platform === "win32" ? "node.exe" : "node"))
      .find((path) => own !== undefined && real(path) === own) ?? executable
  );
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
