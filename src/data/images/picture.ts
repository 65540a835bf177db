import { FileError } from "../file-error.js";

/** A decoded image file. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Row by row from the top, each pixel's red, green and blue together: 3 * width * height bytes. */
  readonly rgb: Uint8Array;
}

/**
 * Most pixels of an image file, unless one says otherwise: 8000 x 8000. Decoding takes some 10 bytes a pixel; a file of
 * a few kB may say that it holds more than there is memory for.
 */
export const MOST_PIXELS = 64_000_000;

/** Where a decoder stands: in which file, from which of its bytes on, and how many pixels it may make. */
export interface Source {
  readonly file: string;
  /** Byte of the file at which the image begins. Default 0. */
  readonly offset?: number;
  /** Default 64 million. */
  readonly maxPixels?: number;
}

/** A fault of the image at one of its bytes. */
export function faultAt(
  { file, offset = 0 }: Source,
  at: number,
  expected: string,
  found: string,
  advice?: string,
): FileError {
  return new FileError({ file, offset: offset + at, expected, found, ...(advice && { advice }) });
}

/** Refuses sizes that no image has, and those above the limit, before memory is taken for them. */
export function checkSize(source: Source, at: number, width: number, height: number): void {
  const { maxPixels = MOST_PIXELS } = source;
  if (width === 0 || height === 0)
    throw faultAt(source, at, "a width and height of at least 1", `${width} x ${height}`);
  if (width * height > maxPixels) {
    const advice = "If that is its real size, make it smaller, or raise the limit with the option maxPixels.";
    throw faultAt(source, at, `an image of at most ${maxPixels} pixels`, `${width} x ${height}`, advice);
  }
}
