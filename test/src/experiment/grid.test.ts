import { expect, it } from "vitest";
import { cifar10LT, Grid, ldam, type GridCell } from "../../../src/experiment/index.js";

const place = { group: "g", row: "CE", column: "a" };
const cells: GridCell[] = [
  { ...place, trial: cifar10LT() },
  { ...place, trial: cifar10LT().with(ldam) },
];

it("refuses two cells in one place, of which one table would show the first and another the last", () => {
  expect(() => new Grid("mine", "Mine", cells)).toThrow(
    'mine: expected one cell a place, found two in group "g", row "CE", column "a"',
  );
  const apart = cells.map((cell, i) => ({ ...cell, column: String(i) }));
  expect(new Grid("mine", "Mine", apart).places.columns).toEqual(["0", "1"]);
});
