import { expect, test } from "vitest";
import { log1mExp, logAdd } from "../../../src/theory/logarithms.js";
import { expectEqual } from "./reference.js";

test("log(1 - exp(v)) keeps its digits at both ends", () => {
  expectEqual(log1mExp(-1e-15), Math.log(1e-15), 1e-15);
  expectEqual(log1mExp(-50), -Math.exp(-50), 1e-15);
  expectEqual(log1mExp(Math.log(0.25)), Math.log(0.75), 1e-15);
  expect(log1mExp(-Infinity)).toBe(-0);
});

test("log(exp(a) + exp(b)), also where both underflow or one is impossible", () => {
  expectEqual(logAdd(Math.log(2), Math.log(3)), Math.log(5), 1e-15);
  expectEqual(logAdd(-2000, -2000), -2000 + Math.LN2, 1e-15);
  expect(logAdd(-Infinity, -3)).toBe(-3);
  expect(logAdd(-Infinity, -Infinity)).toBe(-Infinity);
});
