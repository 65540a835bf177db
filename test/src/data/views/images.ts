import fc from "fast-check";
import type { FloatImage } from "../../../../src/data/views/float-image.js";

/** Images of any size up to 9 x 9, in colour or in grey; some of their values are bytes', so that ties and greys occur. */
export const images: fc.Arbitrary<FloatImage> = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1, 3),
  })
  .chain(({ height, width, channels }) => {
    const length = height * width * channels;
    const value = fc.oneof(
      fc.constantFrom(0, 0.5, 1),
      fc.nat(255).map((byte) => byte / 255),
      fc.float({ min: 0, max: 1, noNaN: true }),
    );
    return fc
      .array(value, { minLength: length, maxLength: length })
      .map((values) => ({ values: Float32Array.from(values), shape: [height, width, channels] as const }));
  });

export function copy({ values, shape }: FloatImage): FloatImage {
  return { values: values.slice(), shape };
}
