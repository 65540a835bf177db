/** Points in the plane that were projected together: train, then test, then unlabeled ones, in one array. */
export interface EmbeddingMap {
  /** "without D_U". */
  readonly name: string;
  /** x and y of each point, [points, 2], as `evaluation.tsne` gives them. */
  readonly positions: ArrayLike<number>;
  /** Classes of the first points, 0 to classes - 1. */
  readonly train: ArrayLike<number>;
  /** Classes of the points after them. */
  readonly test: ArrayLike<number>;
  /** How many points without a label follow. Default 0. */
  readonly unlabeled?: number;
}

/** A step of a rounded coordinate is at most this part of the map: less than a pixel. */
const FINENESS = 1 / 600;

/** Decimals that no eye misses are left away: a map of thousands of points stays small. */
export function rounding(positions: ArrayLike<number>): (value: number) => number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++)
    [low, high] = [Math.min(low, positions[i]!), Math.max(high, positions[i]!)];
  const decimals = high > low ? Math.ceil(-Math.log10((high - low) * FINENESS)) : 0;
  const scale = 10 ** Math.min(20, Math.max(0, decimals));
  return (value) => Math.round(value * scale) / scale;
}

/** @throws RangeError for positions and labels that do not match, or a label that is no class */
export function refuseMap({ name, positions, train, test, unlabeled = 0 }: EmbeddingMap, classes: number): void {
  const caller = `embedding: map "${name}"`;
  const count = train.length + test.length + unlabeled;
  if (count === 0) throw new RangeError(`${caller}: expected one or more points, found none`);
  if (positions.length !== 2 * count) {
    throw new RangeError(
      `${caller}: expected x and y of ${train.length} train, ${test.length} test and ${unlabeled} unlabeled points, ` +
        `found ${positions.length} numbers`,
    );
  }
  const wild = Array.from(positions).findIndex((value) => !Number.isFinite(value));
  if (wild >= 0) throw new RangeError(`${caller}: expected finite positions, found ${positions[wild]} at ${wild}`);
  for (const [set, labels] of Object.entries({ train, test })) {
    const wrong = Array.from(labels).find((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
    if (wrong !== undefined) {
      throw new RangeError(`${caller}: expected ${set} to hold classes 0 to ${classes - 1}, found ${wrong}`);
    }
  }
}
