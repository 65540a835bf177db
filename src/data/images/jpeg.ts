import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import factory from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import { APP1, jpegHeader, SOS, type Segment } from "./jpeg-header.js";
import { orientationIn, upright, type Orientation } from "./orientation.js";
import { faultAt, type Picture, type Source } from "./picture.js";

/** Pixels of four bytes: red, green, blue, and one without meaning. */
interface Decoded {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** One instance of the decoder. */
interface Decoder {
  readonly decode: (jpeg: Uint8Array, orient: boolean) => Decoded | null;
  readonly memory: WebAssembly.Memory;
  /** What libjpeg complained about. */
  readonly complaints: string[];
}

/** Progressive files have some ten scans; each is a pass over the whole image, however few bytes it takes. */
const MOST_SCANS = 100;
/** An instance that took more memory than that for a large image is dropped: memory of WebAssembly never shrinks. */
const MOST_KEPT = 2 ** 26;

/** Its declared type needs a browser's. */
const create = factory as unknown as (overrides: object) => Promise<unknown>;
let compiled: WebAssembly.Module | undefined;
let current: Decoder | undefined;

/**
 * Decodes a JPEG to the bits that libjpeg-turbo (Pillow, torchvision) gives: accurate integer IDCT, smooth upsampling of
 * the colours. Grey becomes three equal channels.
 * @param orientation default "stored", as of Pillow's and PyTorch's loaders
 * @throws FileError where anything is wrong, and be it one byte that is missing at the end
 */
export function decodeJpeg(jpeg: Uint8Array, source: Source, orientation: Orientation = "stored"): Picture {
  const { segments, end } = jpegHeader(jpeg, source);
  const scans = 1 + laterScans(jpeg, end);
  if (scans > MOST_SCANS) throw faultAt(source, end, `a JPEG of at most ${MOST_SCANS} scans`, `${scans}`);
  const decoded = decodeChecked(jpeg);
  if (typeof decoded === "string") throw faultAt(source, end, "whole and valid JPEG data from here on", `"${decoded}"`);
  return orientation === "stored" ? decoded : upright(decoded, orientationOf(jpeg, segments));
}

function orientationOf(jpeg: Uint8Array, segments: readonly Segment[]): number {
  const contents = segments.filter(({ marker }) => marker === APP1).map(({ begin, end }) => jpeg.subarray(begin, end));
  const exif = contents.find((content) => String.fromCharCode(...content.subarray(0, 6)) === "Exif\0\0");
  return exif ? orientationIn(exif.subarray(6)) : 1;
}

/** The image of a JPEG whose header is known to be good, or what libjpeg says is wrong with it. */
export function decodeChecked(jpeg: Uint8Array): Picture | string {
  const decoder = (current ??= start());
  const { complaints } = decoder;
  complaints.length = 0;
  let decoded: Decoded | null = null;
  try {
    decoded = decoder.decode(jpeg, false);
  } catch (error) {
    // libjpeg gave up with exit(): its stack and memory stay as they were then, so it is of no more use.
    current = undefined;
    if (complaints.length === 0) complaints.push(`the decoder failed: ${(error as Error).message}`);
  }
  if (decoder.memory.buffer.byteLength > MOST_KEPT) current = undefined;
  if (complaints.length > 0) return complaints.join("; ");
  return decoded ? { width: decoded.width, height: decoded.height, rgb: dropFourth(decoded.data) } : "no image";
}

function start(): Decoder {
  const require = createRequire(import.meta.url);
  compiled ??= new WebAssembly.Module(readFileSync(require.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm")));
  const module = compiled;
  const complaints: string[] = [];
  let memory!: WebAssembly.Memory;
  const emscripten = {
    printErr: (line: string) => complaints.push(line),
    instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)!;
      receive(instance);
      return instance.exports;
    },
  } as { decode?: Decoder["decode"] };
  // With an instance at hand, all of this happens before the call returns.
  withImageData(() => void create(emscripten).catch(() => undefined));
  if (!emscripten.decode) throw new Error(`The JPEG decoder cannot be started: ${complaints.join("; ")}`);
  let first = true;
  const decode: Decoder["decode"] = (jpeg, orient) => {
    if (!first) return emscripten.decode!(jpeg, orient);
    first = false;
    return withImageData(() => emscripten.decode!(jpeg, orient));
  };
  return { decode, memory, complaints };
}

/** The decoder looks for a browser's ImageData once, when it first decodes; the caller's globals stay as they are. */
function withImageData<T>(run: () => T): T {
  const before = Object.getOwnPropertyDescriptor(globalThis, "ImageData");
  Object.defineProperty(globalThis, "ImageData", { value: Rgba, configurable: true, writable: true });
  try {
    return run();
  } finally {
    if (before) Object.defineProperty(globalThis, "ImageData", before);
    else Reflect.deleteProperty(globalThis, "ImageData");
  }
}

class Rgba implements Decoded {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

function laterScans(jpeg: Uint8Array, from: number): number {
  let scans = 0;
  for (let at = jpeg.indexOf(0xff, from); at >= 0; at = jpeg.indexOf(0xff, at + 1)) if (jpeg[at + 1] === SOS) scans++;
  return scans;
}

/** In place: an image may be large. */
function dropFourth({ buffer, byteOffset, length }: Uint8ClampedArray): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const pixels = length / 4;
  for (let pixel = 1; pixel < pixels; pixel++) {
    bytes[3 * pixel] = bytes[4 * pixel]!;
    bytes[3 * pixel + 1] = bytes[4 * pixel + 1]!;
    bytes[3 * pixel + 2] = bytes[4 * pixel + 2]!;
  }
  return bytes.subarray(0, 3 * pixels);
}
