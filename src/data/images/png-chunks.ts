import { crc32 } from "node:zlib";
import { hex, word32 } from "./big-endian.js";
import { checkSize, faultAt, type Source } from "./picture.js";

/** A PNG's header, IHDR (PNG specification, third edition, 11.2.1). */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: Colour;
  readonly interlaced: boolean;
}

/** Colour types. */
export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;
export const RGBA = 6;
export type Colour = typeof GREY | typeof RGB | typeof PALETTE | typeof GREY_ALPHA | typeof RGBA;

/** Samples a pixel, by colour type. */
export const SAMPLES: Readonly<Record<Colour, number>> = {
  [GREY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GREY_ALPHA]: 2,
  [RGBA]: 4,
};

const DEPTHS: Readonly<Record<Colour, readonly number[]>> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GREY_ALPHA]: [8, 16],
  [RGBA]: [8, 16],
};

/** The chunks of a PNG that its pixels, and how they lie, depend on. */
export interface PngChunks {
  readonly header: PngHeader;
  /** Red, green and blue of each colour, where there is a palette. */
  readonly palette?: Uint8Array;
  /** tRNS: the alpha of the palette's colours, or the one colour that is transparent. */
  readonly transparency?: Uint8Array;
  /** eXIf: what the camera says. */
  readonly exif?: Uint8Array;
  /** zlib stream of the pixels, in pieces. */
  readonly data: readonly Uint8Array[];
  /** Where the first piece begins. */
  readonly dataAt: number;
}

export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Reads all chunks, each with its checksum. @throws FileError */
export function pngChunks(bytes: Uint8Array, source: Source): PngChunks {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte))
    throw faultAt(source, 0, `a PNG's signature, ${hex(SIGNATURE)}`, hex(bytes.subarray(0, 8)));
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let exif: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  let dataAt = 0;
  for (let at = 8; ;) {
    const { type, content, end } = chunkAt(bytes, at, source);
    if (!header && type !== "IHDR") throw faultAt(source, at + 4, "a PNG's header, IHDR", type);
    if (type === "IEND") break;
    if (type === "IHDR") {
      if (header) throw faultAt(source, at, "one header", "another");
      header = readHeader(content, at + 8, source);
    } else if (type === "PLTE") {
      if (palette || data.length > 0 || content.length % 3 !== 0 || content.length > 768 || content.length === 0)
        throw faultAt(source, at, "one palette of 1 to 256 colours before the pixels", `${content.length} bytes`);
      palette = content;
    } else if (type === "tRNS") transparency = content;
    else if (type === "eXIf") exif ??= content;
    else if (type === "IDAT") {
      dataAt ||= at + 8;
      data.push(content);
    } else if (type[0]! < "a") throw faultAt(source, at + 4, "a chunk that is known or may be ignored", type);
    at = end;
  }
  if (!header || data.length === 0) throw faultAt(source, bytes.length, "pixels (IDAT) before the end", "none");
  if (header.colour === PALETTE && !palette) throw faultAt(source, dataAt, "a palette before the pixels", "none");
  const others = { ...(palette && { palette }), ...(transparency && { transparency }), ...(exif && { exif }) };
  return { header, data, dataAt, ...others };
}

function chunkAt(bytes: Uint8Array, at: number, source: Source) {
  if (at + 12 > bytes.length) throw faultAt(source, bytes.length, "another chunk of a PNG, up to IEND", "the end");
  const length = word32(bytes, at);
  const end = at + 12 + length;
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  if (!/^[A-Za-z]{4}$/.test(type))
    throw faultAt(source, at + 4, "a chunk's name of four letters", JSON.stringify(type));
  if (end > bytes.length) throw faultAt(source, at, `a chunk ${type} of ${length} bytes`, `${bytes.length - at - 12}`);
  const [stored, found] = [word32(bytes, end - 4), crc32(bytes.subarray(at + 4, end - 4))];
  if (stored !== found) throw faultAt(source, at + 4, `a chunk ${type} with CRC-32 ${stored}`, `${found}`);
  return { type, content: bytes.subarray(at + 8, end - 4), end };
}

function readHeader(content: Uint8Array, at: number, source: Source): PngHeader {
  if (content.length !== 13) throw faultAt(source, at, "a header of 13 bytes", `${content.length}`);
  const [width, height] = [word32(content, 0), word32(content, 4)];
  const [depth, colour, compression, filter, interlace] = content.subarray(8) as unknown as number[];
  if (!DEPTHS[colour as Colour]?.includes(depth!))
    throw faultAt(source, at + 8, "a PNG's bit depth and colour type", `${depth} and ${colour}`);
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw faultAt(source, at + 10, "methods 0, 0, 0 or 1", `${compression}, ${filter}, ${interlace}`);
  checkSize(source, at, width, height);
  return { width, height, depth: depth!, colour: colour as Colour, interlaced: interlace === 1 };
}
