import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

/** `import.meta` of a cell or a local module. */
export interface ImportMeta {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  /** URL of a file, a built-in module, or (as `require` finds it) of a package. @throws where there is no such package */
  readonly resolve: (specifier: string) => string;
}

/** @param fallback folder whose packages are found last */
export function importMeta(filename: string, fallback: string): ImportMeta {
  const folder = dirname(filename);
  const { href: url } = pathToFileURL(filename);
  const resolve = (specifier: string): string => {
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, url).href;
    if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
    if (URL.canParse(specifier)) return new URL(specifier).href;
    return pathToFileURL(createRequire(filename).resolve(specifier, { paths: [folder, fallback] })).href;
  };
  return { url, filename, dirname: folder, resolve };
}
