/** Images: readers of data sets, downloads, batches, and a set that is drawn on the spot. */
export { checkImageSet, imageAt } from "./image-set.js";
export type { ImageSet } from "./image-set.js";
export { FileError } from "./file-error.js";
