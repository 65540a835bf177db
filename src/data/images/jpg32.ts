import { open } from "node:fs/promises";
import { threadCount } from "../../backend/simd/pool.js";
import { check } from "../../options.js";
import { shareOut } from "./crew.js";
import { FileError, unreadable } from "../file-error.js";
import { shownSet, type ImageSet } from "../image-set.js";
import { jpg32Images, SIDE, type Jpg32Job } from "./jpg32-images.js";
import { NAMES, TEXT, THREAD_RULES, type ThreadOptions } from "./threads.js";

export interface Jpg32Options extends ThreadOptions {
  /** Names of the classes: label 0 is the first. */
  readonly classes: readonly string[];
  /** What the images are: "CIFAR-10, training". */
  readonly name: string;
}

const MAGIC = "JPG32S1\n";
/** Images for which it pays to start another thread: some 70 ms of work, as long as a thread takes to start. */
const FOR_A_THREAD = 2000;
const GRAIN = 64;
// Node runs only the compiled thread; where this module is read as TypeScript (by a test runner) that lies in dist/.
const HELPER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/src/data/images/jpg32-thread.js" : "./jpg32-thread.js",
  import.meta.url,
);

const RULES = { classes: NAMES, name: TEXT, ...THREAD_RULES };

/**
 * Reads a jpg32 file: colour images of 32 x 32, each a JPEG without its header, which they share.
 *
 *     8 bytes "JPG32S1\n"; N and H, 32 bits each, little-endian; H bytes of JPEG header, SOI to SOS
 *     N bytes of labels; N lengths of 16 bits, little-endian; N entropy-coded segments, one after the other
 *
 * The pixels are those that libjpeg-turbo (Pillow) gives, to the bit. The format has no checksum: a changed byte within an
 * image that makes another valid image goes unnoticed; a length that is wrong does not.
 * @returns [N, 32, 32, 3]
 * @throws FileError where the file is not such a file to its last byte: no image of it is given out; RangeError for
 *   options; the signal's reason
 */
export async function readJpg32(file: string, options: Jpg32Options): Promise<ImageSet> {
  check("readJpg32", options, RULES);
  const { classes, name, threads = threadCount(), signal } = options;
  const bytes = await readShared(file);
  const { labels, ...parts } = jpg32Parts(bytes, file, classes.length);
  const items = labels.length;
  const pixels = new Uint8Array(new SharedArrayBuffer(3 * SIDE * SIDE * items));
  const data: Jpg32Job = { file, bytes, pixels, ...parts };
  await shareOut({
    ...{ items, grain: GRAIN, threads: Math.min(threads, Math.ceil(items / FOR_A_THREAD)), signal },
    ...{ run: jpg32Images(data), helper: HELPER, data },
  });
  return shownSet({ name, bytes: pixels, shape: [items, SIDE, SIDE, 3], labels, classes: [...classes] });
}

/** A file's content in memory that threads share. */
async function readShared(file: string): Promise<Uint8Array> {
  const fault = (offset: number, expected: string, found: string): FileError =>
    new FileError({ file, offset, expected, found });
  let handle;
  try {
    handle = await open(file);
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault(0, "a file", "something else");
    const bytes = new Uint8Array(new SharedArrayBuffer(stat.size));
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, 2 ** 30), at);
      if (bytesRead === 0) throw fault(at, `a file of ${bytes.length} bytes`, "its end");
      at += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw error instanceof FileError ? error : unreadable(file, error);
  } finally {
    await handle?.close();
  }
}

/** Where the parts of a file lie. */
function jpg32Parts(bytes: Uint8Array, file: string, classes: number) {
  const fault = (offset: number, expected: string, found: string): FileError =>
    new FileError({ file, offset, expected, found });
  const view = new DataView(bytes.buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (magic !== MAGIC)
    throw fault(0, `a jpg32 file, which begins with ${JSON.stringify(MAGIC)}`, JSON.stringify(magic));
  if (bytes.length < 16) throw fault(8, "the number of images and the length of the header", "the end");
  const [count, length] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (count === 0) throw fault(8, "one image or more", "0");
  const [labelsAt, lengthsAt, dataAt] = [16 + length, 16 + length + count, 16 + length + 3 * count];
  const least = dataAt + count;
  if (bytes.length < least)
    throw fault(8, `${least} bytes or more for ${count} images and a header of ${length}`, `${bytes.length}`);
  const labels = Uint16Array.from(bytes.subarray(labelsAt, lengthsAt));
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) throw fault(labelsAt + wrong, `labels below ${classes}, the number of classes`, `${labels[wrong]}`);
  const starts = new Float64Array(new SharedArrayBuffer(8 * (count + 1)));
  starts[0] = dataAt;
  for (let image = 0; image < count; image++)
    starts[image + 1] = starts[image]! + view.getUint16(lengthsAt + 2 * image, true);
  if (starts[count] !== bytes.length)
    throw fault(
      lengthsAt,
      `lengths of the images that add up to ${bytes.length - dataAt}`,
      `${starts[count]! - dataAt}`,
    );
  return { labels, starts, header: [16, labelsAt] as const };
}
