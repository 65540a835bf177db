import { decodeJpeg } from "./jpeg.js";
import type { Orientation } from "./orientation.js";
import { faultAt, type Picture, type Source } from "./picture.js";
import { decodePng } from "./png.js";

/** What else a file may be, by what it begins with. */
const OTHERS: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^RIFF[^]{4}WEBP/, "a WebP image"],
  [/^GIF8/, "a GIF image"],
  [/^BM/, "a BMP image"],
  [/^(II\*\0|MM\0\*)/, "a TIFF image"],
  [/^[^]{4}ftypavi[fs]/, "an AVIF image"],
  [/^[^]{4}ftyp(hei|hev|mif1|msf1)/, "a HEIC image"],
  [/^(\xff\n|[^]{4}JXL )/, "a JPEG XL image"],
  [/^(\xffO\xffQ|[^]{4}jP {2})/, "a JPEG 2000 image"],
  [/^8BPS/, "a Photoshop image"],
  [/^P[1-7]\s/, "a PNM image"],
  [/^\s*(<\?xml|<svg)/, "an SVG or other XML file"],
];
/** No image at all, but found in its place. */
const STANDINS: readonly (readonly [begins: RegExp, what: string])[] = [
  [/^version https:\/\/git-lfs/, "a pointer to a file in Git LFS: run git lfs pull"],
  [/^\s*<(!doctype html|html)/i, "a web page"],
  [/^\0+$/, "zeros"],
  [/^$/, "an empty file"],
];

/**
 * Decodes an image file, JPEG or PNG, which is told by what it begins with, whatever its name.
 * @param bytes the file's content
 * @param orientation default "stored"
 * @throws FileError that names the format where it is another; see `decodeJpeg` and `decodePng`
 */
export function decodePicture(bytes: Uint8Array, source: Source, orientation?: Orientation): Picture {
  const begins = String.fromCharCode(...bytes.subarray(0, 64));
  if (begins.startsWith("\xff\xd8")) return decodeJpeg(bytes, source, orientation);
  if (begins.startsWith("\x89PNG")) return decodePng(bytes, source, orientation);
  const is = (list: typeof OTHERS): string | undefined => list.find(([pattern]) => pattern.test(begins))?.[1];
  const other = is(OTHERS);
  const advice = other && "Convert it to JPEG or PNG.";
  throw faultAt(source, 0, "a JPEG or PNG image", other ?? is(STANDINS) ?? JSON.stringify(begins.slice(0, 8)), advice);
}
