import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isImage, type FolderListing } from "./images/folder-listing.js";

/** Folders in a folder whose own folders are the classes; each by its path. */
export interface FolderParts {
  readonly train: string;
  readonly test: string;
  readonly validation?: string;
}

const VALIDATION = ["val", "valid", "validation"];

/**
 * The folders for training and testing, and for validation.
 * @param pool is none of them
 * @returns undefined where there are none
 * @throws Error for only one of `train` and `test`, with folders in it, or for two of validation
 */
export function partsOf(path: string, pool: string | undefined): FolderParts | undefined {
  const found = ["train", "test"].filter((name) => isFolder(join(path, name)));
  if (found.length === 0 || (found.length === 1 && !isWhole(path, found[0]!))) return undefined;
  const more = VALIDATION.filter((name) => isFolder(join(path, name)) && !isSame(join(path, name), pool));
  if (more.length > 1) throw new Error(`${path}: expected one folder for validation, found ${quoted(more)}`);
  const [train, test] = [join(path, "train"), join(path, "test")];
  return { train, test, ...(more[0] !== undefined && { validation: join(path, more[0]) }) };
}

/** @returns false where the only one of `train` and `test` is a class: then its images lie in it. @throws Error otherwise */
function isWhole(path: string, only: string): boolean {
  if (readdirSync(join(path, only)).some(isImage)) return false;
  const other = only === "train" ? "test" : "train";
  throw new Error(
    `${path}: expected folders "train" and "test", or one folder a class; found "${only}" with classes in it, and no "${other}"`,
  );
}

/** @throws Error for classes that `train` has and another part has not, or the other way round */
export function refuseOthers(path: string, part: string, train: readonly string[], found: readonly string[]): void {
  const [missing, more] = [
    train.filter((name) => !found.includes(name)),
    found.filter((name) => !train.includes(name)),
  ];
  const faults = [
    ...(missing.length > 0 ? [`"${part}" lacks ${quoted(missing)}`] : []),
    ...(more.length > 0 ? [`"train" lacks ${quoted(more)}`] : []),
  ];
  if (faults.length === 0) return;
  throw new Error(`${path}: expected the same classes in "train" and "${part}"; ${faults.join(", and ")}`);
}

/**
 * Folders called `training` and `testing` would be taken for classes.
 * @param classes those of the listing that are learned from
 * @throws Error where all that seem classes hold the same folders, two or more, and no image of their own
 */
export function refuseParts(path: string, listing: FolderListing, classes: readonly string[]): void {
  const within = new Map(classes.map((name) => [name, new Set<string>()]));
  listing.files.forEach((file, i) => {
    const [, inside, image] = file.split("/");
    within.get(listing.classes[listing.labels[i]!]!)?.add(image === undefined ? "" : inside!);
  });
  const [first, ...others] = Array.from(within.values(), (names) => [...names].sort());
  const isSameInAll = others.length > 0 && others.every((names) => names.join("/") === first!.join("/"));
  if (!isSameInAll || first!.length < 2 || first!.includes("")) return;
  throw new Error(
    `${path}: expected one folder a class, or folders "train", "test" and, where there is one, "validation", with one folder a ` +
      `class in each; found ${quoted(classes)}, each with the folders ${quoted(first!)} and no image of its own. If these are ` +
      `the classes, name those train, test and validation; if not, put images into the folders of the classes themselves`,
  );
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

export function isSame(path: string, other: string | undefined): boolean {
  return other !== undefined && resolve(path) === resolve(other);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
