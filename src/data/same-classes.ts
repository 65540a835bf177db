/**
 * Labels are places in a list of names: they mean the same in two sets only where the lists are the same.
 * @param where whose classes were found: "data.test"
 * @throws RangeError for another number of classes, or the first name that differs
 */
export function requireSameClasses(where: string, expected: readonly string[], found: readonly string[]): void {
  const how = "Examples.relabel gives labels and names that match";
  if (found.length !== expected.length)
    throw new RangeError(`${where}: expected ${expected.length} classes, found ${found.length}; ${how}`);
  const at = expected.findIndex((name, i) => found[i] !== name);
  if (at >= 0)
    throw new RangeError(`${where}: expected class ${at} to be "${expected[at]}", found "${found[at]}"; ${how}`);
}
