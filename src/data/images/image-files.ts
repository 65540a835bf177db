import { check, withDefaults, type Rule } from "../../options.js";
import { shownSet, type ImageSet } from "../image-set.js";
import { folderImages } from "./folder-images.js";
import { POOL } from "./folder-listing.js";
import { isSide } from "./image-folder.js";
import { MOST_PIXELS } from "./picture.js";
import { PREPROCESSING, preprocessingRules, type Preprocessing } from "./preprocessing.js";

export interface ImageFilesOptions extends Partial<Preprocessing> {
  /** Of all images, 1 to 4096 each. */
  readonly size: readonly [height: number, width: number];
}

const files: Rule = {
  range: "an array of one or more paths",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((path) => typeof path === "string" && path !== ""),
};
const size: Rule = {
  range: "[height, width], whole numbers from 1 to 4096",
  accepts: (v) => Array.isArray(v) && v.length === 2 && v.every(isSide),
};

/**
 * Some image files, turned and brought to one size as `readImageFolder` does, in the order given: to classify a few of them.
 * @returns [files, height, width, 3], all of one class, which says nothing
 * @throws FileError for the first that cannot be read; RangeError for no file, or an option out of range
 */
export function readImageFiles(paths: readonly string[], options: ImageFilesOptions): ImageSet {
  requirePaths(paths);
  check("readImageFiles", options, { size, ...preprocessingRules });
  const preprocessing = withDefaults(PREPROCESSING, { fit: options.fit, orientation: options.orientation });
  const [height, width] = options.size;
  const bytes = new Uint8Array(paths.length * height * width * 3);
  const read = folderImages({
    ...{ folder: "", files: paths, size: [height, width], ...preprocessing, maxPixels: MOST_PIXELS, pixels: bytes },
  });
  paths.forEach((_, i) => read(i));
  const labels = new Uint16Array(paths.length);
  return shownSet({
    name: "image files",
    bytes,
    shape: [paths.length, height, width, 3],
    labels,
    classes: [POOL],
    preprocessing,
  });
}

/** @throws RangeError for what are not one or more paths */
export function requirePaths(paths: readonly string[]): void {
  check("readImageFiles", { files: paths }, { files });
}
