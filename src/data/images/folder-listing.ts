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
  /** Paths of what else lies there: files of another kind, hidden ones, and those in no class. */
  readonly ignored: readonly string[];
}

const IMAGE = /\.(jpe?g|jpe|jfif|png)$/i;
const LAYOUT = "Expected a folder for each class, with its .jpg, .jpeg or .png files in it";

/**
 * Lists a folder's images; symbolic links are followed.
 * @param chosen the classes, in order of labels; default all folders, sorted
 * @throws an Error that names the folder where there is no class, a class has no image or a link leads back
 */
export async function listFolder(folder: string, chosen?: readonly string[]): Promise<FolderListing> {
  const folders: string[] = [];
  const ignored: string[] = [];
  for (const entry of await entries(folder)) {
    const isFolder = !isHidden(entry.name) && (await kindOf(folder, entry)) === "folder";
    (isFolder ? folders : ignored).push(entry.name);
  }
  if (folders.length === 0) throw new Error(`${folder} holds no folders. ${LAYOUT}${note(ignored)}`);
  const owns = chosen ? chosen.map((name) => folderOf(name, folders, folder)) : folders.sort(byCode);
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, own] of owns.entries()) {
    const { images, others } = await walk(folder, own);
    if (images.length === 0) throw new Error(`${join(folder, own)} holds no image. ${LAYOUT}${note(others)}`);
    for (const file of others) ignored.push(file);
    for (const file of images.sort(byCode)) {
      files.push(file);
      labels.push(label);
    }
  }
  const classes = chosen ?? owns.map((name) => name.normalize("NFC"));
  return { classes, files, labels: Uint16Array.from(labels), ignored };
}

function folderOf(name: string, folders: readonly string[], folder: string): string {
  const own = folders.find((other) => other.normalize("NFC") === name.normalize("NFC"));
  if (own !== undefined) return own;
  throw new Error(`${folder} holds no class "${name}"; the classes there are ${folders.join(", ")}`);
}

/** The class of images of which no class is known. */
export const POOL = "unlabeled";

/**
 * Lists the images of a folder, however they lie in it, as if all were of one class.
 * @throws an Error that names the folder where it holds no image or a link leads back
 */
export async function listPool(folder: string): Promise<FolderListing> {
  const { images, others } = await walk(folder);
  if (images.length === 0)
    throw new Error(`${folder} holds no image. Expected unlabeled .jpg, .jpeg or .png files in it${note(others)}`);
  const labels = new Uint16Array(images.length);
  return { classes: [POOL], files: images.sort(byCode), labels, ignored: others };
}

/** Whether a file is an image, by its name. */
export function isImage(name: string): boolean {
  return IMAGE.test(name);
}

/** The images of a folder and of those in it, and the other files. */
async function walk(root: string, below = "", above: readonly string[] = []) {
  const [images, others]: [string[], string[]] = [[], []];
  const folder = join(root, below);
  const real = await realpath(folder);
  if (above.includes(real)) throw new Error(`${folder} is a link to a folder that it lies in, ${real}`);
  for (const entry of await entries(folder)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const kind = isHidden(entry.name) ? "other" : await kindOf(folder, entry);
    if (kind === "folder") {
      const within = await walk(root, path, [...above, real]);
      for (const file of within.images) images.push(file);
      for (const file of within.others) others.push(file);
    } else (kind === "file" && isImage(entry.name) ? images : others).push(path);
  }
  return { images, others };
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOTDIR")
      throw new Error(`Cannot read the folder ${folder}: it is a file. ${LAYOUT}`, { cause });
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
function note({ length }: readonly string[]): string {
  return length > 0 ? ` (${length} other ${length === 1 ? "file was" : "files were"} passed over)` : "";
}
