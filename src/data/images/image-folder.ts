import { resolve } from "node:path";
import { threadCount } from "../../backend/simd/pool.js";
import { callback, check, numberWhere, oneOf, optional, withDefaults, type Rule } from "../../options.js";
import { shareOut } from "./crew.js";
import { FileError } from "../file-error.js";
import { folderImages, type FolderJob } from "./folder-images.js";
import { listFolder, type FolderListing } from "./folder-listing.js";
import { shownSet, type ImageSet } from "../image-set.js";
import { MOST_PIXELS } from "./picture.js";
import { PREPROCESSING, preprocessingRules, type Preprocessing } from "./preprocessing.js";
import { NAMES, TEXT, THREAD_RULES, type ThreadOptions } from "./threads.js";

export interface ImageFolderOptions extends Partial<Preprocessing>, ThreadOptions {
  /** Of all images: height and width, or both in one. 1 to 4096. */
  readonly size: number | readonly [height: number, width: number];
  /** What the images are. Default: the folder's path. */
  readonly name?: string;
  /** The folders to read, in order of labels. Default: all, sorted. */
  readonly classes?: readonly string[];
  /** What an image that cannot be read does: ends all ("error", default), or is left out and listed ("skip"). */
  readonly bad?: "error" | "skip";
  /** Most pixels of an image before it is resized. Default 64 million. */
  readonly maxPixels?: number;
  /** Called now and then with the number of images done, and of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The images of a folder, and where they come from. */
export interface ImageFolder extends ImageSet {
  /** Path of each image, below the folder. */
  readonly files: readonly string[];
  /** Why images were left out, one error each; none unless `bad` is "skip". */
  readonly skipped: readonly FileError[];
  /** Paths of what was passed over: not named .jpg, .jpeg, .jpe, .jfif or .png, hidden, or in no class. */
  readonly ignored: readonly string[];
}

/** Images for which it pays to start another thread. */
const FOR_A_THREAD = 32;
// Node runs only the compiled thread; where this module is read as TypeScript (by a test runner) that lies in dist/.
const HELPER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/src/data/images/folder-thread.js" : "./folder-thread.js",
  import.meta.url,
);

export const isSide = (v: unknown): boolean => Number.isInteger(v) && (v as number) >= 1 && (v as number) <= 4096;
const size: Rule = {
  range: "a whole number from 1 to 4096, or [height, width] of such",
  accepts: (v) => isSide(v) || (Array.isArray(v) && v.length === 2 && v.every(isSide)),
};
const RULES = {
  size,
  ...preprocessingRules,
  name: optional(TEXT),
  classes: optional(NAMES),
  bad: optional(oneOf("error", "skip")),
  maxPixels: optional(numberWhere("an integer from 1 to 250000000", (v) => Number.isInteger(v) && v >= 1 && v <= 25e7)),
  onProgress: optional(callback),
  ...THREAD_RULES,
};

/**
 * Reads a folder of images, one folder a class: `folder/cat/1.jpg`, `folder/dog/old/2.png`. Where there are several sets,
 * `train` and `test` say, each is a folder to be read on its own.
 *
 * Images are sorted by class, then by path. They are JPEG or PNG, whatever they are called, and become RGB: see `decodeJpeg`
 * and `decodePng` for grey and transparency. They are turned upright as `ImageOps.exif_transpose` does, and brought to one
 * size as Pillow's BILINEAR (up to 12: see `resample`) and torchvision's `Resize` do, to the bit, with `ImageOps.fit` for
 * "cover". What PyTorch's `ImageFolder` reads is to be had with `orientation: "stored"`: it looks at no EXIF data.
 * @returns [images, height, width, 3]
 * @throws FileError for the first image that cannot be read (unless `bad` is "skip"); an Error that names the folder where
 *   it has another layout or a class has no image; RangeError for options; the signal's reason
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions): Promise<ImageFolder> {
  check("readImageFolder", options, RULES);
  const listing = await listFolder(folder, options.classes);
  const set = await readListed(folder, listing, options);
  listing.classes.forEach((name, label) => {
    if (!set.labels.includes(label))
      throw new Error(`${folder}: no image of the class "${name}" could be read`, { cause: set.skipped[0] });
  });
  return set;
}

/** Reads the images that were found in a folder, by options that have been checked. @throws as `readImageFolder` */
export async function readListed(
  folder: string,
  listing: FolderListing,
  options: ImageFolderOptions,
): Promise<ImageFolder> {
  const { name = folder, bad = "error", maxPixels = MOST_PIXELS, threads = threadCount() } = options;
  const { signal, onProgress } = options;
  const preprocessing = withDefaults(PREPROCESSING, { fit: options.fit, orientation: options.orientation });
  const [height, width] = typeof options.size === "number" ? [options.size, options.size] : options.size;
  const total = listing.files.length;
  const pixels = allocate(total, height, width);
  const data: FolderJob = { folder, files: listing.files, size: [height, width], ...preprocessing, maxPixels, pixels };
  const failures = await shareOut({
    ...{ items: total, grain: 1, threads: Math.min(threads, Math.ceil(total / FOR_A_THREAD)), strict: bad === "error" },
    ...{ run: folderImages(data), helper: HELPER, data, signal, onProgress: (done) => onProgress?.(done, total) },
  });
  const skipped = failures.map(({ fault }) => new FileError(fault));
  const { bytes, files, labels } = without(new Set(failures.map(({ item }) => item)), pixels, listing);
  const { classes, ignored } = listing;
  const about = { name, classes, preprocessing, folder: resolve(folder), files, skipped, ignored };
  return shownSet({ ...about, bytes, shape: [files.length, height, width, 3], labels });
}

function allocate(images: number, height: number, width: number): Uint8Array {
  const length = 3 * images * height * width;
  try {
    return new Uint8Array(new SharedArrayBuffer(length));
  } catch (cause) {
    throw new RangeError(`${images} images of ${height} x ${width} take ${(length / 1e9).toFixed(1)} GB`, { cause });
  }
}

/** What is left without some of the images; the bytes move up in place. */
function without(left: ReadonlySet<number>, pixels: Uint8Array, { files, labels }: FolderListing) {
  const kept = files.map((_, image) => image).filter((image) => !left.has(image));
  const length = pixels.length / files.length;
  kept.forEach((image, to) => pixels.copyWithin(to * length, image * length, (image + 1) * length));
  return {
    bytes: pixels.subarray(0, kept.length * length),
    files: kept.map((image) => files[image]!),
    labels: Uint16Array.from(kept, (image) => labels[image]!),
  };
}
