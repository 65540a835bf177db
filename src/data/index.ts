/** Images: readers of data sets, downloads, batches, and a set that is drawn on the spot. */
export { checkImageSet, imageAt } from "./image-set.js";
export type { ImageSet } from "./image-set.js";
export { FileError } from "./file-error.js";
export { Examples } from "./examples.js";
export { CIFAR_NORMALIZATION, normalizationOf, SVHN_NORMALIZATION } from "./normalization.js";
export type { Normalization } from "./normalization.js";
export { batchCount, batches, LEAST_BATCH } from "./batches.js";
export type { Augmentation, Batch, BatchesOptions } from "./batches.js";
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  gaussianBlur,
  greyscale,
  horizontalFlip,
  imageNetAugmentation,
  mocoAugmentation,
  resizedCrop,
  simclrAugmentation,
  views,
} from "./views/index.js";
export type { FloatImage, ViewAugmentation, ViewsOptions } from "./views/index.js";
export { stickers } from "./stickers.js";
export type { StickersOptions } from "./stickers.js";
export { emblems } from "./emblems.js";
export type { EmblemsOptions } from "./emblems.js";
export { has, load } from "./load.js";
export type { LoadOptions } from "./load.js";
export { datasetsFolder } from "./download/datasets-folder.js";
export { manifest } from "./download/manifest.js";
export type { ArchiveEntry, Dataset, DatasetFile } from "./download/manifest.js";
export { get } from "./download/get.js";
export type { GetOptions, GetProgress } from "./download/get.js";
export { verify } from "./download/verify.js";
export type { FileReport, SetReport, VerifyOptions } from "./download/verify.js";
export { readCifar10, readCifar100 } from "./formats/cifar.js";
export type { Cifar100Options, CifarOptions } from "./formats/cifar.js";
export { readIdx } from "./formats/idx.js";
export type { IdxOptions } from "./formats/idx.js";
export { unpickle } from "./formats/pickle.js";
export type { NumpyArray, PickleValue } from "./formats/pickle.js";
export { readSvhn } from "./formats/svhn.js";
export type { SvhnOptions } from "./formats/svhn.js";
export { readTinyImages } from "./formats/tiny-images.js";
export { readJpg32 } from "./images/jpg32.js";
export type { Jpg32Options } from "./images/jpg32.js";
export { readImageFolder } from "./images/image-folder.js";
export type { ImageFolder, ImageFolderOptions } from "./images/image-folder.js";
export { readImageFiles } from "./images/image-files.js";
export type { ImageFilesOptions } from "./images/image-files.js";
export type { Preprocessing } from "./images/preprocessing.js";
export { folder } from "./folder.js";
export type { FolderData, FolderOptions } from "./folder.js";
export { saveFolder } from "./save-folder.js";
export { encodePng } from "./images/png.js";
export type { Bitmap } from "./images/png.js";
