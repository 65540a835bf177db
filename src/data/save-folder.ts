import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asDiskError } from "../disk/disk-error.js";
import { makeFolder } from "../disk/folder.js";
import { check, text } from "../options.js";
import { Examples } from "./examples.js";
import { encodePng } from "./images/png.js";

/** Pictures are written so many at a time. */
const AT_ONCE = 16;

/**
 * Writes images as PNG files, `<path>/train/<class>/000000.png` and so on: what `data.folder` reads, and other programs do. The
 * folder is there when all of it is.
 * @param sets with classes of the same names, which must be names of files
 * @throws Error if there is something at `path`, RangeError for a class that cannot be a folder; DiskError
 */
export async function saveFolder(
  path: string,
  sets: { readonly train: Examples; readonly test: Examples },
): Promise<void> {
  const examples = { range: "data.Examples", accepts: (v: unknown) => v instanceof Examples };
  check("saveFolder", { path, ...sets }, { path: text, train: examples, test: examples });
  if (existsSync(path)) throw new Error(`${path} is there already. Choose another folder, or delete this one`);
  for (const name of [...sets.train.classes, ...sets.test.classes])
    if (!/^[^/\\:*?"<>|\0]*[^/\\:*?"<>|\0. ]$/.test(name))
      throw new RangeError(`saveFolder: expected classes whose names a folder can have, found ${JSON.stringify(name)}`);
  const unfinished = `${path}.${process.pid}.unfinished`;
  try {
    for (const [name, set] of Object.entries(sets)) await write(join(unfinished, name), set);
    await rename(unfinished, path);
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
