import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset, Published } from "./manifest.js";

/** How much of a set is here: all that readers need, something of it, or nothing. */
export type Presence = "here" | "partly" | "missing";

/** A look at names and sizes, which takes no time; `verify` looks into the files. */
export async function presenceOf(set: Dataset, folder: string): Promise<Presence> {
  const size = (path: string): Promise<number | undefined> =>
    stat(join(folder, path)).then(
      (file) => (file.isFile() ? file.size : undefined),
      () => undefined,
    );
  let [all, some] = [true, false];
  for (const file of set.files) {
    const fits = async (path: string, { bytes }: Published): Promise<boolean> => {
      const found = await size(path);
      some ||= found !== undefined;
      return found !== undefined && (bytes === undefined || bytes === found);
    };
    const whole = await fits(file.name, file);
    some ||= (await size(`${file.name}.part`)) !== undefined;
    let entries = true;
    for (const entry of file.unpack ?? []) entries = (await fits(entry.path, entry)) && entries;
    all &&= file.unpack ? entries : whole;
  }
  return all ? "here" : some ? "partly" : "missing";
}
