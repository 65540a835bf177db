/** The two methods of Table 1, as `train.fit` is told of them. */
export const METHODS = { CE: {}, "LDAM-DRW": { loss: "ldam", rebalance: "drw" } };

/** Names on a command line: "CE,LDAM-DRW". @throws RangeError for another */
export function methodsNamed(text) {
  const names = text.split(",");
  const unknown = names.find((name) => !Object.hasOwn(METHODS, name));
  if (unknown === undefined) return names;
  throw new RangeError(`Methods: expected ${Object.keys(METHODS).join(", ")}, found "${unknown}"`);
}
