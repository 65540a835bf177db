import { makeFolder as make } from "../../kernel/folder.js";
import { asDiskError } from "./disk-error.js";

/** Makes a folder, and those it is in, unless it is there. @throws DiskError */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw asDiskError(path, error);
  }
}
