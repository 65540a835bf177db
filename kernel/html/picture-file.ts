import { readFileSync, realpathSync, statSync } from "node:fs";
import { extname, isAbsolute, resolve } from "node:path";
import { isRelative } from "./relative.js";

const TYPES: Readonly<Record<string, string>> = {
  ...{ ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif" },
  ...{ ".svg": "image/svg+xml", ".webp": "image/webp", ".avif": "image/avif" },
};

/** Larger pictures stay where they are: a page is read whole before it is shown. */
const MOST = 10 * 2 ** 20;

/**
 * A picture in a file as a data: address. A link counts as what it leads to: a page is given to others, and a notebook that
 * came from elsewhere must not put this machine's other files into it.
 * @param address relative to the folder, as Markdown has it
 * @returns undefined for an address elsewhere, a file that is no picture, cannot be read or is larger than 10 MiB
 */
export function pictureFile(folder: string, address: string): string | undefined {
  if (!isRelative(address)) return undefined;
  try {
    const path = decodeURIComponent(address.replace(/[?#].*$/, ""));
    if (isAbsolute(path)) return undefined;
    const file = realpathSync(resolve(folder, path));
    const type = TYPES[extname(file).toLowerCase()];
    const found = statSync(file);
    // A pipe or a device, which has no size, would be read for ever.
    if (type === undefined || !found.isFile() || found.size > MOST) return undefined;
    return `data:${type};base64,${readFileSync(file, "base64")}`;
  } catch {
    return undefined;
  }
}
