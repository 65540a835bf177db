import { word16 } from "./big-endian.js";
import { DHT, DRI, SOS, type JpegHeader } from "./jpeg-header.js";
import { faultAt, type Source } from "./picture.js";

/** Huffman codes: what is found is 256 * length of the code + its symbol, or 0 where there is no such code. */
interface Codes {
  /** By the next 10 bits; 0 for longer codes too, which are rare. */
  readonly short: Uint16Array;
  /** For any code, by the next 16 bits. */
  readonly find: (bits: number) => number;
}

/** What it takes to find the end of a sequential scan: the codes of an MCU's blocks in their order, and how many MCUs. */
export interface EntropyPlan {
  readonly blocks: readonly { readonly dc: Codes; readonly ac: Codes }[];
  readonly units: number;
}

/**
 * The plan of a JPEG that has one sequential scan of all components, without restarts.
 * @throws FileError for any other
 */
export function entropyPlan(bytes: Uint8Array, header: JpegHeader, source: Source): EntropyPlan {
  const { process, components, segments, width, height, end } = header;
  if (process > 0xc1) throw faultAt(source, end, "a sequential JPEG", "a progressive one");
  const codes = new Map<number, Codes>();
  for (const { marker, begin, end } of segments) {
    if (marker === DHT) readCodes(bytes, begin, end, codes, source);
    if (marker === DRI && word16(bytes, begin) !== 0) throw faultAt(source, begin, "no restart markers", "some");
  }
  const scan = segments.at(-1)!.begin;
  if (segments.at(-1)!.marker !== SOS || bytes[scan] !== components.length || end - scan !== 4 + 2 * components.length)
    throw faultAt(source, scan, `one scan of ${components.length} components`, "another");
  const one = components.length === 1;
  const blocks = components.flatMap(({ id, horizontal, vertical }, index) => {
    const at = scan + 1 + 2 * index;
    if (bytes[at] !== id) throw faultAt(source, at, `component ${id}`, `component ${bytes[at]}`);
    const tables = bytes[at + 1]!;
    const [dc, ac] = [codes.get(tables >> 4), codes.get(0x10 | (tables & 15))];
    if (!dc || !ac) throw faultAt(source, at + 1, "Huffman codes defined before", "others");
    return Array.from({ length: one ? 1 : horizontal * vertical }, () => ({ dc, ac }));
  });
  const across = 8 * (one ? 1 : Math.max(...components.map(({ horizontal }) => horizontal)));
  const down = 8 * (one ? 1 : Math.max(...components.map(({ vertical }) => vertical)));
  return { blocks, units: Math.ceil(width / across) * Math.ceil(height / down) };
}

function readCodes(bytes: Uint8Array, begin: number, end: number, codes: Map<number, Codes>, source: Source): void {
  for (let at = begin; at < end;) {
    const lengths = bytes.subarray(at + 1, at + 17);
    const symbols = at + 17;
    const count = lengths.reduce((sum, length) => sum + length, 0);
    if (symbols + count > end) throw faultAt(source, at, "a Huffman table that ends in its segment", "a longer one");
    // Codes of one length follow each other, after all shorter ones: of 16 bits that begin with them, these are the first.
    const first = new Int32Array(18);
    const symbol = new Int32Array(17);
    for (let length = 1, next = symbols; length <= 16; next += lengths[length++ - 1]!) {
      symbol[length] = next;
      first[length + 1] = first[length]! + lengths[length - 1]! * 2 ** (16 - length);
    }
    if (first[17]! > 2 ** 16) throw faultAt(source, at, "a Huffman table", "more codes than there is room for");
    const find = (bits: number): number => {
      let length = 1;
      while (length <= 16 && bits >= first[length + 1]!) length++;
      return length > 16 ? 0 : (length << 8) | bytes[symbol[length]! + ((bits - first[length]!) >> (16 - length))]!;
    };
    const short = new Uint16Array(2 ** 10);
    for (let bits = 0; bits < short.length; bits++) {
      const found = find(bits << 6);
      if (found >> 8 <= 10) short[bits] = found;
    }
    codes.set(bytes[at]!, { short, find });
    at = symbols + count;
  }
}

/**
 * Walks over the codes of an image's entropy-coded segment, from `begin` to `end`, without decoding it.
 *
 * libjpeg does not see up to three bytes that follow an image's data, for it has them already in its buffer of bits. In a
 * container whose lengths are wrong they are the beginning of the next image.
 * @returns bytes that are left over when the image is complete: 0 for a good segment, below 0 where some are missing or
 *   there is no such code
 */
export function unusedBytes(bytes: Uint8Array, begin: number, end: number, { blocks, units }: EntropyPlan): number {
  /** The last 32 bits read, of which `held` are still ahead (below 0: as many of the next are to be skipped). */
  let bits = 0;
  let held = 0;
  let madeUp = 0;
  let at = begin;
  for (let unit = 0; unit < units; unit++) {
    for (let block = 0; block < blocks.length; block++) {
      const { dc, ac } = blocks[block]!;
      let { short, find } = dc;
      for (let index = 0; index < 64; index++) {
        while (held <= 24) {
          let byte = 0xff;
          // Past the end ones are made up, as an encoder pads.
          if (at >= end) madeUp += 8;
          else if ((byte = bytes[at++]!) === 0xff && (at >= end || bytes[at++] !== 0)) return -1;
          bits = (bits << 8) | byte;
          held += 8;
        }
        const entry = short[(bits >>> (held - 10)) & 0x3ff]! || find((bits >>> (held - 16)) & 0xffff);
        if (entry === 0) return -1;
        const symbol = entry & 0xff;
        const size = symbol & 15;
        held -= (entry >> 8) + size;
        if (index === 0) ({ short, find } = ac);
        else if (size === 0 && symbol !== 0xf0) break;
        else if ((index += symbol >> 4) > 63) return -1;
      }
    }
  }
  for (; held < 0 && at < end; held += 8) if (bytes[at++] === 0xff && (at >= end || bytes[at++] !== 0)) return -1;
  return end - at + ((held - madeUp) >> 3);
}
