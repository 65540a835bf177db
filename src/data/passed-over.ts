import { basename, extname } from "node:path";

/** What lies in the folder of one class, or beside the classes. */
export interface Found {
  /** "of cats", "in no class" */
  readonly where: string;
  /** How many images. */
  readonly images: number;
  /** Paths of other files. */
  readonly others: readonly string[];
}

/** What often lies beside pictures and is none: notes, labels, and what file managers leave. */
const NOTES = /\.(txt|md|json|xml|csv|ya?ml|html?|ini|db)$/i;

/** Warns, once for all, of files that may be pictures in other formats: of a class, they may be the most. */
export function warnOfPassedOver(path: string, all: readonly { readonly found: readonly Found[] }[]): void {
  const found = all.flatMap((one) => one.found);
  const parts = found.flatMap(({ where, images, others }) => {
    const files = others.filter((file) => !basename(file).startsWith(".") && !NOTES.test(file));
    if (files.length === 0) return [];
    const kinds = [...new Set(files.map((file) => extname(file).toLowerCase() || "no extension"))].sort();
    return [`${kinds.join(", ")}: ${files.length} of ${images + files.length} files ${where}`];
  });
  if (parts.length === 0) return;
  process.emitWarning(
    `${path}: files that are not named .jpg, .jpeg or .png are passed over. ${parts.join("; ")}. Convert pictures among them ` +
      `to JPEG or PNG`,
    "DataWarning",
  );
}

/**
 * What lies in each folder of a folder of classes.
 * @param below what stands before the names of classes: "train/"
 */
export function foundByClass(images: readonly string[], others: readonly string[], below: string): Found[] {
  const [read, left] = [byFolder(images), byFolder(others)];
  return Array.from(left, ([name, files]) => {
    if (name === "") return { where: "in no class", images: 0, others: files };
    return { where: `of ${below}${name}`, images: read.get(name)?.length ?? 0, others: files };
  });
}

/** Files by the first folder of their paths; "" for those in none. */
function byFolder(files: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const name = file.slice(0, Math.max(0, file.indexOf("/")));
    const own = folders.get(name);
    if (own) own.push(file);
    else folders.set(name, [file]);
  }
  return folders;
}
