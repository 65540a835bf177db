/** Images: readers of data sets, downloads, batches, and a set that is drawn on the spot. */
export { checkImageSet, imageAt } from "./image-set.js";
export type { ImageSet } from "./image-set.js";
export { FileError } from "./file-error.js";
export { readJpg32 } from "./jpg32.js";
export type { Jpg32Options } from "./jpg32.js";
export { readImageFolder } from "./image-folder.js";
export type { ImageFolder, ImageFolderOptions } from "./image-folder.js";
export { encodePng } from "./png.js";
export type { Bitmap } from "./png.js";
