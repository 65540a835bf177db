import { check, type Rule } from "../../options.js";
import { shownSet, type ImageSet } from "../image-set.js";
import { folderImages } from "./folder-images.js";
import { isSide, type ImageFolderOptions } from "./image-folder.js";
import { MOST_PIXELS } from "./picture.js";

const files: Rule = {
  range: "an array of one or more paths",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((path) => typeof path === "string" && path !== ""),
};
const size: Rule = {
  range: "[height, width], whole numbers from 1 to 4096",
  accepts: (v) => Array.isArray(v) && v.length === 2 && v.every(isSide),
};

/**
 * Some image files, brought to one size as `readImageFolder` does, in the order given: to classify a few of them.
 * @returns [files, height, width, 3], all of one class, which says nothing
 * @throws FileError for the first that cannot be read; RangeError for no file, or a size out of range
 */
export function readImageFiles(
  paths: readonly string[],
  options: { readonly size: Exclude<ImageFolderOptions["size"], number> },
): ImageSet {
  check("readImageFiles", { files: paths, ...options }, { files, size });
  const [height, width] = options.size;
  const bytes = new Uint8Array(paths.length * height * width * 3);
  const read = folderImages({
    ...{ folder: "", files: paths, size: [height, width], fit: "cover", maxPixels: MOST_PIXELS, pixels: bytes },
  });
  paths.forEach((_, i) => read(i));
  const labels = new Uint16Array(paths.length);
  return shownSet({
    name: "image files",
    bytes,
    shape: [paths.length, height, width, 3],
    labels,
    classes: ["unlabeled"],
  });
}
