import { hex, word16 } from "./big-endian.js";
import { checkSize, faultAt, type Source } from "./picture.js";

/** A marker segment: where its content lies. */
export interface Segment {
  /** Second byte of the marker. */
  readonly marker: number;
  /** First byte after the length, and the byte after the last. */
  readonly begin: number;
  readonly end: number;
}

/** What a JPEG says of itself before its first scan (ITU-T T.81, annex B). */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** SOF marker: 0xc0 baseline, 0xc1 extended sequential, 0xc2 progressive, all with Huffman codes and 8 bits. */
  readonly process: number;
  readonly components: readonly Component[];
  /** All marker segments, the frame's SOF and the scan's SOS among them. */
  readonly segments: readonly Segment[];
  /** First byte of entropy-coded data. */
  readonly end: number;
}

export interface Component {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly horizontal: number;
  readonly vertical: number;
}

export const [SOI, EOI, SOS, DHT, DRI, APP1] = [0xd8, 0xd9, 0xda, 0xc4, 0xdd, 0xe1];
const CONVERT = "Convert it to a baseline or progressive JPEG with RGB colours, or to PNG.";

/** @throws FileError for what is not a JPEG of 8 bits with Huffman codes, in grey or three colours. */
export function jpegHeader(bytes: Uint8Array, source: Source): JpegHeader {
  if (bytes.length < 2 || bytes[0] !== 0xff || bytes[1] !== SOI)
    throw faultAt(source, 0, "a JPEG's first bytes, ff d8", hex(bytes.subarray(0, 2)));
  const segments: Segment[] = [];
  let end = 2;
  for (let marker = 0; marker !== SOS;) {
    const segment = segmentAt(bytes, end, source);
    segments.push(segment);
    ({ marker, end } = segment);
  }
  const frames = segments.filter(({ marker }) => isFrame(marker));
  const [frame] = frames;
  if (!frame || frames.length > 1)
    throw faultAt(source, end, "one frame header (SOF) before the first scan", `${frames.length}`);
  return { ...frameHeader(bytes, frame, source), segments, end };
}

function segmentAt(bytes: Uint8Array, from: number, source: Source): Segment {
  let at = from;
  if (bytes[at] !== 0xff) throw faultAt(source, at, "a JPEG marker", hex(bytes.subarray(at, at + 1)));
  while (bytes[at] === 0xff) at++;
  const marker = bytes[at++];
  if (marker === 0x01) return { marker, begin: at, end: at };
  if (marker === undefined || at + 2 > bytes.length)
    throw faultAt(source, bytes.length, "the rest of a JPEG's header", "the end");
  // Those without a length have no business before the first scan.
  if (marker < 0xc0 || (marker >= 0xd0 && marker <= EOI))
    throw faultAt(source, at - 1, "a marker of a JPEG's header", hex(Uint8Array.of(0xff, marker)));
  const length = word16(bytes, at);
  const end = at + length;
  if (length < 2) throw faultAt(source, at, "a marker segment of 2 bytes or more", `${length}`);
  if (end > bytes.length) throw faultAt(source, at, `a marker segment of ${length} bytes`, `${bytes.length - at}`);
  return { marker, begin: at + 2, end };
}

function frameHeader(bytes: Uint8Array, { marker, begin, end }: Segment, source: Source) {
  const unsupported = (what: string) => faultAt(source, begin - 4, "a JPEG that can be decoded here", what, CONVERT);
  if (marker > 0xc2)
    throw unsupported(marker >= 0xc9 ? "one with arithmetic coding" : "a lossless or hierarchical one");
  if (end - begin < 6) throw faultAt(source, begin, "a frame header of 6 bytes or more", `${end - begin}`);
  const [bits, count] = [bytes[begin]!, bytes[begin + 5]!];
  if (bits !== 8) throw unsupported(`one of ${bits} bits a sample`);
  const [height, width] = [word16(bytes, begin + 1), word16(bytes, begin + 3)];
  checkSize(source, begin + 1, width, height);
  if (count === 4) throw unsupported("one with four colours (CMYK)");
  if (count !== 1 && count !== 3) throw faultAt(source, begin + 5, "1 or 3 components", `${count}`);
  if (end - begin !== 6 + 3 * count)
    throw faultAt(source, begin, `a frame header of ${6 + 3 * count} bytes`, `${end - begin}`);
  const components = Array.from({ length: count }, (_, index): Component => {
    const at = begin + 6 + 3 * index;
    const sampling = bytes[at + 1]!;
    const component = { id: bytes[at]!, horizontal: sampling >> 4, vertical: sampling & 15 };
    const factors = [component.horizontal, component.vertical];
    if (factors.some((factor) => factor < 1 || factor > 4))
      throw faultAt(source, at + 1, "sampling factors from 1 to 4", factors.join(" x "));
    return component;
  });
  return { width, height, process: marker, components };
}

/** SOF0 to SOF15; DHT, JPG and DAC lie among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== 0xcc;
}
