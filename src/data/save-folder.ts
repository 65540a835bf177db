import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { whenFree } from "../../kernel/busy-file.js";
import { asDiskError } from "../disk/disk-error.js";
import { makeFolder } from "../disk/folder.js";
import { requireFolderNames } from "./class-folders.js";
import { check, optional, text, type Rule } from "../options.js";
import { examplesRule, type Examples } from "./examples.js";
import type { FolderData } from "./folder.js";
import { encodePng } from "./images/png.js";

/** Pictures are written so many at a time. */
const AT_ONCE = 16;

/** Of what `data.folder` says besides, nothing is written. */
const said = optional({ range: "as data.folder gives it", accepts: () => true });
const rules: Record<"path" | keyof FolderData, Rule> = {
  ...{ path: text, train: examplesRule, test: examplesRule },
  ...{ validation: optional(examplesRule), unlabeled: optional(examplesRule) },
  ...{ name: said, ignored: said, skipped: said },
};

/**
 * Writes images as PNG files, `<path>/train/<class>/000000.png` and so on: what `data.folder` reads, and other programs do. The
 * folder is there when all of it is. `data.folder` finds `train`, `test` and `validation` by itself; `unlabeled` it takes as
 * a pool: `data.folder(path, { unlabeled: join(path, "unlabeled") })`.
 * @param sets with classes of the same names, which must be names of files; what `data.folder` gives, too
 * @throws Error if there is something at `path`, RangeError for a class that cannot be a folder; DiskError
 */
export async function saveFolder(
  path: string,
  sets: Pick<FolderData, "train" | "test"> & Partial<FolderData>,
): Promise<void> {
  check("saveFolder", { path, ...sets }, rules);
  const { train, test, validation, unlabeled } = sets;
  const parts = Object.entries({ train, test, validation, unlabeled }).filter(
    (part): part is [string, Examples] => part[1] !== undefined,
  );
  if (existsSync(path)) throw new Error(`${path} is there already. Choose another folder, or delete this one`);
  for (const [, set] of parts) requireFolderNames("saveFolder", set.classes);
  const whole = resolve(path); // without a slash at its end
  const unfinished = `${whole}.${process.pid}.unfinished`;
  try {
    // A killed process may have had the same number, as each first one in a container has.
    await rm(unfinished, { recursive: true, force: true });
    for (const [name, set] of parts) await write(join(unfinished, name), set);
    await whenFree(() => rename(unfinished, whole));
  } catch (error) {
    // What went wrong first is what is said.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    throw asDiskError(path, error);
  }
}

async function write(path: string, set: Examples): Promise<void> {
  const written = set.classes.map(() => 0);
  for (const name of set.classes) makeFolder(join(path, name));
  const files = Array.from(set.labels, (label, i) => {
    const file = `${String(written[label]!++).padStart(6, "0")}.png`;
    return { i, path: join(path, set.classes[label]!, file) };
  });
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE);
    await Promise.all(
      some.map((file) => writeFile(file.path, encodePng({ bytes: set.image(file.i), shape: set.shape }))),
    );
  }
}
