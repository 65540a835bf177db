import fc from "fast-check";
import type { Damage } from "./images.js";

/** One to three damages, mostly of a byte or two. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("change", "change", "remove", "insert", "cut"),
    where: fc.nat(2 ** 20 - 1).map((n) => n / 2 ** 20),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
