import { createHash } from "node:crypto";
import type { FiledExamples } from "./pictures.js";

/**
 * Warns of images that are measured with and, as files of their own, learned from: what is measured on them is too good. It
 * is the pixels that are compared, at the size that images were brought to.
 * @param measured by what they are: "test"
 */
export function warnOfCopies(
  path: string,
  learned: readonly FiledExamples[],
  measured: Readonly<Record<string, FiledExamples | undefined>>,
): void {
  const known = new Map<string, string>();
  for (const set of learned) digests(set).forEach((digest, i) => known.set(digest, set.files[i]!));
  const parts = Object.entries(measured).flatMap(([name, set]) => {
    if (!set) return [];
    const pairs = digests(set).flatMap((digest, i) => (known.has(digest) ? [[set.files[i], known.get(digest)]] : []));
    if (pairs.length === 0) return [];
    return [`${pairs.length} of ${set.files.length} ${name} images, the first ${pairs[0]!.join(", as ")}`];
  });
  if (parts.length === 0) return;
  process.emitWarning(
    `${path}: images that are learned from, or unlabeled, are measured with too, pixel for pixel: ${parts.join("; ")}. What is ` +
      `measured on them is too good. Remove copies, or keep all of a picture in one set (train/, test/)`,
    "DataWarning",
  );
}

function digests({ examples, files }: FiledExamples): string[] {
  return files.map((_, i) => createHash("sha256").update(examples.image(i)).digest("base64"));
}
