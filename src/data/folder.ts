import { existsSync } from "node:fs";
import { join } from "node:path";
import { check, numberWhere, optional, seed as seedRule, type Rule } from "../options.js";
import { stream } from "../random/index.js";
import { Examples } from "./examples.js";
import { readImageFolder, type ImageFolderOptions } from "./images/image-folder.js";

export interface FolderOptions {
  /** Height and width that all images are brought to. Default 32. */
  readonly size?: ImageFolderOptions["size"];
  /** Share of each class that is held back for testing, where the folder has no `test` of its own. Default 0.2. */
  readonly test?: number;
  /** Share of each class of the training images that chooses the epoch. Default 0: none. */
  readonly validation?: number;
  /** Chooses who is held back. Default 0. */
  readonly seed?: number;
  /** What a picture that cannot be read does. Default "error". */
  readonly bad?: ImageFolderOptions["bad"];
  readonly onProgress?: ImageFolderOptions["onProgress"];
}

/** Your own images, as `train.fit` takes them. */
export interface FolderData {
  readonly name: string;
  readonly train: Examples;
  readonly test: Examples;
  readonly validation?: Examples;
}

const any: Rule = { range: "as in readImageFolder", accepts: () => true };
const share = numberWhere("a number in [0, 1)", (v) => v >= 0 && v < 1);

/**
 * Your own images, one folder a class, of any imbalance: `await train.fit({ data: await data.folder("my-images") })`. Where
 * the folder has `train` and `test`, each with the classes' folders, they are the two sets; else some of each class, one
 * image at least, are held back for testing.
 * @throws Error where a class has too few images to hold any back; else as `readImageFolder`
 */
export async function folder(path: string, options: FolderOptions = {}): Promise<FolderData> {
  check("folder", options, {
    ...{ size: optional(any), bad: optional(any), onProgress: optional(any) },
    ...{ test: optional(share), validation: optional(share), seed: optional(seedRule) },
  });
  const { size = 32, test: held = 0.2, validation = 0, seed = 0, bad, onProgress } = options;
  const common = { size, ...(bad && { bad }), ...(onProgress && { onProgress }) };
  const own = existsSync(join(path, "train")) && existsSync(join(path, "test"));
  const all = await readImageFolder(own ? join(path, "train") : path, { ...common, name: path });
  const chance = stream(seed, "held back");
  const first = own ? undefined : split(Examples.of(all), held, chance.split("test"), path);
  const test =
    first?.held ?? Examples.of(await readImageFolder(join(path, "test"), { ...common, classes: all.classes }));
  const train = first?.kept ?? Examples.of(all);
  if (validation === 0) return { name: path, train, test };
  const second = split(train, validation, chance.split("validation"), path);
  return { name: path, train: second.kept, test, validation: second.held };
}

/** Holds back a share of each class, rounded, one at least. */
function split(examples: Examples, share: number, random: ReturnType<typeof stream>, path: string) {
  const [kept, held]: [number[], number[]] = [[], []];
  examples.classes.forEach((name, label) => {
    const own = [...examples.labels.keys()].filter((i) => examples.labels[i] === label);
    const count = Math.max(1, Math.round(share * own.length));
    if (own.length <= count)
      throw new Error(
        `${path}: "${name}" has ${own.length} image${own.length === 1 ? "" : "s"}; expected 2 or more, to learn from one and test ` +
          `on another. Add images, or give test images in folders of their own (train/, test/)`,
      );
    random.shuffle(own).forEach((position, i) => (i < count ? held : kept).push(position));
  });
  return { kept: examples.select(kept.sort((a, b) => a - b)), held: examples.select(held.sort((a, b) => a - b)) };
}
