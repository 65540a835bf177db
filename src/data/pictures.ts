import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Examples } from "./examples.js";
import type { FileError } from "./file-error.js";
import type { FolderListing } from "./images/folder-listing.js";
import { readListed, type ImageFolder, type ImageFolderOptions } from "./images/image-folder.js";
import type { Found } from "./passed-over.js";

/** Examples, and the path of the file that each comes from. */
export interface FiledExamples {
  readonly examples: Examples;
  readonly files: readonly string[];
}

/** Pictures that were read from a folder, and what else lay there. */
export interface Pictures extends FiledExamples {
  readonly found: readonly Found[];
  /** Paths of files passed over. */
  readonly ignored: readonly string[];
  readonly skipped: readonly FileError[];
}

/** What a reader found in a folder. Warns of pictures that it left out. */
export function picturesOf(at: string, set: ImageFolder, found: readonly Found[]): Pictures {
  const { skipped, shape } = set;
  if (skipped.length > 0)
    process.emitWarning(
      `${at}: ${skipped.length} of ${skipped.length + shape[0]} images are left out, the first because of ${skipped[0]!.message}`,
      "DataWarning",
    );
  const [files, ignored] = [set.files, set.ignored].map((paths) => paths.map((file) => join(at, file)));
  return { examples: Examples.of(set), files: files!, ignored: ignored!, skipped, found };
}

/** All images of a folder, of one class. @throws Error where none can be read; else as `readImageFolder` */
export async function readPool(path: string, listing: FolderListing, how: ImageFolderOptions): Promise<Pictures> {
  const set = await readListed(path, listing, how);
  if (set.files.length === 0)
    throw new Error(
      `${path}: expected unlabeled images that can be read, found none of ${set.skipped.length}, the first because of ` +
        set.skipped[0]!.message,
      { cause: set.skipped[0] },
    );
  return picturesOf(path, set, [{ where: `of ${path}`, images: listing.files.length, others: listing.ignored }]);
}

/** @throws Error where an image of the pool is one that is tested or validated with, by whatever path */
export function refuseTested(pool: string, unlabeled: FiledExamples, tested: readonly FiledExamples[]): void {
  const real = (file: string): string => realpathSync.native(file);
  const known = new Set(tested.flatMap(({ files }) => files.map(real)));
  const found = unlabeled.files.filter((file) => known.has(real(file)));
  if (found.length === 0) return;
  throw new Error(
    `${pool}: expected unlabeled images of which none is tested or validated with, found ${found.length} of ` +
      `${unlabeled.files.length} that are or may be, the first ${found[0]!}. Choose a folder without them`,
  );
}
