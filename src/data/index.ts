/** Images: readers of data sets, downloads, batches, and a set that is drawn on the spot. */
export { checkImageSet, imageAt } from "./image-set.js";
export type { ImageSet } from "./image-set.js";
export { FileError } from "./file-error.js";
export { Examples } from "./examples.js";
export { CIFAR_NORMALIZATION, normalizationOf, SVHN_NORMALIZATION } from "./normalization.js";
export type { Normalization } from "./normalization.js";
export { batches } from "./batches.js";
export type { Augmentation, Batch, BatchesOptions } from "./batches.js";
export { stickers } from "./stickers.js";
export type { StickersOptions } from "./stickers.js";
export { datasetsFolder } from "./datasets-folder.js";
export { manifest } from "./manifest.js";
export type { ArchiveEntry, Dataset, DatasetFile } from "./manifest.js";
export { get } from "./get.js";
export type { GetOptions, GetProgress } from "./get.js";
export { verify } from "./verify.js";
export type { FileReport, SetReport, VerifyOptions } from "./verify.js";
