import erfc from "@stdlib/math-base-special-erfc";
import { expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import { kolmogorov, kolmogorovLimit } from "./goodness.js";

const cdf = (x: number) => erfc(-x / Math.SQRT2) / 2;

test("normal numbers follow the normal distribution", () => {
  for (const seed of [1, 2, 3]) {
    const sample = stream(seed, "normal").fillNormal(new Float64Array(200_000));
    expect(kolmogorov(sample, cdf)).toBeLessThan(kolmogorovLimit);
  }
});

test("moments 1 to 6 are those of the normal distribution, within 5 standard errors", () => {
  const n = 2_000_000;
  const sample = stream(11, "moments").fillNormal(new Float64Array(n));
  const moments = [0, 1, 0, 3, 0, 15];
  const doubled = [1, 3, 15, 105, 945, 10395]; // the moments of twice the order, for the standard errors
  moments.forEach((moment, i) => {
    const mean = sample.reduce((sum, x) => sum + x ** (i + 1), 0) / n;
    expect(Math.abs(mean - moment)).toBeLessThan(5 * Math.sqrt((doubled[i]! - moment ** 2) / n));
  });
});

test("the tail beyond the ziggurat's base has the right mass and shape on both sides", () => {
  const start = 3.6541528853610088;
  const n = 4_000_000;
  const block = new Float64Array(100_000);
  const s = stream(5, "tail");
  const beyond: number[] = [];
  let negative = 0;
  for (let done = 0; done < n; done += block.length) {
    for (const x of s.fillNormal(block)) {
      if (Math.abs(x) <= start) continue;
      beyond.push(Math.abs(x));
      if (x < 0) negative++;
    }
  }
  const expected = n * erfc(start / Math.SQRT2);
  expect(Math.abs(beyond.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
  expect(Math.abs(negative - beyond.length / 2)).toBeLessThan(2.5 * Math.sqrt(beyond.length));
  const tailCdf = (x: number) => 1 - erfc(x / Math.SQRT2) / erfc(start / Math.SQRT2);
  expect(kolmogorov(Float64Array.from(beyond), tailCdf)).toBeLessThan(kolmogorovLimit);
});
