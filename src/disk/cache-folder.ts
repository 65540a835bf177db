import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * A folder in the user's cache: `longtail/NAME` in `XDG_CACHE_HOME`, which counts only if it is absolute, as its specification
 * says; else in `~/.cache`.
 */
export function cacheFolder(name: string, { XDG_CACHE_HOME: cache }: NodeJS.ProcessEnv = process.env): string {
  return join(cache && isAbsolute(cache) ? cache : join(homedir(), ".cache"), "longtail", name);
}
