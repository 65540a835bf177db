import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { asDiskError } from "./disk-error.js";

/** Makes a folder, and those it is in, unless it is there. @throws DiskError */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw asDiskError(path, reasonWhyNot(path) ?? error);
  }
}

/** Of several folders that are missing, Node.js says ENOENT where the outermost cannot be made: that one itself says why. */
function reasonWhyNot(path: string): unknown {
  let missing = resolve(path);
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  try {
    mkdirSync(missing);
    return undefined;
  } catch (error) {
    return error;
  }
}
