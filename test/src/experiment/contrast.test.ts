import { describe, expect, it } from "vitest";
import {
  cifar10LT,
  contrast,
  gains,
  lower,
  Results,
  table1a,
  table2,
  unlabeled,
  type Trial,
} from "../../../src/experiment/index.js";
import { fabricatedResults } from "./fabricated.js";

const grid = table1a({ rho: [100] });
/** Errors in tenths of a per cent: the base has 300 + seed, D_U takes 10 (rho_U 1) or 5 (others) times (seed + 1) off. */
const results = fabricatedResults(grid, [0, 1, 2], ({ spec }, seed) => {
  if (!spec.unlabeled) return 300 + seed;
  if (spec.unlabeled.rhoU === 200 && seed === 2) return undefined;
  return 300 + seed - (spec.unlabeled.rhoU === 1 ? 10 : 5) * (seed + 1);
});
const close = (values: number[], expected: number[]) => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9));
};

describe("gains", () => {
  it("are of runs with the same seed, in points", () => {
    close(
      gains(results, ({ row, column }) => row === "CE" && column.endsWith("= 1")),
      [1, 2, 3],
    );
  });

  it("are means over cells, of seeds that all have", () => {
    close(
      gains(results, ({ row }) => row === "CE"),
      [0.625, 1.25],
    );
  });

  it("are none where a cell has no runs, and of the others where they are chosen", () => {
    const without = fabricatedResults(grid, [0, 1], ({ spec }, seed) =>
      spec.unlabeled?.rhoU === 50 ? undefined : 300 + seed - (spec.unlabeled ? 10 * (seed + 1) : 0),
    );
    const at = ({ row }: { row: string }) => row === "CE";
    expect(gains(without, at)).toEqual([]);
    expect(contrast(without, at, ({ row }) => row === "LDAM-DRW")).toEqual([]);
    close(
      gains(without, (cell) => at(cell) && cell.gain!.n > 0),
      [1, 2],
    );
  });

  it("are without cells of sets that the scale has nothing for", () => {
    // Scale quick has nothing in place of CIFAR-100-LT.
    const found = fabricatedResults(table2({ sets: ["cifar10"] }), [0, 1], ({ spec }, seed) =>
      spec.ssp ? 290 : 300 + 10 * seed,
    );
    close(gains(new Results(table2(), found.scale, found.records)), [1, 2]);
  });

  it("are none where there is no such cell", () => {
    expect(gains(results, () => false)).toEqual([]);
  });
});

describe("contrast", () => {
  it("pairs seeds, not places", () => {
    const [one, other] = ["= 1", "= 2ρ"].map(
      (end) => (cell: { row: string; column: string }) => cell.row === "LDAM-DRW" && cell.column.endsWith(end),
    );
    close(contrast(results, one!, other!), [0.5, 1]);
  });
});

describe("lower", () => {
  const [base, one, other] = [1, 200].reduce<Trial[]>(
    (trials, rhoU) => [...trials, trials[0]!.with(unlabeled({ rhoU }))],
    [cifar10LT({ rho: 100 })],
  ) as [Trial, Trial, Trial];

  it("pairs errors of the same seed, whichever results they are of", () => {
    close(lower(results.errorOf(one), results.errorOf(base)), [1, 2, 3]);
    close(lower(results.errorOf(base), results.errorOf(one)), [-1, -2, -3]);
    close(lower(results.errorOf(one), results.errorOf(other)), [0.5, 1]);
    const elsewhere = fabricatedResults(grid, [2, 9, 1], (_, seed) => 100 * seed);
    close(lower(elsewhere.errorOf(base), results.errorOf(base)), [20.1, 10.2]);
  });

  it("is of no seed where one has no runs", () => {
    const never = results.errorOf(cifar10LT({ rho: 10 }));
    expect(never).toMatchObject({ n: 0, values: [], seeds: [] });
    expect(lower(never, results.errorOf(base))).toEqual([]);
  });
});
