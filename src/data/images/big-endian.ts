/** Whole numbers of two and four bytes, the first of which counts most, as JPEG and PNG write them. */
export function word16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function word32(bytes: Uint8Array, at: number): number {
  return ((word16(bytes, at) << 16) | word16(bytes, at + 2)) >>> 0;
}

/** "ff d8"; "the end" for no bytes. */
export function hex(bytes: Uint8Array): string {
  return bytes.length === 0 ? "the end" : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
