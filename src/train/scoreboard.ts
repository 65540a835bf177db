/** How well an epoch's network did on the test set. */
export interface Score {
  /** From 0. */
  readonly epoch: number;
  /** Share of test images that were classified rightly. */
  readonly accuracy: number;
  /** Test images of each true class (rows) by predicted class. */
  readonly confusion: readonly (readonly number[])[];
}

/** Three ways to say how well a run did; they answer different questions and are never mixed. */
export interface Scores {
  /** After the last epoch: what a user has in hand. */
  readonly last: Score;
  /** The best test accuracy of all epochs: what the paper's tables hold. It has seen the test set. */
  readonly best: Score;
  /** Where validation accuracy was best; undefined without a validation set. */
  readonly selected?: Score;
}

/** Keeps the three scores of a run. Plain data. */
export class Scoreboard {
  private scores: Scores | undefined;
  private validation = -Infinity;

  /** @param validation accuracy on the validation set, where there is one */
  add(score: Score, validation?: number): void {
    const before = this.scores;
    const best = !before || score.accuracy > before.best.accuracy ? score : before.best;
    const isSelected = validation !== undefined && validation > this.validation;
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
    return { scores: this.scores, validation: this.validation === -Infinity ? null : this.validation };
  }

  restore(saved: unknown): void {
    const { scores, validation } = saved as { scores?: Scores; validation: number | null };
    this.scores = scores;
    this.validation = validation ?? -Infinity;
  }
}
