import fc from "fast-check";
import { expect, test } from "vitest";
import { IMAGE_BYTES, interleave, interleaveColumns } from "../../../../src/data/formats/planes.js";

const image = fc.uint8Array({ minLength: IMAGE_BYTES, maxLength: IMAGE_BYTES });
const at = (y: number, x: number, c: number): number => (y * 32 + x) * 3 + c;

/** What the functions are defined by: where each byte goes. */
function expected(planes: Uint8Array, place: (y: number, x: number, c: number) => number): Uint8Array {
  const out = new Uint8Array(IMAGE_BYTES);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 32; y++) for (let x = 0; x < 32; x++) out[at(y, x, c)] = planes[place(y, x, c)]!;
  return out;
}

test("planes of rows and of columns become pixels, and nothing beside them is touched", () => {
  fc.assert(
    fc.property(image, fc.nat(9), (planes, offset) => {
      const rows = new Uint8Array(IMAGE_BYTES + 20).fill(7);
      interleave(planes, new DataView(rows.buffer), offset);
      const columns = new Uint8Array(IMAGE_BYTES + 20).fill(7);
      interleaveColumns(planes, columns, offset);
      for (const [out, place] of [
        [rows, (y: number, x: number, c: number) => c * 1024 + y * 32 + x],
        [columns, (y: number, x: number, c: number) => c * 1024 + x * 32 + y],
      ] as const) {
        expect(Buffer.compare(out.subarray(offset, offset + IMAGE_BYTES), expected(planes, place))).toBe(0);
        expect([...out.subarray(0, offset), ...out.subarray(offset + IMAGE_BYTES)]).toEqual(Array(20).fill(7));
      }
    }),
    { numRuns: 30 },
  );
});

test("an image may be turned round where it lies", () => {
  const planes = Uint8Array.from({ length: IMAGE_BYTES }, (_, i) => (i * 31) >>> 3);
  const wanted = expected(planes, (y, x, c) => c * 1024 + y * 32 + x);
  interleave(planes, new DataView(planes.buffer), 0);
  expect(Buffer.compare(planes, wanted)).toBe(0);
});
