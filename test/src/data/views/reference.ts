import { expect } from "vitest";
import reference from "../../../fixtures/data/views.json" with { type: "json" };
import type { Bitmap } from "../../../../src/data/images/png.js";
import type { FloatImage } from "../../../../src/data/views/float-image.js";

/** What other implementations make of a small image: test/fixtures/data/make_views.py. */
export { reference };

const { height, width } = reference;

/** The image, in colour or (another one) in grey. */
export function bitmap(channels: number): Bitmap {
  return {
    bytes: new Uint8Array(Buffer.from(channels === 3 ? reference.picture : reference.plane, "base64")),
    shape: [height, width, channels],
  };
}

export function floatImage(channels: number): FloatImage {
  const { bytes, shape } = bitmap(channels);
  return { values: Float32Array.from(bytes, (byte) => byte / 255), shape };
}

export function numbers(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer);
}

export function operations(name: string): (typeof reference)["operations"] {
  const found = reference.operations.filter((operation) => operation.name === name);
  expect(found).not.toEqual([]);
  return found;
}

/** Float32 has 6e-8 to give at 1; several roundings come one after the other. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, within = 3e-7): void {
  expect(found.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    worst = difference <= worst ? worst : difference;
  }
  expect(worst).toBeLessThanOrEqual(within);
}
