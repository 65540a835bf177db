import { unusedBytes, entropyPlan } from "./entropy.js";
import { FileError } from "../file-error.js";
import { jpegHeader, EOI } from "./jpeg-header.js";
import { decodeChecked } from "./jpeg.js";

/** What a thread is given to decode images of a jpg32 file. */
export interface Jpg32Job {
  readonly file: string;
  /** The file's content. */
  readonly bytes: Uint8Array;
  /** Where the JPEG header that all images share begins and ends. */
  readonly header: readonly [begin: number, end: number];
  /** Where the data of each image begins, and at last where the file ends: [images + 1]. */
  readonly starts: Float64Array;
  /** Where the pixels go: [images, 32, 32, 3]. */
  readonly pixels: Uint8Array;
}

export const SIDE = 32;
const SIZE = 3 * SIDE * SIDE;

/** Decodes one image, by its index. @throws FileError */
export function jpg32Images({ file, bytes, header: [begin, end], starts, pixels }: Jpg32Job): (image: number) => void {
  const source = { file, offset: begin };
  const head = bytes.subarray(begin, end);
  const header = jpegHeader(head, source);
  const plan = entropyPlan(head, header, source);
  if (header.end !== head.length || header.width !== SIDE || header.height !== SIDE) {
    const expected = `a JPEG header of ${head.length} bytes for images of ${SIDE} x ${SIDE}`;
    const found = `one of ${header.end} bytes for ${header.width} x ${header.height}`;
    throw new FileError({ file, offset: begin, expected, found });
  }
  // A length is a word of two bytes.
  const jpeg = new Uint8Array(head.length + 2 ** 16 + 2);
  jpeg.set(head);
  return (image) => {
    const [from, to] = [starts[image]!, starts[image + 1]!];
    const fault = (expected: string, found: string): FileError =>
      new FileError({ file, offset: from, expected: `${expected} of image ${image} (of ${starts.length - 1})`, found });
    const length = head.length + to - from;
    jpeg.set(bytes.subarray(from, to), head.length);
    jpeg[length] = 0xff;
    jpeg[length + 1] = EOI;
    const unused = unusedBytes(jpeg, head.length, length, plan);
    if (unused !== 0) {
      const found = unused < 0 ? "data that is cut off or has no meaning" : `data that ends ${unused} bytes before`;
      throw fault(`the ${to - from} bytes`, found);
    }
    const decoded = decodeChecked(jpeg.subarray(0, length + 2));
    if (typeof decoded === "string") throw fault("the JPEG data", `"${decoded}"`);
    pixels.set(decoded.rgb, image * SIZE);
  };
}
