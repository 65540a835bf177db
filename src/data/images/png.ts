import { crc32, deflateSync, inflateSync } from "node:zlib";
import { word16 } from "./big-endian.js";
import { orientationIn, upright, type Orientation } from "./orientation.js";
import { faultAt, type Picture, type Source } from "./picture.js";
import { GREY, pngChunks, RGB, RGBA, SAMPLES, SIGNATURE, type PngChunks } from "./png-chunks.js";
import { painter } from "./png-paint.js";
import { passes, rowLength, unfilter } from "./png-rows.js";

/**
 * Decodes a PNG of any kind. Grey becomes three equal channels; of 16 bits the upper 8 count (as for libpng and Pillow);
 * what is transparent is laid over white. Colour profiles, gamma and frames after the first are ignored.
 * @param orientation default "stored"
 * @throws FileError where anything is wrong, checksums included
 */
export function decodePng(png: Uint8Array, source: Source, orientation: Orientation = "stored"): Picture {
  const chunks = pngChunks(png, source);
  const { header, dataAt } = chunks;
  const { width, height, depth, colour } = header;
  const parts = passes(header);
  const rows = inflate(
    chunks,
    parts.reduce((sum, part) => sum + part.height * (1 + rowLength(part, header)), 0),
    source,
  );
  const rgb = new Uint8Array(3 * width * height);
  const paint = painter(chunks, rgb, source);
  let at = 0;
  for (const part of parts) {
    unfilter(rows, at, part, header, { ...source, offset: (source.offset ?? 0) + dataAt });
    const samples = new Uint16Array(part.width * SAMPLES[colour]);
    for (let row = 0; row < part.height; row++, at += 1 + rowLength(part, header)) {
      unpack(rows, at + 1, depth, samples);
      const first = (part.top + row * part.down) * width + part.left;
      for (let x = 0; x < part.width; x++) paint(samples, x * SAMPLES[colour], 3 * (first + x * part.across));
    }
  }
  const stored = { width, height, rgb };
  return orientation === "stored" || !chunks.exif ? stored : upright(stored, orientationIn(chunks.exif));
}

function inflate({ data, dataAt }: PngChunks, length: number, source: Source): Uint8Array {
  const packed = data.length === 1 ? data[0]! : Buffer.concat(data);
  let rows: Uint8Array;
  try {
    rows = inflateSync(packed, { maxOutputLength: length });
  } catch (error) {
    throw faultAt(source, dataAt, `a zlib stream of ${length} bytes`, `"${(error as Error).message}"`);
  }
  if (rows.length !== length) throw faultAt(source, dataAt, `a zlib stream of ${length} bytes`, `${rows.length}`);
  return rows;
}

function unpack(rows: Uint8Array, at: number, depth: number, samples: Uint16Array): void {
  if (depth === 16) for (let i = 0; i < samples.length; i++) samples[i] = word16(rows, at + 2 * i);
  else {
    const mask = 2 ** depth - 1;
    for (let i = 0, bit = 0; i < samples.length; i++, bit += depth)
      samples[i] = (rows[at + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
  }
}

/** An image of 1 channel (grey), 3 (red, green, blue) or 4 (and alpha), row by row from the top. */
export interface Bitmap {
  readonly bytes: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** An image as a PNG file, 8 bits a sample. @throws RangeError where bytes and shape do not fit */
export function encodePng({ bytes, shape: [height, width, channels] }: Bitmap): Uint8Array {
  const colour = { 1: GREY, 3: RGB, 4: RGBA }[channels];
  const sizes = [height, width].every((size) => Number.isInteger(size) && size >= 1 && size < 2 ** 31);
  if (colour === undefined || !sizes || bytes.length !== height * width * channels) {
    throw new RangeError(
      `encodePng: expected a shape [height, width, 1, 3 or 4] and as many bytes, got [${[height, width, channels].join(", ")}] and ${bytes.length}`,
    );
  }
  const length = width * channels;
  const rows = new Uint8Array(height * (length + 1));
  for (let row = 0; row < height; row++) {
    // Filter 1: each sample less the one to its left.
    const at = row * (length + 1) + 1;
    rows[at - 1] = 1;
    rows.set(bytes.subarray(row * length, (row + 1) * length), at);
    for (let i = length - 1; i >= channels; i--) rows[at + i]! -= rows[at + i - channels]!;
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint16(8, (8 << 8) | colour);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + content.length);
  bytes.writeUInt32BE(content.length);
  bytes.write(type, 4, "latin1");
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
