import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/**
 * The folder of the data sets, which has a subfolder for each: `LONGTAIL_DATASETS`, else `longtail/datasets` in the
 * user's cache (`XDG_CACHE_HOME`, which counts only if it is absolute, as its specification says; else `~/.cache`).
 */
export function datasetsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LONGTAIL_DATASETS: own, XDG_CACHE_HOME: cache } = environment;
  if (own) return resolve(own);
  return join(cache && isAbsolute(cache) ? cache : join(homedir(), ".cache"), "longtail", "datasets");
}
