import type { Classified, Classifier } from "../train/classifier.js";
import { text, UsageError, type Command } from "./command.js";
import { complain } from "./complaint.js";
import { namedFiles } from "./named-files.js";

const FORMATS = ["text", "csv", "json"] as const;

export const classifyCommand: Command = {
  help: `Usage: longtail classify FILE PICTURES...

Says what pictures show: the likeliest class of each, and its probability, as far as the network in the file can tell. The file
is one that "longtail train" leaves in the folder of its run (network.classifier), or that fit.classifier.save wrote. Pictures are
JPEG or PNG, of any size. Of those that cannot be read it says why, goes on, and exits with 1.

Options:
      --format FORMAT   text, csv or json, which have the probabilities of all classes too (default: text)

Examples:
  longtail classify runs/birds/network.classifier photo.jpg
  longtail classify birds.classifier new/*.jpg --format csv > birds.csv`,
  options: { format: { type: "string" } },
  positionals: true,
  async run(values, [file, ...paths]) {
    const format = text(values, "format") ?? "text";
    if (!FORMATS.some((one) => one === format))
      throw new UsageError(`--format: expected ${FORMATS.join(", ")}, found "${format}"`);
    if (file === undefined)
      throw new UsageError("Expected the FILE of a network and one or more PICTURES, found nothing");
    if (paths.length === 0) throw new UsageError(`Expected one or more PICTURES after ${file}, found none`);
    const pictures = namedFiles("pictures", paths);
    // Not before it is wanted, so that help and mistakes come at once.
    const { loadClassifier } = await import("../train/classifier.js");
    const classifier = await loadClassifier(file);
    const found = await readable(classifier, pictures);
    if (found.length > 0) process.stdout.write(await written(found, classifier.about.classes, format));
    classifier.dispose();
    return found.length === pictures.length ? 0 : 1;
  },
};

/** Of those pictures that can be read; of the others it prints why not. */
async function readable(classifier: Classifier, pictures: readonly string[]): Promise<Classified[]> {
  const [{ FileError }, { AT_A_TIME }] = await Promise.all([
    import("../data/file-error.js"),
    import("../train/classifier.js"),
  ]);
  const found: Classified[] = [];
  for (let at = 0; at < pictures.length; at += AT_A_TIME) {
    let some = pictures.slice(at, at + AT_A_TIME);
    // Where one cannot be read, the others are looked at again.
    while (some.length > 0)
      try {
        found.push(...(await classifier.classify(some)));
        break;
      } catch (error) {
        if (!(error instanceof FileError && some.includes(error.file))) throw error;
        complain(error);
        some = some.filter((path) => path !== error.file);
      }
  }
  return found;
}

async function written(found: readonly Classified[], classes: readonly string[], format: string): Promise<string> {
  if (format === "json")
    return `${JSON.stringify(
      found.map(({ probabilities, ...one }) => ({
        ...one,
        probabilities: Object.fromEntries(classes.map((name, c) => [name, probabilities[c]])),
      })),
      undefined,
      2,
    )}\n`;
  const { table } = await import("../report/table.js");
  const [file, likeliest, probability] = [{ key: "file" }, { key: "class" }, { key: "probability" }] as const;
  if (format === "text") return `${String(table(found, { columns: [file, likeliest, probability] }))}\n`;
  const each = classes.map((head, c) => ({ key: `${c}`, head }));
  const rows = found.map(({ probabilities, ...one }) => ({ ...one, ...probabilities }));
  return table(rows, { columns: [file, likeliest, probability, ...each] }).csv();
}
