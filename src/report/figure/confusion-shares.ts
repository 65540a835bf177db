import { sum } from "../../eval/confusion-counts.js";
import type { ConfusionCounts } from "../../eval/confusion-counts.js";

/** One row a true class, one column a predicted one; null where a class has no images. */
export type Shares = readonly (readonly (number | null)[])[];

/** Rows divided by their sums, classes in the given order. */
export function sharesOf({ counts }: ConfusionCounts, order: readonly number[]): Shares {
  return order.map((i) => {
    const total = sum(counts[i]!);
    return order.map((j) => (total === 0 ? null : counts[i]![j]! / total));
  });
}

/** What second has more than first, in points (hundredths). */
export function pointsBetween(first: Shares, second: Shares): Shares {
  return first.map((row, i) =>
    row.map((share, j) => {
      const other = second[i]![j]!;
      return share === null || other === null ? null : 100 * (other - share);
    }),
  );
}

/** "76.7 % right", of all images. */
export function accuracy({ counts }: ConfusionCounts): string {
  const right = sum(counts.map((row, c) => row[c]!));
  return `${((100 * right) / sum(counts.map(sum))).toFixed(1)} % right`;
}
