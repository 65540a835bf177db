import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { adviceOn } from "../file-error.js";

/** The image files of a folder whose own folders are classes. */
export interface FolderListing {
  readonly classes: readonly string[];
  /** Paths below the folder, with "/" on every system: class by class, sorted within each. */
  readonly files: readonly string[];
  /** Class of each file. */
  readonly labels: Uint16Array;
  /** Other files: of another kind, hidden, or in no class. */
  readonly ignored: number;
}

const IMAGE = /\.(jpg|jpeg|png)$/i;
const LAYOUT = "Expected a folder for each class, with its .jpg, .jpeg or .png files in it";

/**
 * Lists a folder's images; symbolic links are followed.
 * @param chosen the classes, in order of labels; default all folders, sorted
 * @throws an Error that names the folder where there is no class, a class has no image or a link leads back
 */
export async function listFolder(folder: string, chosen?: readonly string[]): Promise<FolderListing> {
  const names = await entries(folder);
  const folders: string[] = [];
  let ignored = 0;
  for (const entry of names)
    if (!isHidden(entry.name) && (await kindOf(folder, entry)) === "folder") folders.push(entry.name);
    else ignored++;
  if (folders.length === 0) throw new Error(`${folder} holds no folders. ${LAYOUT}${note(ignored)}`);
  const owns = chosen ? chosen.map((name) => folderOf(name, folders, folder)) : folders.sort(byCode);
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, own] of owns.entries()) {
    const found: string[] = [];
    const others = await walk(folder, own, [], found);
    if (found.length === 0) throw new Error(`${join(folder, own)} holds no image. ${LAYOUT}${note(others)}`);
    ignored += others;
    files.push(...found.sort(byCode));
    labels.push(...found.map(() => label));
  }
  const classes = chosen ?? owns.map((name) => name.normalize("NFC"));
  return { classes, files, labels: Uint16Array.from(labels), ignored };
}

function folderOf(name: string, folders: readonly string[], folder: string): string {
  const own = folders.find((other) => other.normalize("NFC") === name.normalize("NFC"));
  if (own !== undefined) return own;
  throw new Error(`${folder} holds no class "${name}"; the classes there are ${folders.join(", ")}`);
}

/** Adds the images of a folder and of those in it; returns how many other files there are. */
async function walk(root: string, below: string, above: readonly string[], found: string[]): Promise<number> {
  const folder = join(root, below);
  const real = await realpath(folder);
  if (above.includes(real)) throw new Error(`${folder} is a link to a folder that it lies in, ${real}`);
  let others = 0;
  for (const entry of await entries(folder)) {
    const path = `${below}/${entry.name}`;
    const kind = isHidden(entry.name) ? "other" : await kindOf(folder, entry);
    if (kind === "folder") others += await walk(root, path, [...above, real], found);
    else if (kind === "file" && IMAGE.test(entry.name)) found.push(path);
    else others++;
  }
  return others;
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new Error(`Cannot read the folder ${folder}: ${(cause as Error).message}. ${adviceOn(folder, cause)}`, {
      cause,
    });
  }
}

async function kindOf(folder: string, entry: Dirent): Promise<"file" | "folder" | "other"> {
  const link = entry.isSymbolicLink();
  // A link to nowhere counts as a file: if it has an image's name, reading it says what is wrong.
  const real = link ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  return !real || real.isFile() ? "file" : real.isDirectory() ? "folder" : "other";
}

function isHidden(name: string): boolean {
  return name.startsWith(".");
}

/** The same order on every system, however it composes accents. */
function byCode(one: string, other: string): number {
  const [a, b] = [one.normalize("NFC"), other.normalize("NFC")];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was passed over where nothing is left. */
function note(ignored: number): string {
  return ignored > 0 ? ` (${ignored} other ${ignored === 1 ? "file was" : "files were"} passed over)` : "";
}
