import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";
import { expect } from "vitest";
import reference from "../../../fixtures/images/images.json" with { type: "json" };
import { FileError } from "../../../../src/data/file-error.js";
import type { Picture } from "../../../../src/data/images/picture.js";

/** Images that Pillow wrote and decoded: test/fixtures/images/make_images.py. */
export { reference };

export const NINE = fileURLToPath(new URL("../../../fixtures/images/nine.jpg32", import.meta.url));
export const nine = (): Buffer => readFileSync(NINE);

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
export const unpack = (text: string): Uint8Array => new Uint8Array(inflateSync(Buffer.from(text, "base64")));

/** An image file, and the picture that it holds. */
export function imageFile(name: keyof typeof reference.files): { bytes: Uint8Array; picture: Picture } {
  const { file, width, height, rgb } = reference.files[name];
  return { bytes: fromBase64(file), picture: { width, height, rgb: unpack(rgb) } };
}

export const names = Object.keys(reference.files) as (keyof typeof reference.files)[];
export const jpegs = names.filter((name) => name.endsWith(".jpg"));
export const pngs = names.filter((name) => name.endsWith(".png"));

/** What is thrown, which must be a FileError. */
export function faultOf(run: () => unknown): FileError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return error as FileError;
  }
  throw new Error("expected a FileError");
}

/** Bytes that differ from a good file's: some are changed, left out or put in, or the end is cut off. */
export interface Damage {
  readonly kind: "change" | "remove" | "insert" | "cut";
  /** 0 to 1. */
  readonly where: number;
  readonly bytes: Uint8Array;
}

export function damaged(good: Uint8Array, { kind, where, bytes }: Damage): Uint8Array {
  const at = Math.floor(where * good.length);
  if (kind === "cut") return good.slice(0, at);
  const rest = good.subarray(kind === "insert" ? at : Math.min(at + bytes.length, good.length));
  return new Uint8Array(Buffer.concat([good.subarray(0, at), kind === "remove" ? new Uint8Array() : bytes, rest]));
}
