/**
 * Refuses misspelt options, which would otherwise be ignored without a word.
 *
 * @throws RangeError that names the function, the unknown option and the known ones.
 */
export function refuseUnknown(caller: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new RangeError(`${caller}: there is no option "${name}"; the options are ${known.join(", ")}`);
    }
  }
}
