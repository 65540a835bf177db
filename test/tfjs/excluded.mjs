/** Specs that are not run, by the start of their names, and why. */
export const excluded = {};

/** @returns why a spec is not run, if it is not */
export function reason(name) {
  const start = Object.keys(excluded).find((one) => name.startsWith(one));
  return start && excluded[start];
}
