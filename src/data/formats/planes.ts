/** Pixels of an image of CIFAR or SVHN, 32 by 32, and its bytes, three a pixel. */
const SIDE = 32;
const PIXELS = SIDE * SIDE;
export const IMAGE_BYTES = 3 * PIXELS;

// An image passes through here, so that its new place may overlap its old one.
const image = new Uint8Array(IMAGE_BYTES);
const words = new DataView(image.buffer);

/**
 * Puts an image that lies as three planes (red, green, blue, each row by row) where its pixels' channels shall lie
 * together. Four pixels at a time: three words of one plane each become three words of 4/3 pixels each.
 * @param planes IMAGE_BYTES bytes, may be the same that are written to
 * @param at where in `out` the image begins
 */
export function interleave(planes: Uint8Array, out: DataView, at: number): void {
  image.set(planes);
  for (let i = 0, to = at; i < PIXELS; i += 4, to += 12) {
    const r = words.getUint32(i, true);
    const g = words.getUint32(PIXELS + i, true);
    const b = words.getUint32(2 * PIXELS + i, true);
    out.setUint32(to, (r & 0xff) | ((g & 0xff) << 8) | ((b & 0xff) << 16) | ((r & 0xff00) << 16), true);
    out.setUint32(to + 4, ((g >>> 8) & 0xff) | (b & 0xff00) | (r & 0xff0000) | ((g & 0xff0000) << 8), true);
    out.setUint32(
      to + 8,
      ((b >>> 16) & 0xff) | ((r >>> 16) & 0xff00) | ((g >>> 8) & 0xff0000) | (b & 0xff000000),
      true,
    );
  }
}

/** The same where each plane lies column by column, as MATLAB's arrays do. */
export function interleaveColumns(planes: Uint8Array, out: Uint8Array, at: number): void {
  image.set(planes);
  let to = at;
  for (let y = 0; y < SIDE; y++) {
    for (let i = y; i < PIXELS; i += SIDE) {
      out[to++] = image[i]!;
      out[to++] = image[PIXELS + i]!;
      out[to++] = image[2 * PIXELS + i]!;
    }
  }
}
