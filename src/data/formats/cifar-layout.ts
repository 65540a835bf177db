import { cifar100Classes, cifar100CoarseClasses, cifar10Classes } from "./class-names.js";

export type CifarSplit = "train" | "test";

/** How the files of CIFAR-10 or CIFAR-100 are made up: https://www.cs.toronto.edu/~kriz/cifar.html */
export interface CifarLayout {
  readonly title: string;
  /** Images of a split. */
  readonly counts: Readonly<Record<CifarSplit, number>>;
  /** Files of a split in order, without the ending ".bin" of the binary version. */
  readonly files: Readonly<Record<CifarSplit, readonly string[]>>;
  /** How many classes each label byte of a binary record tells apart; 3,072 bytes of pixels follow. */
  readonly labelBytes: readonly number[];
  /** Which of them is the label. */
  readonly label: number;
  readonly classes: readonly string[];
  /** A text file of the binary version, one name a line. */
  readonly textNames: string;
  /** A pickle of the Python version and its entry. */
  readonly pickledNames: { readonly file: string; readonly key: string };
  /** Entry of the Python version's batches. */
  readonly labelKey: string;
}

export const cifar10Layout: CifarLayout = {
  title: "CIFAR-10",
  counts: { train: 50_000, test: 10_000 },
  files: { train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`), test: ["test_batch"] },
  labelBytes: [10],
  label: 0,
  classes: cifar10Classes,
  textNames: "batches.meta.txt",
  pickledNames: { file: "batches.meta", key: "label_names" },
  labelKey: "labels",
};

/** With the 100 fine labels or the 20 coarse ones. */
export function cifar100Layout(labels: "fine" | "coarse"): CifarLayout {
  return {
    title: labels === "fine" ? "CIFAR-100" : "CIFAR-100, coarse",
    counts: { train: 50_000, test: 10_000 },
    files: { train: ["train"], test: ["test"] },
    labelBytes: [20, 100],
    label: labels === "fine" ? 1 : 0,
    classes: labels === "fine" ? cifar100Classes : cifar100CoarseClasses,
    textNames: `${labels}_label_names.txt`,
    pickledNames: { file: "meta", key: `${labels}_label_names` },
    labelKey: `${labels}_labels`,
  };
}
