import { word16 } from "./big-endian.js";
import { faultAt, type Source } from "./picture.js";
import { GREY, GREY_ALPHA, PALETTE, RGB, RGBA, type PngChunks } from "./png-chunks.js";

/** Puts one pixel, whose samples begin at `from`, into the image's bytes `to` and the two after it. */
export type Paint = (samples: Uint16Array, from: number, to: number) => void;

/** How samples of a PNG become red, green and blue of 8 bits. */
export function painter(chunks: PngChunks, rgb: Uint8Array, source: Source): Paint {
  const { colour, depth } = chunks.header;
  const scale = depth === 16 ? 1 : 255 / (2 ** depth - 1);
  const shift = depth === 16 ? 8 : 0;
  const eight = (sample: number): number => (sample * scale) >> shift;
  /** Laid over white. */
  const put = (to: number, red: number, green: number, blue: number, alpha: number): void => {
    const white = 255 * (255 - alpha) + 127;
    rgb[to] = alpha === 255 ? red : (red * alpha + white) / 255;
    rgb[to + 1] = alpha === 255 ? green : (green * alpha + white) / 255;
    rgb[to + 2] = alpha === 255 ? blue : (blue * alpha + white) / 255;
  };
  const clear = clearColour(chunks, source);
  switch (colour) {
    case GREY:
      return (samples, from, to) => {
        const grey = eight(samples[from]!);
        put(to, grey, grey, grey, clear && samples[from] === clear[0] ? 0 : 255);
      };
    case GREY_ALPHA:
      return (samples, from, to) => {
        const grey = eight(samples[from]!);
        put(to, grey, grey, grey, eight(samples[from + 1]!));
      };
    case RGB:
      return (samples, from, to) => {
        const isClear = clear?.every((sample, channel) => sample === samples[from + channel]);
        put(to, eight(samples[from]!), eight(samples[from + 1]!), eight(samples[from + 2]!), isClear ? 0 : 255);
      };
    case RGBA:
      return (samples, from, to) =>
        put(to, eight(samples[from]!), eight(samples[from + 1]!), eight(samples[from + 2]!), eight(samples[from + 3]!));
    case PALETTE:
      return palettePainter(chunks, put, source);
  }
}

/** The one colour that is transparent, if there is one. */
function clearColour({ header: { colour }, transparency, dataAt }: PngChunks, source: Source): number[] | undefined {
  if (!transparency || (colour !== GREY && colour !== RGB)) return undefined;
  const length = colour === GREY ? 2 : 6;
  if (transparency.length !== length)
    throw faultAt(source, dataAt, `a transparent colour of ${length} bytes`, `${transparency.length}`);
  return Array.from({ length: length / 2 }, (_, channel) => word16(transparency, 2 * channel));
}

function palettePainter(
  { palette, transparency, dataAt }: PngChunks,
  put: (to: number, red: number, green: number, blue: number, alpha: number) => void,
  source: Source,
): Paint {
  const colours = palette!;
  if (transparency && transparency.length > colours.length / 3)
    throw faultAt(source, dataAt, `at most ${colours.length / 3} transparent colours`, `${transparency.length}`);
  return (samples, from, to) => {
    const at = 3 * samples[from]!;
    if (at >= colours.length)
      throw faultAt(source, dataAt, `colours below ${colours.length / 3}, the size of the palette`, `${at / 3}`);
    put(to, colours[at]!, colours[at + 1]!, colours[at + 2]!, transparency?.[at / 3] ?? 255);
  };
}
