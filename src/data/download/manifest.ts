import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suggestion } from "../../nearest.js";
import { check, numberWhere, optional, text, type Rule } from "../../options.js";

/** What is published of a file's content; what is not known is not checked. */
export interface Published {
  readonly bytes?: number;
  /** In hexadecimal, lower case, as the other one. Checked where there is no SHA-256. */
  readonly md5?: string;
  readonly sha256?: string;
}

/** A file that an archive holds and that is unpacked. */
export interface ArchiveEntry extends Published {
  /** Path in the archive, and below the set's folder: "cifar-10-batches-bin/test_batch.bin". */
  readonly path: string;
}

/** A file of a data set, as its authors offer it. */
export interface DatasetFile extends Published {
  /** Its name in the set's folder. */
  readonly name: string;
  /** Where it is; without one it can only be put there by hand, or come from a mirror. */
  readonly url?: string;
  /** Further addresses, tried in order. */
  readonly mirrors?: readonly string[];
  /** What is unpacked of it (tar, gzip). Default: nothing, readers take the file itself. */
  readonly unpack?: readonly ArchiveEntry[];
}

/** A data set: what it is, on which terms, and its files. */
export interface Dataset {
  /** What commands and functions call it, and the name of its folder: "cifar10". */
  readonly name: string;
  readonly title: string;
  /** The authors' page. */
  readonly page: string;
  /** In a word or two. */
  readonly licence: string;
  /** The terms as the authors state them. */
  readonly terms: string;
  readonly citation: string;
  readonly note?: string;
  readonly files: readonly DatasetFile[];
}

const OWN = new URL(
  import.meta.url.endsWith(".ts") ? "../../../datasets/manifest.json" : "../../../../datasets/manifest.json",
  import.meta.url,
);

const matching = (range: string, pattern: RegExp): Rule => ({
  range,
  accepts: (value) => typeof value === "string" && pattern.test(value),
});
const url = matching("an address, http or https", /^https?:\/\/[^\s/]+\/\S*$/);
const list = (range: string): Rule => ({ range, accepts: (value) => Array.isArray(value) && value.length > 0 });
const published = {
  bytes: optional(numberWhere("a number of bytes", (value) => Number.isSafeInteger(value) && value >= 0)),
  md5: optional(matching("32 hexadecimal digits", /^[0-9a-f]{32}$/)),
  sha256: optional(matching("64 hexadecimal digits", /^[0-9a-f]{64}$/)),
};
// No part begins with a dot: "..", and the names of our own temporary files.
const PART = "[A-Za-z0-9_][A-Za-z0-9._-]*";
const name = matching("a file name of letters, digits, '.', '_', '-'", new RegExp(`^${PART}$`));
const path = matching("a relative path, parts separated by '/'", new RegExp(`^${PART}(/${PART})*$`));

/**
 * The data sets that are known, in the order of the manifest.
 * @param file another manifest than that of this package (`datasets/manifest.json`)
 * @throws Error if it cannot be read; RangeError that names the set, the property, what it may be and what it is
 */
export function manifest(file?: string): readonly Dataset[] {
  const from = file ?? fileURLToPath(OWN);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(from, "utf8"));
  } catch (cause) {
    throw new Error(`Cannot read the manifest ${from}: ${(cause as Error).message}`, { cause });
  }
  expectObject(from, json);
  check(from, json, {
    version: { range: "1", accepts: (value) => value === 1 },
    sets: { range: "an object of data sets", accepts: (value) => typeof value === "object" && value !== null },
  });
  return Object.entries(json["sets"] as object).map(([key, set]) => dataset(`${from}, ${key}`, key, set));
}

/** The data set of that name. @throws RangeError that suggests the nearest one */
export function datasetNamed(wanted: string, sets: readonly Dataset[] = manifest()): Dataset {
  const found = sets.find((set) => set.name === wanted);
  if (found) return found;
  throw new RangeError(
    `There is no data set "${wanted}". ${suggestion(
      wanted,
      sets.map((set) => set.name),
    )}`,
  );
}

function dataset(where: string, key: string, value: unknown): Dataset {
  if (!name.accepts(key)) throw new RangeError(`${where}: the name of a set must be ${name.range}`);
  expectObject(where, value);
  const rules = { title: text, page: url, licence: text, terms: text, citation: text, note: optional(text) };
  check(where, value, { ...rules, files: list("a list of one or more files") });
  const set = { name: key, ...value } as unknown as Dataset;
  for (const file of set.files) {
    const at = `${where}, ${String((file as Partial<DatasetFile>)?.name)}`;
    expectObject(at, file);
    check(at, file, {
      name,
      ...published,
      url: optional(url),
      mirrors: optional({ ...list("a list of addresses"), accepts: (all) => listed(all, url) }),
      unpack: optional(list("a list of one or more entries")),
    });
    for (const entry of file.unpack ?? []) {
      expectObject(at, entry);
      check(`${at}, ${String(entry.path)}`, entry, { path, ...published });
    }
  }
  const paths = set.files.flatMap((file) => [file.name, ...(file.unpack ?? []).map((entry) => entry.path)]);
  const twice = paths.find((one, i) => paths.indexOf(one) !== i);
  if (twice !== undefined) throw new RangeError(`${where}: two files are called ${twice}; their names must differ`);
  return set;
}

function listed(values: unknown, rule: Rule): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((value) => rule.accepts(value));
}

function expectObject(where: string, value: unknown): asserts value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RangeError(`${where}: expected an object, found ${JSON.stringify(value)}`);
}
