import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { check, numberWhere, optional, seed as seedRule, text, type Rule } from "../options.js";
import { stream, type Stream } from "../random/index.js";
import { Examples } from "./examples.js";
import { listFolder } from "./images/folder-listing.js";
import { readImageFolder, type ImageFolderOptions } from "./images/image-folder.js";

export interface FolderOptions {
  /** Height and width that all images are brought to. Default 32. */
  readonly size?: ImageFolderOptions["size"];
  /** Share of each class that is held back for testing, where the folder has no `test` of its own. Default 0.2. */
  readonly test?: number;
  /** Share of each class of the training images that chooses the epoch. Default 0: none. */
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
}

const any: Rule = { range: "as in readImageFolder", accepts: () => true };
const share = numberWhere("a number in [0, 1)", (v) => v >= 0 && v < 1);
const rules = {
  path: text,
  ...{ size: optional(any), bad: optional(any), onProgress: optional(any), signal: optional(any) },
  ...{ test: optional(share), validation: optional(share), unlabeled: optional(text), seed: optional(seedRule) },
};

/**
 * Your own images, one folder a class, of any imbalance: `await train.fit({ data: await data.folder("my-images") })`. Where
 * the folder has `train` and `test`, each with the folders of the same classes, they are the two sets; else some of each class
 * are held back for testing. Of each class, at least one image is held back and one is not.
 *
 * With images that nobody has labeled: `semi.selfTraining({ data: await data.folder("my-images", { unlabeled: "more" }) })`.
 * @throws Error for fewer than two classes, a class with too few images, or other classes in `test` than in `train`; else as
 *   `readImageFolder`
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<FolderData> {
  check("folder", { path, ...options }, rules);
  const { test: held = 0.2, validation = 0, unlabeled: pool, seed = 0, size = 32, ...given } = options;
  if (pool !== undefined) refuseNoFolder(pool);
  const own = hasTest(path);
  const listed = (await listFolder(own ? join(path, "train") : path)).classes;
  const classes = listed.filter((name) => own || pool === undefined || resolve(path, name) !== resolve(pool));
  if (own) refuseOthers(path, classes, (await listFolder(join(path, "test"))).classes);
  if (classes.length < 2)
    throw new Error(`${path}: expected folders of two or more classes, found only "${classes[0]!}"`);
  const read = async (at: string, names = classes): Promise<Examples> => {
    const set = await readImageFolder(at, { ...pick(given), size, classes: names, name: path });
    const { skipped, shape } = set;
    if (skipped.length > 0)
      process.emitWarning(
        `${at}: ${skipped.length} of ${skipped.length + shape[0]} images are left out, the first because of ${skipped[0]!.message}`,
        "DataWarning",
      );
    return Examples.of(set);
  };
  const chance = stream(seed, "held back");
  const kept = validation > 0 ? 2 : 1;
  const first = own
    ? { kept: await read(join(path, "train")), held: await read(join(path, "test")) }
    : split(await read(path), { path, share: held, kept, random: chance.split("test") });
  const unlabeled = pool === undefined ? {} : { unlabeled: await readUnlabeled(pool, read) };
  if (validation === 0) return { name: path, train: first.kept, test: first.held, ...unlabeled };
  const second = split(first.kept, { path, share: validation, kept: 1, random: chance.split("validation") });
  return { name: path, train: second.kept, test: first.held, validation: second.held, ...unlabeled };
}

/** All images of a folder as if it were one class of the folder it lies in. */
async function readUnlabeled(
  path: string,
  read: (at: string, names: string[]) => Promise<Examples>,
): Promise<Examples> {
  const at = resolve(path);
  const images = await read(dirname(at), [basename(at)]);
  return images.relabel(images.labels, ["unlabeled"]);
}

/** What is handed on to the reader; it takes no undefined. */
function pick({ bad, onProgress, signal }: FolderOptions) {
  return { ...(bad && { bad }), ...(onProgress && { onProgress }), ...(signal && { signal }) };
}

function refuseNoFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Error(`${path}: expected a folder of unlabeled images, found none`);
}

/** Whether there are folders for training and for testing. @throws Error for only one of them, with folders in it */
function hasTest(path: string): boolean {
  const isFolder = (name: string): boolean =>
    statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = ["train", "test"].filter(isFolder);
  if (found.length !== 1) return found.length === 2;
  const [only, other] = found[0] === "train" ? ["train", "test"] : ["test", "train"];
  // A class may be called so too: then its images lie in it.
  if (readdirSync(join(path, only)).some((name) => /\.(jpg|jpeg|png)$/i.test(name))) return false;
  throw new Error(
    `${path}: expected folders "train" and "test", or one folder a class; found "${only}" with classes in it, and no "${other}"`,
  );
}

function refuseOthers(path: string, train: readonly string[], test: readonly string[]): void {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
  const [missing, more] = [train.filter((name) => !test.includes(name)), test.filter((name) => !train.includes(name))];
  const faults = [
    ...(missing.length > 0 ? [`"test" lacks ${list(missing)}`] : []),
    ...(more.length > 0 ? [`"train" lacks ${list(more)}`] : []),
  ];
  if (faults.length === 0) return;
  throw new Error(`${path}: expected the same classes in "train" and "test"; ${faults.join(", and ")}`);
}

interface Split {
  readonly path: string;
  /** Of each class that is held back: rounded, one at least. */
  readonly share: number;
  /** So many of each class are not, at least. */
  readonly kept: number;
  readonly random: Stream;
}

function split(examples: Examples, { path, share, kept: least, random }: Split) {
  const [kept, held]: [number[], number[]] = [[], []];
  const positions: number[][] = examples.classes.map(() => []);
  examples.labels.forEach((label, position) => positions[label]!.push(position));
  examples.classes.forEach((name, label) => {
    const own = positions[label]!;
    if (own.length <= least)
      throw new Error(
        `${path}: "${name}" has ${own.length} ${own.length === 1 ? "image" : "images"} to learn from and to hold some back; expected ` +
          `${least + 1} or more. Add images, or give test images in folders of their own (train/, test/)`,
      );
    const count = Math.min(own.length - least, Math.max(1, Math.round(share * own.length)));
    random.shuffle(own).forEach((position, i) => (i < count ? held : kept).push(position));
  });
  return { kept: examples.select(kept.sort((a, b) => a - b)), held: examples.select(held.sort((a, b) => a - b)) };
}
