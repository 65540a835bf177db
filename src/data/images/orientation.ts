import type { Picture } from "./picture.js";

/**
 * "exif": upright, as its EXIF data says and people see it; cameras store pictures as the sensor lay. "stored": as the file has
 * it, whatever its EXIF data says.
 */
export type Orientation = "exif" | "stored";

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * What EXIF data say of orientation (TIFF 6.0, section 8).
 * @param exif a JPEG's APP1 after "Exif", or a PNG's eXIf
 * @returns 1 to 8; 1, as stored, where they say nothing that can be read
 */
export function orientationIn(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = exif[0] === 0x49;
  const within = (end: number): boolean => end <= exif.length;
  if (!within(8) || exif[0] !== exif[1] || view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (!within(directory + 2)) return 1;
  const entries = view.getUint16(directory, little);
  for (let entry = 0, at = directory + 2; entry < entries && within(at + 12); entry++, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** A picture that is stored in one of the eight orientations, upright: Pillow's `exif_transpose`. */
export function upright({ width, height, rgb }: Picture, orientation: number): Picture {
  if (orientation === 1) return { width, height, rgb };
  const onItsSide = orientation >= 5;
  const [fromRight, fromBelow] = [[2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation)];
  const [columns, rows] = onItsSide ? [height, width] : [width, height];
  const result = new Uint8Array(rgb.length);
  for (let y = 0, to = 0; y < rows; y++)
    for (let x = 0; x < columns; x++, to += 3) {
      const [u, v] = onItsSide ? [y, x] : [x, y];
      const from = 3 * ((fromBelow ? height - 1 - v : v) * width + (fromRight ? width - 1 - u : u));
      result[to] = rgb[from]!;
      result[to + 1] = rgb[from + 1]!;
      result[to + 2] = rgb[from + 2]!;
    }
  return { width: columns, height: rows, rgb: result };
}
