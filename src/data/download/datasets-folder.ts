import { resolve } from "node:path";
import { cacheFolder } from "../../disk/cache-folder.js";

/**
 * The folder of the data sets, which has a subfolder for each: `LONGTAIL_DATASETS`, else `longtail/datasets` in the
 * user's cache (`XDG_CACHE_HOME`, which counts only if it is absolute, as its specification says; else `~/.cache`).
 */
export function datasetsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LONGTAIL_DATASETS: own } = environment;
  return own ? resolve(own) : cacheFolder("datasets", environment);
}
