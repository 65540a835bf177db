import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { isRelative } from "./relative.js";

const TYPES: Readonly<Record<string, string>> = {
  ...{ ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif" },
  ...{ ".svg": "image/svg+xml", ".webp": "image/webp", ".avif": "image/avif" },
};

/** Larger pictures stay where they are: a page is read whole before it is shown. */
const MOST = 10 * 2 ** 20;

/**
 * A picture in a file as a data: address.
 * @param address relative to the folder, as Markdown has it
 * @returns undefined for an address elsewhere, a file that is no picture, cannot be read or is larger than 10 MiB
 */
export function pictureFile(folder: string, address: string): string | undefined {
  if (!isRelative(address)) return undefined;
  try {
    const file = resolve(folder, decodeURIComponent(address.replace(/[?#].*$/, "")));
    const type = TYPES[extname(file).toLowerCase()];
    if (type === undefined || statSync(file).size > MOST) return undefined;
    return `data:${type};base64,${readFileSync(file, "base64")}`;
  } catch {
    return undefined;
  }
}
