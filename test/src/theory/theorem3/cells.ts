import fc from "fast-check";
import type { Training } from "../../../../src/theory/theorem3/index.js";
import { reference } from "../reference.js";

/** The reference cells, each with the options that our functions take. */
export const cells = reference.theorem3.map((cell) => {
  const { beta, d, pMinus, NPlus: nPlus, NMinus: nMinus, delta } = cell;
  return { ...cell, training: { beta, d, pMinus, nPlus, nMinus, delta } satisfies Training };
});

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const counts = fc.integer({ min: 1, max: 500 });

/** Any cell of Theorem 3, in both regimes and at the switch between them. */
export const anyTraining: fc.Arbitrary<Training> = fc
  .record({
    beta: between(1.05, 200),
    d: fc.integer({ min: 1, max: 3000 }),
    pMinus: between(0.5, 1),
    nPlus: counts,
    nMinus: counts,
    share: between(0.001, 0.999),
    atSwitch: fc.boolean(),
  })
  .map(({ share, atSwitch, ...cell }) => {
    const { beta } = cell;
    const delta = atSwitch && beta > 3.01 ? (beta - 3) / (beta + 1) : (share * (beta - 1)) / (beta + 1);
    return { ...cell, delta };
  });
