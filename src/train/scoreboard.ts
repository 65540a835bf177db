import { ConfusionMatrix, type ConfusionCounts, type SparseCounts } from "../eval/index.js";

/** How well an epoch's network did on the test set. */
export interface Score {
  /** From 0. */
  readonly epoch: number;
  /** Test images of each true class (rows) by predicted class; everything else follows from it. */
  readonly confusion: ConfusionMatrix;
}

/** Three ways to say how well a run did; they answer different questions and are never mixed. */
export interface Scores {
  /** After the last epoch: what a user has in hand. */
  readonly last: Score;
  /** The best test accuracy of all epochs: what the paper's tables hold, where the test set is not balanced (SVHN) too. It has seen the test set. */
  readonly best: Score;
  /** Where the mean recall of the classes was best on the validation set; undefined without one. */
  readonly selected?: Score;
}

/** Mean recalls that are no further apart are equal: sums of shares are rounded. */
const TIE = 1e-12;

/** Keeps the three scores of a run; of equals, the first. Plain data. */
export class Scoreboard {
  private scores: Scores | undefined;
  private validation = -Infinity;

  /** @param classes names of the classes, in label order: what was saved takes them over, as a folder may have been renamed */
  constructor(private readonly classes: readonly string[]) {}

  /** @param validation mean recall of the classes on the validation set, where there is one */
  add(score: Score, validation?: number): void {
    const before = this.scores;
    const best = !before || score.confusion.accuracy > before.best.confusion.accuracy ? score : before.best;
    const isSelected = validation !== undefined && validation > this.validation + TIE;
    if (isSelected) this.validation = validation;
    const selected = isSelected ? score : before?.selected;
    this.scores = { last: score, best, ...(selected && { selected }) };
  }

  /** @throws Error before the first score */
  read(): Scores {
    if (!this.scores) throw new Error("No epoch was evaluated yet");
    return this.scores;
  }

  save(): unknown {
    const stored = ({ epoch, confusion }: Score): StoredScore => ({ epoch, confusion: confusion.sparse() });
    return {
      scores: this.scores && each(this.scores, stored),
      validation: this.validation === -Infinity ? null : this.validation,
    };
  }

  restore(saved: unknown): void {
    const { scores, validation } = saved as { scores?: Which<StoredScore>; validation: number | null };
    const revived = ({ epoch, confusion }: StoredScore): Score => {
      return { epoch, confusion: new ConfusionMatrix({ ...confusion, classes: this.classes }) };
    };
    this.scores = scores && each(scores, revived);
    this.validation = validation ?? -Infinity;
  }
}

/** As JSON has it: without zeros, which were all there once. */
interface StoredScore {
  readonly epoch: number;
  readonly confusion: SparseCounts | ConfusionCounts;
}

interface Which<T> {
  readonly last: T;
  readonly best: T;
  readonly selected?: T;
}

function each<From, To>({ last, best, selected }: Which<From>, to: (score: From) => To): Which<To> {
  return { last: to(last), best: to(best), ...(selected && { selected: to(selected) }) };
}
