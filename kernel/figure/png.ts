import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const INDEXED = 3;
const TRUECOLOUR_ALPHA = 6;

/**
 * Encodes an image as PNG; with at most 256 colours as a palette image, which for a heat map is a fraction of the size.
 * The same pixels give the same bytes.
 *
 * @param pixels `4 * width * height` bytes, RGBA, row by row from the top.
 */
export function encodePng(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): Buffer {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`a PNG needs a width and a height of at least 1 pixel, got ${width} x ${height}`);
  }
  if (pixels.length !== 4 * width * height) {
    throw new RangeError(`${width} x ${height} pixels are ${4 * width * height} bytes of RGBA, got ${pixels.length}`);
  }
  const indexed = toPalette(pixels);
  const [type, bytesPerPixel, samples] = indexed ? [INDEXED, 1, indexed.indices] : [TRUECOLOUR_ALPHA, 4, pixels];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, type, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    ...(indexed ? [chunk("PLTE", indexed.colours), chunk("tRNS", indexed.alphas)] : []),
    chunk("IDAT", deflateSync(unfiltered(samples, width * bytesPerPixel, height), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function toPalette(
  pixels: Uint8Array | Uint8ClampedArray,
): { indices: Uint8Array; colours: Buffer; alphas: Buffer } | undefined {
  const found = new Map<number, number>();
  const indices = new Uint8Array(pixels.length / 4);
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  for (let i = 0; i < indices.length; i++) {
    const colour = view.getUint32(4 * i);
    let index = found.get(colour);
    if (index === undefined) {
      if (found.size === 256) return undefined;
      found.set(colour, (index = found.size));
    }
    indices[i] = index;
  }
  const colours = [...found.keys()];
  return {
    indices,
    colours: Buffer.from(colours.flatMap((c) => [c >>> 24, (c >>> 16) & 255, (c >>> 8) & 255])),
    alphas: Buffer.from(colours.map((c) => c & 255)),
  };
}

/** Rows, each behind a zero that says "no filter": flat areas deflate well as they are. */
function unfiltered(samples: Uint8Array | Uint8ClampedArray, bytesPerRow: number, rows: number): Buffer {
  const out = Buffer.alloc((bytesPerRow + 1) * rows);
  for (let row = 0; row < rows; row++) {
    out.set(samples.subarray(row * bytesPerRow, (row + 1) * bytesPerRow), row * (bytesPerRow + 1) + 1);
  }
  return out;
}

function chunk(name: string, body: Buffer): Buffer {
  const out = Buffer.alloc(body.length + 12);
  out.writeUInt32BE(body.length, 0);
  out.write(name, 4, "latin1");
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, body.length + 8)), body.length + 8);
  return out;
}
