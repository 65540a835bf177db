import { join } from "node:path";
import { datasetsFolder } from "../data/download/datasets-folder.js";
import { get } from "../data/download/get.js";
import { datasetNamed, manifest, type Dataset } from "../data/download/manifest.js";
import { presenceOf } from "../data/download/presence.js";
import { verify } from "../data/download/verify.js";
import { table } from "../report/table.js";
import { printable } from "../show/printable.js";
import { text, UsageError, type Command } from "./command.js";
import { complain } from "./complaint.js";
import { citationOf, describe } from "./data-report.js";
import { stopSignal } from "./stop.js";
import { TransferBars } from "./transfer-bars.js";

type Values = Parameters<Command["run"]>[0];

const WHERE = { folder: { type: "string" }, manifest: { type: "string" } } as const;
const WHERE_HELP = `      --folder DIR      folder of the data sets (default: LONGTAIL_DATASETS, else longtail/datasets in the cache)
      --manifest FILE   another list of data sets than this package's own`;

function where(values: Values): { folder: string; manifest?: string } {
  const file = text(values, "manifest");
  return { folder: text(values, "folder") ?? datasetsFolder(), ...(file !== undefined && { manifest: file }) };
}

/** The sets of these names. @throws UsageError for a name that is unknown, or none at all */
function named(names: readonly string[], sets: readonly Dataset[]): Dataset[] {
  if (names.length === 0) throw new UsageError("Expected one or more names of data sets, found none");
  try {
    return [...new Set(names)].map((name) => datasetNamed(name, sets));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export const listCommand: Command = {
  help: `Usage: longtail data list [options]

Lists the data sets that are known: size of the download, whether they are here (by name and size of their files; "data
verify" looks into them), and licence.

Options:
      --json            everything that is known of them, as JSON
      --cite            citations and terms
${WHERE_HELP}

Examples:
  longtail data list
  longtail data list --cite`,
  options: { json: { type: "boolean" }, cite: { type: "boolean" }, ...WHERE },
  async run(values) {
    const { folder, manifest: file } = where(values);
    const rows = await Promise.all(
      manifest(file).map(async (set) => {
        const sizes = set.files.map(({ bytes }) => bytes);
        const bytes = sizes.includes(undefined) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
        return { ...set, bytes, state: await presenceOf(set, join(folder, set.name)), folder: join(folder, set.name) };
      }),
    );
    if (values["json"] === true) console.log(JSON.stringify(rows, undefined, 2));
    else if (values["cite"] === true) console.log(rows.map(citationOf).join("\n\n"));
    else {
      const size = { key: "bytes", head: "MB", format: (bytes: unknown) => megabytes(bytes as number | null) };
      console.log(String(table(rows, { columns: ["name", "title", size, "state", "licence"] })));
      console.log(`\nFolder: ${folder}`);
    }
    return 0;
  },
};

export const getCommand: Command = {
  help: `Usage: longtail data get NAMES... [options]

Downloads data sets, verifies them by size and digest, and unpacks them. What is here already is verified and kept. A
download that was broken off goes on where it was. Exit code 1 if one fails, 130 if stopped by Ctrl-C.

Options:
      --mirror WHERE    a folder, or the address of one, to get the files from instead (default: LONGTAIL_MIRROR)
      --force           get files again that are here
${WHERE_HELP}

A proxy (HTTPS_PROXY) is used from Node 24.5 on, with NODE_USE_ENV_PROXY=1.

Examples:
  longtail data get cifar10 svhn
  longtail data get mnist --mirror /mnt/datasets --folder data`,
  options: { mirror: { type: "string" }, force: { type: "boolean" }, ...WHERE },
  positionals: true,
  async run(values, names) {
    const options = where(values);
    const sets = named(names, manifest(options.manifest));
    const mirror = text(values, "mirror");
    const bars = new TransferBars();
    const { signal, release } = stopSignal();
    let failed = false;
    for (const set of sets) {
      if (signal.aborted) break;
      try {
        const report = await get(set.name, {
          ...options,
          ...(mirror !== undefined && { mirror }),
          force: values["force"] === true,
          signal,
          onProgress: (at) => bars.update(at),
          onNote(note) {
            bars.stop();
            console.error(printable(note));
          },
        });
        bars.stop();
        console.log(`${describe(report)}\n${citationOf(set)}`);
      } catch (error) {
        bars.stop();
        if (signal.aborted) break;
        failed = true;
        complain(error);
      }
    }
    release();
    if (signal.aborted) return 130;
    return failed ? 1 : 0;
  },
};

export const verifyCommand: Command = {
  help: `Usage: longtail data verify NAMES... [options]

Holds what is here of data sets against the published sizes and digests; where none is published, against what the file
was when first seen (SHA256SUMS in the set's folder). Exit code 1 if something is wrong or missing.

Options:
      --all             all sets of which something is here
${WHERE_HELP}

Examples:
  longtail data verify cifar10
  longtail data verify --all`,
  options: { all: { type: "boolean" }, ...WHERE },
  positionals: true,
  async run(values, names) {
    const options = where(values);
    const known = manifest(options.manifest);
    const sets = values["all"] === true ? await present(known, options.folder) : named(names, known);
    const { signal, release } = stopSignal();
    let failed = false;
    try {
      for (const set of sets) {
        const report = await verify(set.name, { ...options, signal });
        failed ||= !report.right;
        console.log(describe(report));
      }
      if (sets.length === 0) console.log(`Nothing of any data set is in ${options.folder}`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      release();
    }
    if (signal.aborted) return 130;
    return failed ? 1 : 0;
  },
};

async function present(sets: readonly Dataset[], folder: string): Promise<Dataset[]> {
  const states = await Promise.all(sets.map((set) => presenceOf(set, join(folder, set.name))));
  return sets.filter((_, i) => states[i] !== "missing");
}

function megabytes(bytes: number | null): string {
  return bytes === null ? "–" : (bytes / 1e6).toFixed(1);
}
