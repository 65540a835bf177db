import { Examples, type Normalization } from "../data/index.js";
import { optional, type Rule } from "../options.js";

/** Images to learn from and to be judged by. */
export interface TrainingData {
  readonly train: Examples;
  /** Evaluated after every epoch. */
  readonly test: Examples;
  /** Chooses the epoch of the score `selected`. Default none, as the authors have none. */
  readonly validation?: Examples;
  /** Default: mean and deviation of the training images. */
  readonly normalization?: Normalization;
  /** D_U, for semi-supervised learning: `fit` itself does not look at it. */
  readonly unlabeled?: Examples;
  /** What progress bars and tables call it. */
  readonly name?: string;
}

const examples: Rule = {
  range: "data.Examples of one image or more",
  accepts: (v) => v instanceof Examples && v.length > 0,
};
const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };

export const dataRules: Record<keyof TrainingData, Rule> = {
  train: examples,
  test: examples,
  validation: optional(examples),
  normalization: optional(object),
  unlabeled: optional(examples),
  name: optional({ range: "a text", accepts: (v: unknown) => typeof v === "string" }),
};

/** What tells data sets apart. */
export function digests({ train, test, validation, unlabeled: _, ...rest }: TrainingData) {
  return {
    ...(rest.name !== undefined && { name: rest.name }),
    train: train.digest(),
    test: test.digest(),
    ...(validation && { validation: validation.digest() }),
  };
}
