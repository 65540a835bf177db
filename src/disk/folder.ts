import { mkdirSync } from "node:fs";
import { asDiskError } from "./disk-error.js";

/** Makes a folder, and those it is in, unless it is there. @throws DiskError */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw asDiskError(path, error);
  }
}
