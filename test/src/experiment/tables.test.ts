import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, it, test } from "vitest";
import * as experiment from "../../../src/experiment/index.js";
import type { Grid, GridCell } from "../../../src/experiment/index.js";
import * as paper from "../../../src/paper.js";

type Row = [set: string, method: string, rho: number, rhoU: number | null, error: number];
const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/experiment/paper.json", import.meta.url), "utf8"),
) as { table1a: Row[]; table1b: Row[]; table2: Row[]; appendixE3: [number, number][] };

const SETS = { cifar10: "CIFAR-10-LT", cifar100: "CIFAR-100-LT", svhn: "SVHN-LT", stickers: "", "plain-stickers": "" };
const LOSSES: Record<string, string> = { "cross-entropy": "CE", focal: "Focal", ldam: "LDAM" };
/** What a cell's trial is, said from its parts alone. */
function rowOf({ trial, paper: error }: GridCell): (string | number | null | undefined)[] {
  const { set, loss, rebalance, ssp, rho, unlabeled } = trial.spec;
  const rest: Record<string, string> = { drw: "-DRW", drs: "-DRS" };
  const method = `${rebalance === "reweight" ? "CB-" : ""}${LOSSES[loss]}${rest[rebalance] ?? ""}${ssp ? " + SSP" : ""}`;
  return [SETS[set], method, rho, unlabeled?.rhoU ?? null, error];
}
const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe("a grid has the paper's trials, with the paper's numbers", () => {
  it.each(["table1a", "table1b", "table2"] as const)("%s", (name) => {
    const { cells } = experiment[name]();
    expect(sorted(cells.map(rowOf))).toEqual(sorted(reference[name]));
    for (const { trial, baseline, paper: own, paperBaseline } of cells) {
      expect(trial.spec).toMatchObject({ profile: "exponential", labeled: 1, semi: "self-training" });
      if (trial.spec.unlabeled) expect(trial.spec.unlabeled).toMatchObject({ multiple: 5, relevance: 1 });
      // What a gain is counted against is the same without D_U or SSP, and its number is the table's own.
      const { unlabeled, ssp, ...rest } = trial.spec;
      expect(baseline?.spec).toEqual((unlabeled ?? ssp) ? rest : undefined);
      const plain = cells.find((one) => JSON.stringify(one.trial.spec) === JSON.stringify(rest))!;
      if (baseline) expect([own, paperBaseline]).toEqual([own, plain.paper]);
    }
  });

  it("which it shows", () => {
    const grid = experiment.table1a({ rho: [100] });
    expect(String(grid).split("\n").slice(3)).toEqual([
      "ρ = 100  CE              29.64              17.48                18.42              18.74               20.06",
      "ρ = 100  LDAM-DRW        22.97              14.96                15.18              15.33               15.55",
      "Test error in % that the paper has; 10 trials, each to be run once a seed.",
    ]);
    expect(inspect({ grid, trial: grid.cells[0]!.trial })).toBe(
      "{\n  grid: [Grid: table1a, 10 trials],\n  trial: [Trial: CIFAR-10-LT, ρ = 100: CE]\n}",
    );
  });

  it("in the paper's places", () => {
    const place = ({ group, row, column }: GridCell): string => `${group}|${row}|${column}`;
    expect(experiment.table1a({ rho: [10, 100] }).cells.map(place)).toEqual(
      [100, 10].flatMap((rho) =>
        ["CE", "LDAM-DRW"].flatMap((method) =>
          ["without D_U", ...["1", "ρ/2", "ρ", "2ρ"].map((rhoU) => `+ D_U@5x, ρ_U = ${rhoU}`)].map(
            (column) => `ρ = ${rho}|${method}|${column}`,
          ),
        ),
      ),
    );
    const { cells } = experiment.table2({ sets: ["cifar100"], rho: [50] });
    expect(cells.map(place)).toEqual(
      [
        ...["CE", "CB-CE", "CB-CE + SSP", "Focal", "CB-Focal", "CB-Focal + SSP"],
        ...["CE-DRW", "CE-DRS", "CE-DRW + SSP", "LDAM", "LDAM-DRW", "LDAM-DRW + SSP"],
      ].map((row) => `CIFAR-100-LT|${row}|ρ = 50`),
    );
    expect([experiment.table1a().title, experiment.table1b().title]).toEqual([
      "Table 1a: CIFAR-10-LT with unlabelled data",
      "Table 1b: SVHN-LT with unlabelled data",
    ]);
  });

  test("appendix E.3", () => {
    const found = experiment.appendixE3().cells.map((one) => [one.trial.spec.unlabeled!.multiple, one.paper]);
    const [[none, error], ...rest] = reference.appendixE3 as [[number, number], ...[number, number][]];
    expect(found).toEqual(rest);
    expect(none).toBe(0);
    for (const cell of experiment.appendixE3().cells) expect(cell.paperBaseline).toBe(error);
  });

  test("src/paper.ts has the same numbers as the fixture", () => {
    for (const [name, set] of [
      ["table1a", "CIFAR-10-LT"],
      ["table1b", "SVHN-LT"],
    ] as const)
      expect(
        sorted(paper[name].map(({ method, rho, rhoU, error }) => [set, method, rho, rhoU ?? null, error])),
      ).toEqual(sorted(reference[name]));
    const rows = paper.table2.map(({ set, method, ssp, rho, error }) => [
      set,
      ssp ? `${method} + SSP` : method,
      rho,
      null,
      error,
    ]);
    expect(sorted(rows)).toEqual(sorted(reference.table2));
    expect(paper.amounts.map(({ multiple, error }) => [multiple, error])).toEqual(reference.appendixE3);
  });
});

describe("the figures and the other appendices", () => {
  const about = (grid: Grid): unknown[] => grid.cells.map(({ trial }) => trial.spec);
  const spec = {
    set: "cifar10",
    rho: 50,
    profile: "exponential",
    labeled: 1,
    loss: "cross-entropy",
    rebalance: "none",
  };
  const self = { ...spec, semi: "self-training" };
  const pool = (rhoU: number, relevance = 1, multiple = 5): object => ({ unlabeled: { rhoU, relevance, multiple } });

  it("vary one thing", () => {
    expect(about(experiment.figure2())).toEqual(
      [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => ({ ...self, ...pool(50, share) })),
    );
    expect(about(experiment.figure3())).toEqual([1, 25, 50, 100, 200].map((rhoU) => ({ ...self, ...pool(rhoU, 0.6) })));
    const ways = ["self-training", "mean-teacher", "vat"];
    expect(about(experiment.appendixE1())).toEqual(ways.map((semi) => ({ ...spec, semi, ...pool(50) })));
    const amounts = [0.5, 1, 5, 10].map((multiple) => ({ ...self, ...pool(50, 1, multiple) }));
    expect(about(experiment.appendixE3())).toEqual(amounts);
    const shares = [0.5, 0.75, 1].flatMap((labeled) => [
      { ...self, labeled },
      { ...self, labeled, ...pool(50) },
    ]);
    expect(about(experiment.appendixE4())).toEqual(shares);
    const tasks = ["rotation", "jigsaw", "moco", "simclr"];
    expect(about(experiment.appendixF1())).toEqual(tasks.map((ssp) => ({ ...self, ssp })));
    const learners = [self, { ...self, loss: "ldam", rebalance: "drw" }].map((one) => ({ ...one, profile: "step" }));
    expect(about(experiment.appendixF3())).toEqual(learners.flatMap((one) => [one, { ...one, ssp: "rotation" }]));
  });

  it("have a baseline that is without it", () => {
    for (const grid of [experiment.figure2(), experiment.figure3(), experiment.appendixE1(), experiment.appendixE3()])
      for (const { baseline } of grid.cells) expect(baseline!.spec).toEqual(self);
    expect(experiment.figure2().cells.map((cell) => [cell.paperBaseline, cell.paper])).toEqual([
      ...Array<unknown>(5).fill([25.19, undefined]),
      [25.19, 18.36],
    ]);
  });

  it("have shares in % as people write them", () => {
    const { cells } = experiment.figure2({ relevance: [0.29, 0.55] });
    expect(cells.map(({ column }) => column)).toEqual(["29", "55"]);
  });

  it("are all known by name", () => {
    const names = ["table1a", "table1b", "table2", "figure2", "figure3"];
    const appendix = ["appendixE1", "appendixE3", "appendixE4", "appendixF1", "appendixF3"];
    expect(Object.keys(experiment.GRIDS)).toEqual([...names, ...appendix]);
    for (const [name, make] of Object.entries(experiment.GRIDS)) expect(make().name).toBe(name);
  });
});

test("what there is not is refused", () => {
  const { figure2, figure3, table1a, table2 } = experiment;
  expect(() => table1a({ rho: [20] })).toThrow(
    "table1a: rho must be an array of one or more of 100, 50, 10 (got [ 20 ])",
  );
  expect(() => table1a({ rho: [] })).toThrow("table1a: rho must be an array");
  expect(() => table1a({ rhos: [10] } as object)).toThrow('there is no parameter "rhos"');
  expect(() => table2({ sets: ["svhn" as "cifar10"] })).toThrow(
    "table2: sets must be an array of one or more of cifar10, cifar100",
  );
  expect(() => figure2({ rho: [50] } as object)).toThrow('figure2: there is no parameter "rho"');
  expect(() => figure2({ relevance: 0.5 as never })).toThrow(
    "figure2: relevance must be an array of one or more numbers",
  );
  expect(() => figure2({ relevance: [60] })).toThrow("relevance must be a number in [0, 1] (got 60)");
  expect(() => figure3({ rhoU: [] })).toThrow("figure3: rhoU must be an array of one or more numbers (got [])");
  expect(() => figure3({ relevance: [1] } as object)).toThrow('figure3: there is no parameter "relevance"');
  expect(() => table1a().where(() => false)).toThrow("table1a: no cell is left of 30");
});
