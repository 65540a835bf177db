import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CifarLayout, CifarSplit } from "./cifar-layout.js";
import { FileError } from "../file-error.js";
import { readWhole } from "./open-file.js";
import { PickledImages } from "./pickled-images.js";

export interface CifarFiles {
  readonly format: "binary" | "Python";
  readonly paths: readonly string[];
  /** File of the classes' names, if there is one. */
  readonly names: string | undefined;
}

/** Which files of a folder are to be read. */
export async function locate(folder: string, layout: CifarLayout, split: CifarSplit): Promise<CifarFiles> {
  const there = new Set(
    await readdir(folder).catch((cause: Error) => {
      const found = `"${cause.message}"`;
      throw new FileError({ file: folder, offset: 0, expected: "a folder", found }, { cause });
    }),
  );
  const files = layout.files[split];
  const binary = files.map((name) => [`${name}.bin`, `${name}.bin.gz`].find((file) => there.has(file)));
  const isBinary = binary.some((file) => file !== undefined);
  const chosen = isBinary ? binary : files.map((name) => (there.has(name) ? name : undefined));
  const missing = files.filter((_, i) => chosen[i] === undefined);
  if (missing.length > 0) {
    const wanted = isBinary
      ? `${missing.join(", ")}, each as .bin or .bin.gz`
      : `${files.join(", ")}, each as .bin or .bin.gz (binary version) or without ending (Python version)`;
    const advice = `Is it the folder of ${layout.title}'s files?`;
    throw new FileError({ file: folder, offset: 0, expected: wanted, found: "not all of them", advice });
  }
  const names = isBinary ? layout.textNames : layout.pickledNames.file;
  return {
    format: isBinary ? "binary" : "Python",
    paths: chosen.map((name) => join(folder, name!)),
    names: there.has(names) ? join(folder, names) : undefined,
  };
}

/** Names of the classes: those of the folder's own file, where it has one. */
export async function readNames({ names: file, format }: CifarFiles, layout: CifarLayout): Promise<readonly string[]> {
  if (file === undefined) return layout.classes;
  const bytes = await readWhole(file);
  const names = format === "binary" ? lines(bytes) : new PickledImages(bytes, file).texts(layout.pickledNames.key);
  const [expected, found] = [`${layout.classes.length} names of classes`, String(names.length)];
  if (names.length !== layout.classes.length) throw new FileError({ file, offset: 0, expected, found });
  return names;
}

/** Lines that hold something. */
function lines(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.split(/\s*\n\s*/).filter((line) => line !== "");
}
