import { existsSync } from "node:fs";
import { join } from "node:path";
import { suggestion } from "../nearest.js";
import { check, oneOf, optional, text } from "../options.js";
import { cifar10Classes, fashionClasses } from "./formats/class-names.js";
import { readCifar10, readCifar100 } from "./formats/cifar.js";
import { datasetsFolder } from "./download/datasets-folder.js";
import { readIdx } from "./formats/idx.js";
import type { ImageSet } from "./image-set.js";
import { readJpg32 } from "./images/jpg32.js";
import { readSvhn } from "./formats/svhn.js";
import { readTinyImages } from "./formats/tiny-images.js";

export interface LoadOptions {
  /** Default "train". `svhn-extra` and `tiny-images-500k` have no other. */
  readonly split?: "train" | "test";
  /** Folder of the data sets. Default: `datasetsFolder()`. */
  readonly folder?: string;
}

/** One form in which a split may lie in the set's folder: a file that tells, and what reads it. */
interface Form {
  readonly file: string;
  read(folder: string): Promise<ImageSet>;
}

type Split = "train" | "test";
const SPLIT_TITLES = { train: "training", test: "test" };

/** For each set and split, the forms it may have, the best first. */
const FORMS: Readonly<Record<string, (split: Split) => readonly Form[]>> = {
  cifar10: (split) => [
    ...cifar(["cifar-10-batches-bin", "cifar-10-batches-py"], split === "train" ? "data_batch_1" : "test_batch", (at) =>
      readCifar10(at, { split }),
    ),
    {
      file: `${split}.jpg32`,
      read(at) {
        const name = `CIFAR-10 in JPEG re-encoding, ${SPLIT_TITLES[split]}`;
        return readJpg32(join(at, `${split}.jpg32`), { classes: cifar10Classes, name });
      },
    },
  ],
  cifar100: (split) => cifar(["cifar-100-binary", "cifar-100-python"], split, (at) => readCifar100(at, { split })),
  svhn: (split) => [{ file: `${split}_32x32.mat`, read: (folder) => readSvhn({ folder, split }) }],
  "svhn-extra": onlyTrain({ file: "extra_32x32.mat", read: (folder) => readSvhn({ folder, split: "extra" }) }),
  "tiny-images-500k": onlyTrain({
    file: "ti_500K_pseudo_labeled.pickle",
    read: (folder) => readTinyImages(join(folder, "ti_500K_pseudo_labeled.pickle")),
  }),
  mnist: idx("MNIST"),
  "fashion-mnist": idx("Fashion-MNIST", fashionClasses),
};

/** The binary and the Python version, in the folders that their archives make or in the set's own. */
function cifar([binary, python]: readonly [string, string], batch: string, read: Form["read"]): Form[] {
  const places = [
    [binary, `${batch}.bin`],
    [python, batch],
    [".", `${batch}.bin`],
    [".", batch],
  ] as const;
  return places.map(([inside, file]) => ({ file: join(inside, file), read: (at) => read(join(at, inside)) }));
}

function onlyTrain(form: Form): (split: Split) => readonly Form[] {
  return (split) => (split === "train" ? [form] : []);
}

function idx(title: string, classes?: readonly string[]): (split: Split) => readonly Form[] {
  return (split) => {
    const prefix = split === "train" ? "train" : "t10k";
    const name = `${title}, ${SPLIT_TITLES[split]}`;
    return ["", ".gz"].map((ending) => {
      const [images, labels] = [`${prefix}-images-idx3-ubyte${ending}`, `${prefix}-labels-idx1-ubyte${ending}`];
      const options = { name, ...(classes && { classes }) };
      return { file: images, read: (at) => readIdx(join(at, images), join(at, labels), options) };
    });
  };
}

/**
 * Reads a data set that is on this machine (`get` brings it): `await load("cifar10")` has its 50,000 training images.
 * @param name as in `npx longtail data list`
 * @throws RangeError for an unknown name or option; Error that says how to get what is not here; FileError where a file is
 *   not what it should be
 */
export async function load(name: string, options: LoadOptions = {}): Promise<ImageSet> {
  const { forms, at, split } = formsOf("load", name, options);
  const form = forms.find(({ file }) => existsSync(join(at, file)));
  if (form !== undefined) return form.read(at);
  if (forms.length === 0) throw new RangeError(`load: "${name}" has no split "${split}"`);
  const files = forms.map(({ file }) => file).join(", or ");
  throw new Error(
    `load: "${name}" (${split}) is not on this machine: expected ${files} in ${at}. To get it: npx longtail data get ${name}`,
  );
}

/** Whether `load` would find it. @throws RangeError for an unknown name or option */
export function has(name: string, options: LoadOptions = {}): boolean {
  const { forms, at } = formsOf("has", name, options);
  return forms.some(({ file }) => existsSync(join(at, file)));
}

function formsOf(caller: string, name: string, options: LoadOptions) {
  check(caller, options, { split: optional(oneOf("train", "test")), folder: optional(text) });
  if (!Object.hasOwn(FORMS, name))
    throw new RangeError(`${caller}: there is no data set "${name}". ${suggestion(name, Object.keys(FORMS))}`);
  const { split = "train", folder = datasetsFolder() } = options;
  return { forms: FORMS[name]!(split), at: join(folder, name), split };
}
