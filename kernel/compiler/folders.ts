import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of this package: where packages that cells may use are looked up last. The compiled files lie two levels deeper than the sources. */
export const packageFolder = ((): string => {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at))
    if (existsSync(join(at, "package.json")) || dirname(at) === at) return at;
})();
