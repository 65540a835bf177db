import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodePicture } from "./codec.js";
import { FileError, unreadable } from "../file-error.js";
import type { Preprocessing } from "./preprocessing.js";
import { boxOf, resample } from "./resample.js";

/** What a thread is given to read images of a folder. */
export interface FolderJob extends Preprocessing {
  readonly folder: string;
  /** Paths below it. */
  readonly files: readonly string[];
  /** [height, width] of all results. */
  readonly size: readonly [number, number];
  readonly maxPixels: number;
  /** Where the pixels go: [files, height, width, 3]. */
  readonly pixels: Uint8Array;
}

/** Reads, decodes and resizes one image, by its index. @throws FileError */
export function folderImages(job: FolderJob): (image: number) => void {
  const { folder, files, size, fit, orientation, maxPixels, pixels } = job;
  const length = 3 * size[0] * size[1];
  return (image) => {
    const file = join(folder, files[image]!);
    const picture = decodePicture(readImage(file, maxPixels), { file, maxPixels }, orientation);
    pixels.set(resample(picture, size, boxOf(picture, size, fit)), image * length);
  };
}

function readImage(file: string, maxPixels: number): Uint8Array {
  // No image takes more than 8 bytes a pixel, save for what else its file may hold.
  const most = 8 * maxPixels + 2 ** 20;
  let found: string;
  try {
    const { size } = statSync(file);
    if (size <= most) return readFileSync(file);
    found = `${size}`;
  } catch (cause) {
    throw unreadable(file, cause);
  }
  const advice = "If that is its real size, raise the limit with the option maxPixels.";
  throw new FileError({ file, offset: 0, expected: `a file of at most ${most} bytes`, found, advice });
}
