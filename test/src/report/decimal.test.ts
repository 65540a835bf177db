import { expect, test } from "vitest";
import { decimal } from "../../../src/report/decimal.js";

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
