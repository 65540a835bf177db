/** What no file system of today's has in a name, or Windows has not; on every system, since folders are moved. */
const FORBIDDEN = /[/\\:*?"<>|\p{Cc}]/u;
/** Windows drops these. */
const DROPPED_AT_END = /[. ]$/;
/** Windows' names of devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Each class becomes a folder of its own on any system, and keeps its name there. macOS and Windows take names for one that
 * differ in case only, or in how Unicode composes their letters: the pictures of one class would replace those of the other.
 * @param where what was asked to write them: "saveFolder"
 * @throws RangeError for the first name that cannot be a folder, or two that would be one
 */
export function requireFolderNames(where: string, classes: readonly string[]): void {
  const wrong = classes.find((name) => fault(name) !== undefined);
  if (wrong !== undefined)
    throw new RangeError(
      `${where}: expected classes whose names a folder can have, found ${JSON.stringify(wrong)}: ${fault(wrong)}. ${ADVICE}`,
    );
  const first = new Map<string, string>();
  for (const name of classes) {
    const same = name.normalize("NFC").toLowerCase();
    const before = first.get(same);
    if (before !== undefined)
      throw new RangeError(
        `${where}: expected classes whose names differ in more than case, found ${JSON.stringify(before)} and ` +
          `${JSON.stringify(name)}, which are one folder on macOS and Windows. ${ADVICE}`,
      );
    first.set(same, name);
  }
}

const ADVICE = "Examples.relabel gives the classes other names";

function fault(name: string): string | undefined {
  if (name === "") return "it is empty";
  const character = FORBIDDEN.exec(name)?.[0];
  if (character !== undefined) return `no folder's name has ${JSON.stringify(character)} on every system`;
  if (DROPPED_AT_END.test(name)) return "Windows drops a dot or a space at the end";
  if (DEVICE.test(name)) return "Windows keeps it for a device";
  return undefined;
}
