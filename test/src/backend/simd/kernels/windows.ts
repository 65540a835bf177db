import type { backend_util } from "@tensorflow/tfjs-core";
import fc from "fast-check";

export type Pad = "valid" | "same" | number | backend_util.ExplicitPadding;

/** Sides of images. */
export const side = fc.integer({ min: 1, max: 11 });
/** Sides of windows, and how far they are apart. */
export const few = fc.integer({ min: 1, max: 4 });
/** Channels: fewer than a vector has, and of no whole number of them. */
export const channels = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 33));

const before = fc.integer({ min: 0, max: 2 });
/** All ways to pad that TensorFlow.js takes. */
export const pad: fc.Arbitrary<Pad> = fc.oneof(
  fc.constantFrom<"valid" | "same">("valid", "same"),
  before,
  fc.tuple(before, before, before, before).map(([top, bottom, left, right]): backend_util.ExplicitPadding => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]),
);
