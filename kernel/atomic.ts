import { randomUUID } from "node:crypto";
import { access, constants, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { whenFree } from "./busy-file.js";
import { makeFolder } from "./folder.js";

/**
 * Makes a folder unless there is one. Called before long work, so that one learns then, and not hours later, that its
 * results cannot be written.
 * @throws an Error that names the folder and says why files cannot be written there
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(`Cannot write to the folder ${folder}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Writes a file whole or not at all: a temporary file in the same folder, flushed to disk, then renamed into place.
 * Folders that are missing are made; permissions of a file that is replaced are kept.
 * @throws an Error that names the file and says why it cannot be written
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await prepareFolder(folder);
  const old = await stat(path).catch(() => undefined);
  const temporary = join(folder, `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      if (old) await file.chmod(old.mode & 0o777);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await whenFree(() => rename(temporary, path));
  } catch (cause) {
    // What went wrong first is what is said.
    await whenFree(() => rm(temporary, { force: true })).catch(() => undefined);
    throw new Error(`Cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
