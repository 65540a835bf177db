/** Significant digits of numbers along either axis. */
export interface Digits {
  readonly x: number;
  readonly y: number;
}

/** More a double does not hold. */
const MOST = 17;

/**
 * Significant digits that the numbers on an axis keep, so that notebooks stay small: `least`, and as many more as it takes that
 * none moves by more than a thousandth of what the axis shows. Steps 123,456 to 123,460 need all six of theirs.
 * @param range what the axis shows; default the values from the smallest to the largest
 */
export function digitsOn(values: readonly (number | null)[], least: number, range?: readonly number[]): number {
  const shown = (range ?? values).filter((value): value is number => value !== null && Number.isFinite(value));
  const [low, high] = [
    shown.reduce((a, b) => Math.min(a, b), Infinity),
    shown.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (!(high > low)) return least;
  const lastDigit = 10 ** (Math.floor(Math.log10(largest)) - least + 1);
  const missing = Math.ceil(Math.log10((500 * lastDigit) / (high - low)));
  return Math.min(MOST, least + Math.max(0, missing));
}
