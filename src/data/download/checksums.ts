import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../../../kernel/atomic.js";

const NAME = "SHA256SUMS";

/**
 * The SHA-256 of each file of a set's folder when it was first seen, by its path there: what files without published
 * digests are held against later. Kept in the form that `sha256sum -c` reads.
 */
export async function readChecksums(folder: string): Promise<Map<string, string>> {
  const text = await readFile(join(folder, NAME), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return "";
    throw error;
  });
  const sums = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sum !== undefined && path !== undefined) sums.set(path, sum);
  }
  return sums;
}

export async function writeChecksums(folder: string, sums: ReadonlyMap<string, string>): Promise<void> {
  const lines = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, sum]) => `${sum}  ${path}\n`);
  await writeAtomic(join(folder, NAME), lines.join(""));
}
