import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder, and those it is in, unless it is there. Node's own (mkdir, recursive) tries for ever where one cannot be made
 * for a reason that the system calls ENOENT (home folders that are mounted on demand and are not, /proc), and tells of the
 * innermost, not of the one that cannot be made.
 * @throws the system's error about the folder that cannot be made
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(resolve(path));
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isFolder(path)) throw error; // another process may have made it meanwhile
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
