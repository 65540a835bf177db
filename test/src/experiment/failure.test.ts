import { expect, test } from "vitest";
import { byError } from "../../../src/experiment/failure.js";

const failed = (error: string, count: number, label = "A") =>
  Array.from({ length: count }, (_, seed) => ({ label, seed, error }));

test("what went wrong is said once, with the runs that it stopped", () => {
  expect(byError([])).toEqual([]);
  const [one, two] = [failed("no images", 2), failed("full", 1, "B")];
  expect(byError([one[0]!, two[0]!, one[1]!])).toEqual([
    ["no images", "A, seed 0; A, seed 1"],
    ["full", "B, seed 0"],
  ]);
});

test.each([
  [3, "A, seed 0; A, seed 1; A, seed 2"],
  [4, "A, seed 0; A, seed 1; A, seed 2; A, seed 3"],
  [5, "A, seed 0; A, seed 1; A, seed 2; and 2 more"],
  [100, "A, seed 0; A, seed 1; A, seed 2; and 97 more"],
])("of %d runs some are named", (count, runs) => {
  expect(byError(failed("no images", count))).toEqual([["no images", runs]]);
});
