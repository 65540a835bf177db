import { suggestion } from "../nearest.js";
import { check, count, optional, text, type Rule } from "../options.js";
import type { Recipe, StepSchedule } from "../train/index.js";
import { HEADS, type LongTailedOptions } from "./long-tailed.js";
import { SETS, type SetName, type TrialSpec, type UnlabeledSpec } from "./trial.js";

/** How much is computed: "quick" in a notebook, "standard" in an evening, "paper" as the paper. */
export type ScaleName = "quick" | "standard" | "paper";

/** Where a set's images come from, and how many the largest class has. */
export type SetImages = Pick<LongTailedOptions, "name" | "head" | "testImages">;

/** Sizes and recipes of a scale: the one place where they are chosen. */
export interface Scale {
  readonly name: string;
  /** What stands beside every number. */
  readonly description: string;
  /** The images of each set; undefined: the scale has nothing in place of it. */
  readonly sets: Readonly<Partial<Record<SetName, SetImages>>>;
  /** Of every training. */
  readonly recipe: Recipe;
  /** What is otherwise where D_U is learned from too. */
  readonly withUnlabeled: Recipe | ((unlabeled: UnlabeledSpec) => Recipe);
  /** Of pre-training by MoCo; of a small set the queue has whole batches that fit. Default: MoCo's own, for long runs. */
  readonly moco?: { readonly queue: number; readonly momentum: number };
  /** Epochs between two evaluations. */
  readonly evaluateEvery: number;
}

/** For few steps: a tenth of the rate from 70 % of the epochs on, a hundredth from 90 % on. Ours. */
function shortSchedule(epochs: number): StepSchedule {
  const at = [0.7, 0.9].map((share) => Math.round(share * epochs));
  return { name: "steps", rate: 0.05, warmup: epochs / 20, warmupBy: "step", at, factor: 0.1 };
}

const plain = { name: "plain-stickers", head: 200, testImages: 100 } as const;

/** The scales by name. */
export const SCALES: Readonly<Record<ScaleName, Scale>> = {
  quick: {
    name: "quick",
    description:
      "plain stickers in place of the paper's images, largest class 200; a tiny network, 30 epochs, 15 where D_U@5x is learned from",
    sets: { cifar10: plain, svhn: plain, "plain-stickers": plain },
    // Few steps learn little from images that are shifted too.
    recipe: { model: "tiny", epochs: 30, batchSize: 32, schedule: shortSchedule(30), augmentation: { pad: 0 } },
    // As many images in all, whatever the size of D_U: few of it would else mean few steps.
    withUnlabeled: ({ multiple }) => {
      const epochs = Math.max(2, Math.round(90 / (1 + multiple))); // its rate falls twice
      return { epochs, batchSize: 64, schedule: shortSchedule(epochs) };
    },
    moco: { queue: 512, momentum: 0.99 },
    evaluateEvery: 5,
  },
  standard: {
    name: "standard",
    description:
      "the paper's images, largest class 700 (CIFAR-10), 100 (CIFAR-100), 1000 (SVHN); a small network, 60 epochs",
    sets: {
      cifar10: { name: "cifar10", head: 700 },
      cifar100: { name: "cifar100", head: 100 },
      svhn: { name: "svhn" },
      stickers: { name: "stickers", head: 700 },
      "plain-stickers": { name: "plain-stickers", head: 700 },
    },
    recipe: { model: "small", epochs: 60, batchSize: 64, schedule: shortSchedule(60) },
    withUnlabeled: {},
    moco: { queue: 1024, momentum: 0.99 },
    evaluateEvery: 5,
  },
  paper: {
    name: "paper",
    description: "the paper's sets and recipe: ResNet-32, 200 epochs",
    sets: {
      cifar10: { name: "cifar10" },
      cifar100: { name: "cifar100" },
      svhn: { name: "svhn" },
      stickers: { name: "stickers" },
      "plain-stickers": { name: "plain-stickers" },
    },
    recipe: { model: "resnet32", epochs: 200, batchSize: 128, schedule: "paper" },
    withUnlabeled: { batchSize: 256 },
    evaluateEvery: 1,
  },
};

const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
const scaleRules: Record<keyof Scale, Rule> = {
  name: text,
  description: text,
  sets: object,
  recipe: object,
  withUnlabeled: { range: "an object or a function", accepts: (v) => object.accepts(v) || typeof v === "function" },
  moco: optional(object),
  evaluateEvery: count,
};

/** @throws RangeError for an unknown name, or a scale that is not whole */
export function scaleOf(scale: ScaleName | Scale): Scale {
  if (typeof scale !== "string") {
    check("scale", scale, scaleRules);
    return scale;
  }
  if (Object.hasOwn(SCALES, scale)) return SCALES[scale];
  throw new RangeError(`There is no scale "${String(scale)}". ${suggestion(scale, Object.keys(SCALES))}`);
}

/** What a scale changes of its recipe where D_U is learned from too. */
export function changesWith({ withUnlabeled }: Scale, unlabeled: UnlabeledSpec): Recipe {
  return typeof withUnlabeled === "function" ? withUnlabeled(unlabeled) : withUnlabeled;
}

/** What the scale has in place of a trial's set. @throws RangeError where it has nothing */
export function imagesOf(spec: TrialSpec, scale: Scale): SetImages {
  const images = scale.sets[spec.set];
  if (images) return images;
  throw new RangeError(`At scale "${scale.name}" there is nothing in place of ${SETS[spec.set]}; choose another scale`);
}

/** The images of a trial, in place of its own set. */
export function dataOf({ profile, rho, labeled, unlabeled }: TrialSpec, images: SetImages, seed: number) {
  const head = Math.max(1, Math.round(labeled * (images.head ?? HEADS[images.name])));
  return { ...images, head, rho, profile, ...unlabeled, seed } satisfies LongTailedOptions;
}
