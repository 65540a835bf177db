import { basename, join, relative } from "node:path";
import { check, numberWhere, optional, seed as seedRule, text, withDefaults, type Rule } from "../options.js";
import { stream } from "../random/index.js";
import { warnOfCopies } from "./copies.js";
import type { Examples } from "./examples.js";
import type { FileError } from "./file-error.js";
import { isFolder, isSame, partsOf, refuseOthers, refuseParts, type FolderParts } from "./folder-parts.js";
import { holdBack } from "./held-back.js";
import { listFolder, listPool } from "./images/folder-listing.js";
import { readImageFolder, type ImageFolderOptions } from "./images/image-folder.js";
import type { Preprocessing } from "./images/preprocessing.js";
import { foundByClass, warnOfPassedOver } from "./passed-over.js";
import { picturesOf, readPool, refuseTested, type Pictures } from "./pictures.js";

export interface FolderOptions extends Partial<Preprocessing> {
  /** Height and width that all images are brought to. Default 32. */
  readonly size?: ImageFolderOptions["size"];
  /** Share of each class that is held back for testing, where the folder has no `test` of its own. Default 0.2. */
  readonly test?: number;
  /**
   * Share of each class of the training images that chooses the epoch of the score `selected`, where the folder has no
   * `validation` of its own. Default 0: none.
   */
  readonly validation?: number;
  /** A folder of images without labels, D_U, however they lie in it; beside the classes, it is none. Default none. */
  readonly unlabeled?: string;
  /** Chooses who is held back. Default 0. */
  readonly seed?: number;
  /** What a picture that cannot be read does: it ends all ("error", default), or is left out with a warning ("skip"). */
  readonly bad?: ImageFolderOptions["bad"];
  readonly onProgress?: ImageFolderOptions["onProgress"];
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** Your own images, as `train.fit` takes them. */
export interface FolderData {
  readonly name: string;
  readonly train: Examples;
  readonly test: Examples;
  readonly validation?: Examples;
  /** Of one class, which says nothing. */
  readonly unlabeled?: Examples;
  /** Paths of files that were passed over: not named .jpg, .jpeg, .jpe, .jfif or .png, hidden, or in no class. */
  readonly ignored: readonly string[];
  /** Why pictures were left out, one error each; none unless `bad` is "skip". */
  readonly skipped: readonly FileError[];
}

const any: Rule = { range: "as in readImageFolder", accepts: () => true };
const share = numberWhere("a number in [0, 1)", (v) => v >= 0 && v < 1);
const rules = {
  path: text,
  ...{ size: optional(any), fit: optional(any), orientation: optional(any) },
  ...{ bad: optional(any), onProgress: optional(any), signal: optional(any) },
  ...{ test: optional(share), validation: optional(share), unlabeled: optional(text), seed: optional(seedRule) },
};

/**
 * Your own images, one folder a class, of any imbalance: `await train.fit({ data: await data.folder("my-images") })`. Where
 * the folder has `train` and `test`, each with the folders of the same classes, they are the two sets, and `validation` (or
 * `val`, `valid`) is the third; else some of each class are held back for testing. Of each class, at least one image is held
 * back and one is not.
 *
 * With images that nobody has labeled: `semi.selfTraining({ data: await data.folder("my-images", { unlabeled: "more" }) })`.
 *
 * Warns (`DataWarning`) of pictures that cannot be read, of files that may be pictures in other formats, and of pictures that are
 * learned from, or unlabeled, and tested or validated with, as copies.
 * @throws Error for fewer than two classes, a class with too few images, other classes in `test` than in `train`, or unlabeled
 *   images that are tested with; else as `readImageFolder`
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<FolderData> {
  check("folder", { path, ...options }, rules);
  const { test: held = 0.2, validation = 0, unlabeled: pool, seed = 0, ...given } = options;
  const how = withDefaults<ImageFolderOptions>({ size: 32, name: path }, given);
  if (pool !== undefined && !isFolder(pool))
    throw new Error(`${pool}: expected a folder of unlabeled images, found none`);
  const pooled = pool === undefined ? undefined : await listPool(pool);
  const parts = partsOf(path, pool);
  if (parts?.validation !== undefined && validation > 0)
    throw new Error(
      `${path}: expected no share for validation beside the folder ${parts.validation}, found ${validation}. Leave the option ` +
        `validation out, or move the folder away`,
    );
  const classes = parts ? await commonClasses(path, parts) : await classesOf(path, pool);
  const read = async (at: string): Promise<Pictures> => {
    const set = await readImageFolder(at, { ...how, classes });
    return picturesOf(at, set, foundByClass(set.files, set.ignored, at === path ? "" : `${relative(path, at)}/`));
  };
  const whole = await read(parts?.train ?? path);
  const tested = parts && (await read(parts.test));
  const validated = parts?.validation === undefined ? undefined : await read(parts.validation);
  const unlabeled = pooled && (await readPool(pool!, pooled, how));
  const all = [whole, tested, validated, unlabeled].filter((one) => one !== undefined);
  warnOfPassedOver(path, all);

  const chance = stream(seed, "held back");
  const random = (name: string) => ({ path, random: chance.split(name) });
  const kept = validation > 0 ? 2 : 1;
  const first = tested ? { kept: whole, held: tested } : holdBack(whole, { share: held, kept, ...random("test") });
  const second =
    validation > 0
      ? holdBack(first.kept, { share: validation, kept: 1, ...random("validation") })
      : { kept: first.kept, held: validated };
  // Without folders of their own, it is chance which images are tested with.
  if (unlabeled) refuseTested(pool!, unlabeled, parts ? [first.held, ...(second.held ? [second.held] : [])] : [whole]);
  const learned = [second.kept, ...(unlabeled ? [unlabeled] : [])];
  warnOfCopies(path, learned, { test: first.held, validation: second.held });
  return {
    ...{ name: path, train: second.kept.examples, test: first.held.examples },
    ...(second.held && { validation: second.held.examples }),
    ...(unlabeled && { unlabeled: unlabeled.examples }),
    ...{ ignored: all.flatMap(({ ignored }) => ignored), skipped: all.flatMap(({ skipped }) => skipped) },
  };
}

/** The classes of a folder, of which the pool is none. */
async function classesOf(path: string, pool: string | undefined): Promise<readonly string[]> {
  const listing = await listFolder(path);
  const classes = listing.classes.filter((name) => !isSame(join(path, name), pool));
  refuseParts(path, listing, classes);
  return severalOf(path, classes);
}

async function commonClasses(path: string, { train, ...others }: FolderParts): Promise<readonly string[]> {
  const { classes } = await listFolder(train);
  for (const other of Object.values<string>(others))
    refuseOthers(path, basename(other), classes, (await listFolder(other)).classes);
  return severalOf(path, classes);
}

function severalOf(path: string, classes: readonly string[]): readonly string[] {
  if (classes.length >= 2) return classes;
  throw new Error(
    `${path}: expected folders of two or more classes, found ${classes.length === 0 ? "none" : `only "${classes[0]!}"`}`,
  );
}
