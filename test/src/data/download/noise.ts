import { createHash } from "node:crypto";

/** Bytes that differ from place to place, so that a piece at the wrong place is seen; test/fixtures/data/make-archives.py has them too. */
export function bytes(count: number, seed = 1): Buffer {
  const content = Buffer.alloc(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[i] = state >>> 24;
  }
  return content;
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
