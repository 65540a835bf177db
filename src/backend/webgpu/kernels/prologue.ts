import type { Prologue } from "./convolution-plan.js";
import { rectified } from "./rectifier.js";

/** Text of four channels (`quad` of `in4`) of an input element at `index`, by what becomes of it on its way. */
export const elementOf = (prologue: Prologue, quad: string, in4: number): string =>
  ({
    raw: "source[index]",
    normalized: rectified(`(coefficients[${quad}] * source[index] + coefficients[${in4}u + ${quad}])`),
    gradient:
      `coefficients[${quad}] * source[index] + coefficients[${in4}u + ${quad}] * other[index] + ` +
      `coefficients[${2 * in4}u + ${quad}]`,
  })[prologue];
