import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytes, sha256 } from "./noise.js";

const fixtures = fileURLToPath(new URL("../../../fixtures/data/", import.meta.url));

/** An archive of three files, as Python's tarfile made it. */
export const ARCHIVE = readFileSync(join(fixtures, "ustar.tar.gz"));
export const ONE = bytes(700, 1);
export const TWO = bytes(1400, 2);
/** A file that is not unpacked. */
export const PLAIN = bytes(3_000_000, 11);

/** A manifest of data sets that are small enough for tests: `archived`, `plain`, `unknown` (no digests), `withdrawn`. */
export function writeManifest(path: string, server = "http://127.0.0.1:9"): string {
  const about = { page: "http://example.org/", licence: "MIT", terms: "As you like.", citation: "A. Author, 2020." };
  const known = (content: Uint8Array) => ({ bytes: content.length, sha256: sha256(content) });
  const sets = {
    archived: {
      title: "Archived",
      ...about,
      files: [
        {
          name: "ustar.tar.gz",
          url: `${server}/ustar.tar.gz`,
          ...known(ARCHIVE),
          unpack: [{ path: "set/one.bin", ...known(ONE) }, { path: "set/two.bin" }],
        },
      ],
    },
    plain: {
      title: "Plain",
      ...about,
      note: "Noise.",
      files: [{ name: "plain.bin", url: `${server}/plain.bin`, ...known(PLAIN) }],
    },
    unknown: { title: "Unknown", ...about, files: [{ name: "unknown.bin", url: `${server}/unknown.bin` }] },
    withdrawn: { title: "Withdrawn", ...about, note: "Withdrawn.", files: [{ name: "withdrawn.pickle" }] },
  };
  writeFileSync(path, JSON.stringify({ version: 1, sets }));
  return path;
}

/** A folder that has their files: `plain.bin` in a subfolder with the set's name, the others right there. */
export function writeMirror(folder: string): string {
  mkdirSync(join(folder, "plain"), { recursive: true });
  writeFileSync(join(folder, "plain", "plain.bin"), PLAIN);
  writeFileSync(join(folder, "ustar.tar.gz"), ARCHIVE);
  writeFileSync(join(folder, "unknown.bin"), bytes(5000, 3));
  return folder;
}
