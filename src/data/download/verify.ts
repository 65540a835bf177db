import { stat } from "node:fs/promises";
import { join } from "node:path";
import { abortSignal, check, optional, text } from "../../options.js";
import { readChecksums } from "./checksums.js";
import { datasetsFolder } from "./datasets-folder.js";
import { datasetNamed, manifest, type ArchiveEntry, type Dataset, type Published } from "./manifest.js";
import { compared, difference, digestOf, type Digested } from "./transfer/digest.js";

/** How a file of a set stands. */
export interface FileReport {
  /** Path below the set's folder. */
  readonly path: string;
  readonly state: "right" | "wrong" | "missing";
  /** What of it is known and was compared, such as "size" and "SHA-256"; nothing if nothing is known of it. */
  readonly compared: readonly string[];
  /** In what it is wrong. */
  readonly expected?: string;
  readonly found?: string;
  /** What it turned out to be, if it is there. */
  readonly digested?: Digested;
}

/** How a set stands. */
export interface SetReport {
  readonly name: string;
  readonly folder: string;
  /** Whether everything that readers need is there and right: the files, or what was unpacked of them. */
  readonly right: boolean;
  readonly files: readonly FileReport[];
}

/** Options of `verify`. */
export interface VerifyOptions {
  /** Folder of the data sets. Default: `datasetsFolder()`. */
  readonly folder?: string;
  /** File of another manifest. Default: this package's own. */
  readonly manifest?: string;
  readonly signal?: AbortSignal;
}

/**
 * Holds the files of a data set that are here against what is published of them, and, where nothing is, against what they
 * were when first seen (`SHA256SUMS` in the set's folder). Reads every byte.
 * @throws RangeError for an unknown name or option; the signal's reason
 */
export async function verify(name: string, options: VerifyOptions = {}): Promise<SetReport> {
  check("verify", options, { folder: optional(text), manifest: optional(text), signal: optional(abortSignal) });
  const set = datasetNamed(name, manifest(options.manifest));
  return verifySet(set, join(options.folder ?? datasetsFolder(), set.name), options.signal);
}

/** The same of a set whose folder is known. */
export async function verifySet(set: Dataset, folder: string, signal?: AbortSignal): Promise<SetReport> {
  const seen = await readChecksums(folder);
  const files: FileReport[] = [];
  let right = true;
  for (const file of set.files) {
    const whole = await verifyFile(folder, file.name, file, seen.get(file.name), signal);
    const entries: FileReport[] = [];
    for (const entry of file.unpack ?? [])
      entries.push(await verifyFile(folder, entry.path, entry, seen.get(entry.path), signal));
    files.push(whole, ...entries);
    const unpacked = entries.every(({ state }) => state === "right");
    right &&= whole.state === "right" ? unpacked : whole.state === "missing" && entries.length > 0 && unpacked;
  }
  return { name: set.name, folder, right, files };
}

/** One file: is it there, and what it should be? */
export async function verifyFile(
  folder: string,
  path: ArchiveEntry["path"],
  published: Published,
  seen: string | undefined,
  signal?: AbortSignal,
): Promise<FileReport> {
  const at = join(folder, path);
  const there = await stat(at).catch(() => undefined);
  const isPublished = published.sha256 !== undefined || published.md5 !== undefined;
  const expected = isPublished || seen === undefined ? published : { ...published, sha256: seen };
  const names = compared(expected).map((name) =>
    expected === published || name === "size" ? name : `${name} when first seen`,
  );
  if (there === undefined) return { path, state: "missing", compared: names };
  if (!there.isFile())
    return { path, state: "wrong", compared: names, expected: "a file", found: "another thing of that name" };
  if (published.bytes !== undefined && there.size !== published.bytes)
    return { path, state: "wrong", compared: names, expected: `${published.bytes} bytes`, found: `${there.size}` };
  const digested = await digestOf(at, expected, signal);
  const wrong = difference(expected, digested);
  return { path, state: wrong ? "wrong" : "right", compared: names, ...wrong, digested };
}
