import { resolve, sep } from "node:path";
import { examplesRule } from "../data/examples.js";
import { Examples, type FolderData, type Normalization } from "../data/index.js";
import { requireSameClasses } from "../data/same-classes.js";
import { check, optional, type Rule } from "../options.js";

/** Images to learn from and to be judged by, of the same classes in the same order. */
export interface TrainingData {
  readonly train: Examples;
  /** Evaluated after every epoch. */
  readonly test: Examples;
  /** Chooses the epoch of the score `selected`, by mean recall. Default none, as the authors have none. */
  readonly validation?: Examples;
  /** Default: mean and deviation of the training images. */
  readonly normalization?: Normalization;
  /** D_U, for semi-supervised learning: `fit` itself does not look at it. */
  readonly unlabeled?: Examples;
  /** What progress bars and tables call it. */
  readonly name?: string;
  /** What `data.folder` left out: nobody looks at it. */
  readonly ignored?: FolderData["ignored"];
  readonly skipped?: FolderData["skipped"];
}

const examples: Rule = {
  range:
    "data.Examples of one image or more, as data.Examples.of(set) makes them of a set that was read; what is not pictures takes a loop of one's own: " +
    "notebooks/08-your-own-data.ipynb ends with one",
  accepts: (v) => examplesRule.accepts(v) && (v as Examples).length > 0,
};
/** Of what `data.folder` left out. */
const list: Rule = { range: "an array", accepts: (v) => Array.isArray(v) };
const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };

export const dataRules: Record<keyof TrainingData, Rule> = {
  train: examples,
  test: examples,
  validation: optional(examples),
  normalization: optional(object),
  unlabeled: optional(examples),
  name: optional({ range: "a text", accepts: (v: unknown) => typeof v === "string" }),
  ignored: optional(list),
  skipped: optional(list),
};

const PARTS = ["test", "validation", "unlabeled"] as const;

/** @throws RangeError for one set of images in place of several */
export function refuseOneSet(data: object): void {
  if (data instanceof Examples || "bytes" in data)
    throw new RangeError(
      "data: expected { train, test }, both data.Examples, found one set of images; " +
        "data.folder(path) reads a folder as two, data.Examples.of(set, indices) takes some of a set",
    );
}

/** @throws RangeError for a part that is not what it must be, or other classes or sizes in one than in `train` */
export function checkData(data: TrainingData): void {
  refuseOneSet(data);
  check("data", data, dataRules);
  for (const part of ["test", "validation"] as const)
    if (data[part]) requireSameClasses(`data.${part}`, data.train.classes, data[part].classes);
  refuseOtherSizes(data);
}

/** @throws RangeError for images of another size, or number of channels, than those of `train` */
function refuseOtherSizes(data: TrainingData): void {
  const expected = data.train.shape.join(" x ");
  for (const part of PARTS) {
    const found = data[part]?.shape.join(" x ") ?? expected;
    if (found !== expected)
      throw new RangeError(`data.${part}: expected images of ${expected}, as in data.train, found ${found}`);
  }
}

/**
 * In a folder of classes, a run's folder would be one of them the next time.
 * @throws Error for a run's folder that is, or lies in, one of pictures that are learned from
 */
export function refusePictures(
  folder: string,
  data: Partial<TrainingData>,
  platform: NodeJS.Platform = process.platform,
): void {
  // There, folders whose names differ in case, or in how Unicode composes their letters, are one.
  const isOne = platform === "win32" || platform === "darwin";
  const told = (path: string): string => `${isOne ? path.normalize("NFC").toLowerCase() : path}${sep}`;
  const own = told(resolve(folder));
  for (const part of ["train", ...PARTS] as const)
    for (const pictures of data[part]?.folders ?? [])
      if (own.startsWith(told(pictures)))
        throw new Error(
          `folder: expected a folder for the run apart from the pictures, found ${folder}, within the pictures of data.${part}, ` +
            `${pictures}. Choose another folder`,
        );
}

/** What tells data sets apart. Pictures read from a folder are named by it, and are the same where it is moved. */
export function digests({ train, test, validation, name }: Partial<TrainingData> & Pick<TrainingData, "train">) {
  return {
    ...(name !== undefined && train.folders.length === 0 && { name }),
    train: train.digest(),
    ...(test && { test: test.digest() }),
    ...(validation && { validation: validation.digest() }),
  };
}
