import { faultAt, type Source } from "./picture.js";
import { SAMPLES, type PngHeader } from "./png-chunks.js";

/** A part of an image that is stored row by row: all of it, or one of the seven passes of an interlaced one. */
export interface Pass {
  /** Where its pixels lie in the image: from column `left` on every `across`-th, from row `top` on every `down`-th. */
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  /** Its own pixels a row, and rows; at least 1. */
  readonly width: number;
  readonly height: number;
}

/** Adam7: [left, top, across, down] of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes that have pixels, in their order. */
export function passes({ width, height, interlaced }: PngHeader): Pass[] {
  return (interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map(([left, top, across, down]) => ({
      ...{ left, top, across, down },
      width: Math.ceil((width - left) / across),
      height: Math.ceil((height - top) / down),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row, without the one before it that says how it is filtered. */
export function rowLength({ width }: Pass, { depth, colour }: PngHeader): number {
  return Math.ceil((width * SAMPLES[colour] * depth) / 8);
}

/**
 * Undoes the filters of a pass, in place (PNG specification, 9.2).
 * @param at where the pass begins in `rows`
 */
export function unfilter(rows: Uint8Array, at: number, pass: Pass, header: PngHeader, source: Source): void {
  const length = rowLength(pass, header);
  /** Bytes between a sample and the same of the pixel to the left. */
  const step = Math.max(1, (SAMPLES[header.colour] * header.depth) >> 3);
  for (let row = 0; row < pass.height; row++) {
    const begin = at + row * (length + 1) + 1;
    const end = begin + length;
    const filter = rows[begin - 1]!;
    /** Of the byte above. The first row has zeros above it. */
    const up = row === 0 ? end : length + 1;
    if (filter > 4) throw faultAt(source, 0, "filters from 0 to 4", `filter ${filter} for row ${row}`);
    if (filter === 1) for (let i = begin + step; i < end; i++) rows[i]! += rows[i - step]!;
    if (filter === 2 && row > 0) for (let i = begin; i < end; i++) rows[i]! += rows[i - up]!;
    if (filter < 3) continue;
    for (let i = begin; i < end; i++) {
      const left = i - step < begin ? 0 : rows[i - step]!;
      const above = row === 0 ? 0 : rows[i - up]!;
      const corner = row === 0 || i - step < begin ? 0 : rows[i - step - up]!;
      rows[i]! += filter === 3 ? (left + above) >> 1 : paeth(left, above, corner);
    }
  }
}

/** Whichever of the three is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const a = Math.abs(above - corner);
  const b = Math.abs(left - corner);
  const c = Math.abs(left + above - 2 * corner);
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
