import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Published } from "../manifest.js";

/** What a content turned out to be. */
export interface Digested {
  readonly bytes: number;
  readonly sha256: string;
  /** Only where it is what the content is held against. */
  readonly md5?: string;
}

/** Digests of a content that comes piece by piece: SHA-256, and MD5 where nothing better is published. */
export class Digest {
  #bytes = 0;
  readonly #sha256 = createHash("sha256");
  readonly #md5;

  constructor(published: Published) {
    this.#md5 = weakest(published) ? createHash("md5") : undefined;
  }

  update(piece: Uint8Array): void {
    this.#bytes += piece.length;
    this.#sha256.update(piece);
    this.#md5?.update(piece);
  }

  /** Ends it. */
  end(): Digested {
    const md5 = this.#md5?.digest("hex");
    return { bytes: this.#bytes, sha256: this.#sha256.digest("hex"), ...(md5 !== undefined && { md5 }) };
  }
}

/** Digests of a file. @throws what reading it throws, or the signal's reason */
export async function digestOf(path: string, published: Published, signal?: AbortSignal): Promise<Digested> {
  const digest = new Digest(published);
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    signal?.throwIfAborted();
    digest.update(piece as Buffer);
  }
  return digest.end();
}

/** What of a content is known beforehand and was compared: "size", "SHA-256", "MD5". */
export function compared({ bytes, md5, sha256 }: Published): string[] {
  const digest = sha256 !== undefined ? ["SHA-256"] : md5 !== undefined ? ["MD5"] : [];
  return [...(bytes !== undefined ? ["size"] : []), ...digest];
}

/** In what a content differs from what is published of it, in words; undefined if in nothing. */
export function difference(published: Published, found: Digested): { expected: string; found: string } | undefined {
  if (published.bytes !== undefined && published.bytes !== found.bytes)
    return { expected: `${published.bytes} bytes`, found: `${found.bytes}` };
  if (published.sha256 !== undefined && published.sha256 !== found.sha256)
    return { expected: `SHA-256 ${published.sha256}`, found: found.sha256 };
  if (weakest(published) && published.md5 !== found.md5)
    return { expected: `MD5 ${published.md5}`, found: String(found.md5) };
  return undefined;
}

function weakest({ md5, sha256 }: Published): boolean {
  return md5 !== undefined && sha256 === undefined;
}
