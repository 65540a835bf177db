import { checkArray, type Rule } from "../options.js";

/**
 * @param what the name of the argument
 * @throws RangeError where it is no array, there are no labels, or one is not an integer from 0 to classes - 1
 */
export function checkLabels(caller: string, what: string, labels: ArrayLike<number>, classes: number): void {
  checkArray(caller, what, labels);
  if (labels.length === 0) throw new RangeError(`${caller}: expected ${what} of one or more images, found none`);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(
        `${caller}: expected ${what} from 0 to ${classes - 1} (there are ${classes} classes), found ${label} for image ${i}`,
      );
    }
  }
}

export const groupsRule: Rule = {
  range: "groups of classes { many, medium, few }, as tail.groups gives them",
  accepts: (v) => typeof v === "object" && v !== null && ["many", "medium", "few"].every((name) => name in v),
};

/** @throws RangeError for what is no array, classes that are no integers from 0 to `classes` - 1, or stand twice in a list */
export function checkClasses(caller: string, what: string, list: readonly number[], classes: number): void {
  checkArray(caller, what, list);
  const wrong = Array.from(list).find(
    (c, at) => !(Number.isInteger(c) && c >= 0 && c < classes) || list.indexOf(c) !== at,
  );
  if (wrong !== undefined) {
    throw new RangeError(
      `${caller}: expected ${what} to list classes from 0 to ${classes - 1}, each once, found ${wrong} in ${JSON.stringify(list)}`,
    );
  }
}
