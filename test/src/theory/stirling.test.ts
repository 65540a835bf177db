import { expect, test } from "vitest";
import { stirlingRemainder } from "../../../src/theory/stirling.js";

test("completes Stirling's formula: n! for n = 1 to 20", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    factorial *= n;
    const logFactorial = (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + stirlingRemainder(n);
    expect(Math.abs(logFactorial - Math.log(factorial))).toBeLessThan(2e-14);
  }
});

test("the series and the small values meet at 10, and both obey r(z) - r(z + 1) = (z + 1/2) log(1 + 1/z) - 1", () => {
  for (const z of [0.5, 3, 9.3, 9.999999, 10, 40]) {
    const difference = (z + 0.5) * Math.log1p(1 / z) - 1;
    expect(Math.abs(stirlingRemainder(z) - stirlingRemainder(z + 1) - difference)).toBeLessThan(2e-14);
  }
});
