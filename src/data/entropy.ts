import { word16 } from "./big-endian.js";
import { DHT, DRI, SOS, type JpegHeader } from "./jpeg-header.js";
import { faultAt, type Source } from "./picture.js";

/**
 * Huffman codes, by the next 16 bits: 256 * length of the code that they begin with + its symbol; 0 where they begin with
 * none. By the next 10 bits likewise, with 0 for longer codes too: nearly all are shorter, and so few numbers stay in the
 * processor's first cache.
 */
interface Codes {
  readonly by16: Uint16Array;
  readonly by10: Uint16Array;
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
    const by16 = new Uint16Array(2 ** 16);
    if (symbols + count > end) throw faultAt(source, at, "a Huffman table that ends in its segment", "a longer one");
    let [next, from] = [symbols, 0];
    for (let length = 1; length <= 16; length++) {
      for (let code = 0; code < lengths[length - 1]!; code++) {
        const to = from + 2 ** (16 - length);
        if (to > 2 ** 16) throw faultAt(source, at, "a Huffman table", "more codes than there is room for");
        by16.fill((length << 8) | bytes[next++]!, from, to);
        from = to;
      }
    }
    const by10 = Uint16Array.from({ length: 2 ** 10 }, (_, bits) => by16[bits << 6]!).map((e) => (e >> 8 > 10 ? 0 : e));
    codes.set(bytes[at]!, { by16, by10 });
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
      let { by10, by16 } = dc;
      for (let index = 0; index < 64; index++) {
        while (held <= 24) {
          let byte = 0xff;
          // Past the end ones are made up, as an encoder pads.
          if (at >= end) madeUp += 8;
          else if ((byte = bytes[at++]!) === 0xff && (at >= end || bytes[at++] !== 0)) return -1;
          bits = (bits << 8) | byte;
          held += 8;
        }
        const entry = by10[(bits >>> (held - 10)) & 0x3ff]! || by16[(bits >>> (held - 16)) & 0xffff]!;
        if (entry === 0) return -1;
        const symbol = entry & 0xff;
        const size = symbol & 15;
        held -= (entry >> 8) + size;
        if (index === 0) ({ by10, by16 } = ac);
        else if (size === 0 && symbol !== 0xf0) break;
        else if ((index += symbol >> 4) > 63) return -1;
      }
    }
  }
  for (; held < 0 && at < end; held += 8) if (bytes[at++] === 0xff && (at >= end || bytes[at++] !== 0)) return -1;
  return end - at + ((held - madeUp) >> 3);
}
