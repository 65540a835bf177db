import { check, digits as significantDigits } from "../options.js";

const SUPERSCRIPTS: Record<string, string> = { "-": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].entries()) };

/** Beyond these powers of ten a number is written with an exponent. */
const SMALLEST = -4;
const LARGEST = 6;

/** More digits than this a double does not hold, or nobody reads. */
const MOST_DIGITS = 12;

/** With spaces that keep the number on one line. */
const TIMES = "\u00a0×\u00a0";

/** "10⁻⁸" for -8. */
export function powerOfTen(exponent: number): string {
  return `10${[...String(exponent)].map((sign) => SUPERSCRIPTS[sign] ?? sign).join("")}`;
}

/**
 * A number as people write it: "0.8602", "0.5", "1,050", "2.251 × 10⁻⁸", "−0.2771". Numbers from 0.0001 to below a
 * million are written out; zeros at the end are left away where they are true
 * (0.99999 is "1.000", not "1"); spaces do not break. Not a number and infinities are "NaN", "∞", "−∞".
 *
 * @param digits significant digits (default 4), 1 to 100; whole numbers below a million keep all of theirs
 * @throws RangeError for other digits
 */
export function formatNumber(value: number, digits = 4): string {
  check("formatNumber", { digits }, { digits: significantDigits });
  if (!Number.isFinite(value)) return { Infinity: "∞", "-Infinity": "−∞" }[String(value)] ?? String(value);
  if (value === 0) return "0";
  const exponent = exponentOf(value, digits);
  const zerosAreTrue = close(significant(value, digits), value);
  if (exponent < SMALLEST || exponent >= LARGEST) {
    const mantissa = scaled(value, exponent, digits - 1);
    return `${zerosAreTrue ? trimmed(mantissa) : mantissa}${TIMES}${powerOfTen(exponent)}`;
  }
  const written = fixed(value, Math.max(0, digits - 1 - exponent));
  return zerosAreTrue ? trimmed(written) : written;
}

/**
 * A value with its uncertainty: "0.8602 ± 0.0011", "(2.30 ± 0.40) × 10⁻⁸". The uncertainty gets two significant digits, or all
 * before the point ("12,346 ± 1,234"), and the value as many decimals. An uncertainty of exactly 0, or none, leaves the number alone.
 *
 * @param digits significant digits of a value without uncertainty (default 4)
 */
export function formatMeasured(value: number, error: number | undefined, digits = 4): string {
  if (error === undefined || error === 0 || !Number.isFinite(value)) return formatNumber(value, digits);
  if (!Number.isFinite(error)) return `${formatNumber(value, digits)} ± ${formatNumber(error)}`;
  const errorExponent = exponentOf(error, 2);
  if (exponentOf(value, digits) - errorExponent > MOST_DIGITS)
    return `${formatNumber(value, digits)} ± ${formatNumber(error, 2)}`;
  const exponent = Math.max(value === 0 ? errorExponent : exponentOf(value, digits), errorExponent);
  if (exponent >= SMALLEST && exponent < LARGEST) {
    const decimals = Math.max(0, 1 - errorExponent);
    return `${fixed(value, decimals)} ± ${fixed(error, decimals)}`;
  }
  const decimals = exponent - errorExponent + 1;
  return `(${scaled(value, exponent, decimals)} ± ${scaled(error, exponent, decimals)})${TIMES}${powerOfTen(exponent)}`;
}

/** A whole number as texts have it: "12,406". */
export function formatCount(n: number): string {
  return n.toLocaleString("en-US");
}

/** A number with so many decimals: "−1.3", and a rounded zero without a sign. */
export function decimal(value: number, decimals: number): string {
  return value
    .toFixed(decimals)
    .replace(/^-(?=.*[1-9])/, "−")
    .replace(/^-/, "");
}

/** A share in %, without what its double adds: 55 for 0.55, a hundred times which is 55.00000000000001. */
export function percent(share: number): number {
  return significant(100 * share, 12);
}

/** The number to `digits` significant digits: what a figure keeps of it, so that notebooks stay small. */
export function significant(value: number, digits = 5): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** The power of ten of the first digit, after rounding: 9.9996 to four digits is 10.00, so 1. */
function exponentOf(value: number, digits: number): number {
  return Number(value.toExponential(digits - 1).split("e")[1]);
}

/** Equal but for the rounding of arithmetic. */
function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.abs(b);
}

/** "0.5" for "0.5000", "3" for "3.0". */
function trimmed(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

/** `decimal`, with commas: "1,050.0". */
function fixed(value: number, decimals: number): string {
  return decimal(value, decimals).replace(/\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
}

/** The number divided by 10^exponent. Shifts digits, not doubles: 10^-320 has no usable reciprocal. */
function scaled(value: number, exponent: number, decimals: number): string {
  const [mantissa, own] = value.toExponential().split("e");
  return fixed(Number(`${mantissa}e${Number(own) - exponent}`), decimals);
}
