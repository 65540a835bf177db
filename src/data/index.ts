/** Images: readers of data sets, downloads, batches, and a set that is drawn on the spot. */
export { checkImageSet, imageAt } from "./image-set.js";
export type { ImageSet } from "./image-set.js";
export { FileError } from "./file-error.js";
export { readCifar10, readCifar100 } from "./cifar.js";
export type { Cifar100Options, CifarOptions } from "./cifar.js";
export { readIdx } from "./idx.js";
export type { IdxOptions } from "./idx.js";
export { unpickle } from "./pickle.js";
export type { NumpyArray, PickleValue } from "./pickle.js";
export { readSvhn } from "./svhn.js";
export type { SvhnOptions } from "./svhn.js";
export { readTinyImages } from "./tiny-images.js";
