import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimal, formatMeasured, formatNumber, percent, powerOfTen, significant } from "../../../src/show/number.js";

/** Reads what `formatNumber` wrote. */
function parse(text: string): number {
  const plain = text.replaceAll(",", "").replaceAll("−", "-");
  const [mantissa = "", power] = plain.split("\u00a0×\u00a010");
  const exponent = [...(power ?? "⁰")].map((digit) => (digit === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit))).join("");
  return Number(`${mantissa}e${exponent}`);
}

test.each([
  [-1.26, 1, "−1.3"],
  [1.26, 1, "1.3"],
  [-0.04, 1, "0.0"],
  [0.04, 1, "0.0"],
  [-0, 2, "0.00"],
  [-0.05, 2, "−0.05"],
  [-10, 0, "−10"],
  [NaN, 1, "NaN"],
])("%d with %d decimals is %s", (value, decimals, text) => expect(decimal(value, decimals)).toBe(text));

test("a share in % is what people write", () => {
  expect([0.55, 0.29, 0.07, 1, 0].map(percent)).toEqual([55, 29, 7, 100, 0]);
  expect(percent(0.123456)).toBe(12.3456);
});

describe("formatNumber", () => {
  test.each([
    [0.860183271, "0.8602"],
    [-0.277100015, "−0.2771"],
    [0.5, "0.5"],
    [0.1 + 0.2, "0.3"],
    [100, "100"],
    [1050, "1,050"],
    [123_456, "123,456"],
    [0, "0"],
    [-0, "0"],
    [2.2513836e-8, "2.251\u00a0×\u00a010⁻⁸"],
    [1e-6, "1\u00a0×\u00a010⁻⁶"],
    [5e-324, "5\u00a0×\u00a010⁻³²⁴"],
    [1.5e12, "1.5\u00a0×\u00a010¹²"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
    [Infinity, "∞"],
    [1e-4, "0.0001"],
  ])("%d is written %s", (value, text) => expect(formatNumber(value)).toBe(text));

  test("a number that only rounds to a whole one shows that it was rounded", () => {
    expect(formatNumber(0.99999)).toBe("1.000");
    expect(formatNumber(1)).toBe("1");
    expect(formatNumber(0.20001)).toBe("0.2000");
  });

  test("rounding up to the next power of ten does not add a digit", () => {
    expect(formatNumber(9.9999)).toBe("10.00");
    expect(formatNumber(999_999.9)).toBe("1.000\u00a0×\u00a010⁶");
  });

  test("what is written is the number, to the digits asked for", () => {
    const doubles = fc.double({ min: -1e307, max: 1e307, noNaN: true });
    fc.assert(
      fc.property(doubles, fc.integer({ min: 1, max: 12 }), (value, digits) => {
        const error = Math.abs(parse(formatNumber(value, digits)) - value);
        expect(error).toBeLessThanOrEqual(Math.max(Math.abs(value) * 0.50001 * 10 ** (1 - digits), 5e-324));
      }),
    );
  });
});

describe("formatMeasured", () => {
  test.each([
    [0.99945, 0.000171, "0.99945 ± 0.00017"],
    [0.2, 0.1, "0.20 ± 0.10"],
    [12_345, 120, "12,345 ± 120"],
    [2.25e-8, 3.04e-10, "(2.250 ± 0.030)\u00a0×\u00a010⁻⁸"],
    [1e-9, 0.01, "0.000 ± 0.010"],
    [-1e-9, 0.01, "0.000 ± 0.010"],
    [0, 0.012, "0.000 ± 0.012"],
    [0.5, 0, "0.5"],
    [0.5, undefined, "0.5"],
    [0.5, NaN, "0.5 ± NaN"],
    [0.5, 0.0994, "0.500 ± 0.099"],
    [0.5, 0.0996, "0.50 ± 0.10"],
    [0, 3e-9, "(0.0 ± 3.0)\u00a0×\u00a010⁻⁹"],
    [NaN, 0.1, "NaN"],
    [12.345678, undefined, "12.35"],
    [1, 1e-200, "1 ± 1\u00a0×\u00a010⁻²⁰⁰"],
  ])("%d with error %d is written %s", (value, error, text) => expect(formatMeasured(value, error)).toBe(text));

  test("always writes something finite for finite numbers", () => {
    const doubles = fc.double({ min: -1e307, max: 1e307, noNaN: true });
    fc.assert(
      fc.property(doubles, fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (value, error) => {
        expect(formatMeasured(value, error)).toMatch(/^\(?−?\d/);
      }),
    );
  });
});

test("what is no number is written as the text that it is", () => {
  const found = [undefined, null, "3", new Date(NaN), {}].map((value) => formatNumber(value as never));
  expect(found).toEqual(["undefined", "null", "3", "Invalid Date", "[object Object]"]);
});

test("powers of ten are superscripts", () => expect(powerOfTen(-120)).toBe("10⁻¹²⁰"));

test("significant rounds to digits, and leaves infinities", () => {
  expect(significant(Math.PI)).toBe(3.1416);
  expect(significant(1.23456789e-200, 3)).toBe(1.23e-200);
  expect(significant(-Infinity)).toBe(-Infinity);
});
