import { UsageError, type Command } from "./command.js";
import { namedFiles } from "./named-files.js";

export const classifyCommand: Command = {
  help: `Usage: longtail classify FILE PICTURES...

Says what pictures show: the likeliest class of each, and its probability, as far as the network in the file can tell. The file
is one that "longtail train" leaves in the folder of its run (network.classifier), or that fit.classifier.save wrote. Pictures are
JPEG or PNG, of any size.

Examples:
  longtail classify runs/birds/network.classifier photo.jpg
  longtail classify birds.classifier new/*.jpg`,
  options: {},
  positionals: true,
  async run(_values, [file, ...paths]) {
    if (file === undefined)
      throw new UsageError("Expected the FILE of a network and one or more PICTURES, found nothing");
    if (paths.length === 0) throw new UsageError(`Expected one or more PICTURES after ${file}, found none`);
    const pictures = namedFiles("pictures", paths);
    // Not before it is wanted, so that help and mistakes come at once.
    const [{ loadClassifier }, { table }] = await Promise.all([
      import("../train/classifier.js"),
      import("../report/table.js"),
    ]);
    const classifier = await loadClassifier(file);
    const found = await classifier.classify(pictures);
    console.log(String(table(found, { columns: ["file", "class", "probability"] })));
    classifier.dispose();
    return 0;
  },
};
