import { check, numberWhere, optional, type Rule } from "../options.js";

/** Classes by how many training images they have; class indices, ascending. */
export interface Groups {
  readonly many: readonly number[];
  readonly medium: readonly number[];
  readonly few: readonly number[];
}

const countsRule: Rule = {
  range: "an array of finite numbers >= 0, the images of each class",
  accepts: (v) => Array.isArray(v) && v.every((n) => Number.isFinite(n) && n >= 0),
};

/**
 * Many-shot, medium-shot and few-shot classes (Liu et al. 2019, "Large-Scale Long-Tailed Recognition in an Open World").
 * @param counts training images of each class, in label order
 * @param options `many`: classes with more images than this are many-shot (default 100); `few`: classes with fewer
 *   images than this are few-shot (default 20); what lies between is medium-shot
 * @throws RangeError if few > many + 1, where a class would be both, for another parameter out of range, or counts that are none
 */
export function groups(
  counts: readonly number[],
  options: { readonly many?: number; readonly few?: number } = {},
): Groups {
  const rule = optional(numberWhere("a finite number >= 0", (v) => v >= 0));
  check("groups", { counts }, { counts: countsRule });
  check("groups", options, { many: rule, few: rule });
  const { many = 100, few = 20 } = options;
  if (few > many + 1) throw new RangeError(`groups: few must not be above many + 1 (got few ${few}, many ${many})`);
  const classes = counts.map((_, c) => c);
  return {
    many: classes.filter((c) => counts[c]! > many),
    medium: classes.filter((c) => counts[c]! <= many && counts[c]! >= few),
    few: classes.filter((c) => counts[c]! < few),
  };
}

/**
 * rho of a set as it is: images of its largest class / images of its smallest; Infinity if a class is empty.
 * @throws RangeError where there is no class, or no image, or for counts that are none
 */
export function imbalanceRatio(counts: readonly number[]): number {
  check("imbalanceRatio", { counts }, { counts: countsRule });
  if (!counts.some((count) => count > 0))
    throw new RangeError(
      `imbalanceRatio: expected the images of each class, found ${counts.length} classes without any`,
    );
  return Math.max(...counts) / Math.min(...counts);
}
