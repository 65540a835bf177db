import fc from "fast-check";
import type { Mixture } from "../../../../src/theory/theorem1/index.js";
import { reference } from "../reference.js";

/** The reference cells, each with the options that our functions take. */
export const cells = reference.theorem1.map((cell) => {
  const { mu1, mu2, sigma, p, q, nPlus, nMinus, delta } = cell;
  return { ...cell, mixture: { mu1, mu2, sigma, p, q, nPlus, nMinus, delta } satisfies Mixture };
});

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Any cell of Theorem 1 at which the bounds range from wholly vacuous to 1 - 1e-100. */
export const anyMixture: fc.Arbitrary<Mixture> = fc.record({
  mu1: between(-3, 3),
  mu2: between(-3, 3),
  // Small ones too, where the label noise is a lattice much coarser than the normal noise.
  sigma: fc.oneof(between(0.05, 5), between(0.0005, 0.05)),
  p: between(0, 1),
  q: between(0, 1),
  nPlus: fc.integer({ min: 1, max: 3000 }),
  nMinus: fc.integer({ min: 1, max: 3000 }),
  delta: between(0.01, 3),
});
