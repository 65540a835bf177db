import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Dataset, DatasetFile } from "./manifest.js";
import { folderSource } from "./transfer/folder-source.js";
import { httpSource } from "./transfer/http-source.js";
import type { Source } from "./transfer/source.js";

/**
 * Where to get a file of a set: at the addresses of the manifest, or, with a mirror, there only, in a subfolder with the
 * set's name or right there (the former first: sets may have files of the same name).
 * @param mirror a folder, or the http(s) address of one; `LONGTAIL_MIRROR` says the same
 * @param stallTimeout milliseconds
 * @throws RangeError for an address of another kind
 */
export function sourcesOf(set: Dataset, file: DatasetFile, mirror: string | undefined, stallTimeout: number): Source[] {
  if (mirror === undefined) {
    const urls = [file.url, ...(file.mirrors ?? [])].filter((url) => url !== undefined);
    return urls.map((url) => httpSource(url, stallTimeout));
  }
  const places = [`${set.name}/${file.name}`, file.name];
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(mirror)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") {
    const base = mirror.endsWith("/") ? mirror : `${mirror}/`;
    if (!URL.canParse(base)) throw new RangeError(`The mirror must be a folder or its address (got "${mirror}")`);
    return places.map((place) => httpSource(new URL(place, base).href, stallTimeout));
  }
  if (scheme !== undefined && scheme !== "file")
    throw new RangeError(`The mirror must be a folder, or its address with http(s):// or file:// (got "${mirror}")`);
  const folder = scheme === "file" ? fileURLToPath(mirror) : resolve(mirror);
  return places.map((place) => folderSource(join(folder, place)));
}
