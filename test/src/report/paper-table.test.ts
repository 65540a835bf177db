import { describe, expect, it } from "vitest";
import { cifar10LT, figure2, Grid, ldam, longer, table1a, table2 } from "../../../src/experiment/index.js";
import { paperTable } from "../../../src/report/index.js";
import { fabricatedResults } from "../experiment/fabricated.js";

const grid = table1a({ rho: [100] });
const here = fabricatedResults(grid, [0], ({ spec }) =>
  spec.loss === "ldam" ? undefined : spec.unlabeled ? 250 : 300,
);
const recorded = fabricatedResults(grid, [0, 1], (_, seed) => 200 + 20 * seed, "recorded");

describe("paperTable", () => {
  it("puts what was measured here, what was recorded and the paper's in lines of their own", () => {
    const lines = String(paperTable([here, recorded])).split("\n");
    const line = (start: string) => lines.find((one) => one.includes(start))!;
    expect(line("here, n = 1")).toMatch(/CE +here, n = 1 +30\.00( +25\.00){4}$/);
    expect(line("recorded, n = 2")).toMatch(/ +recorded, n = 2( +21\.0 ± 1\.4){5}$/);
    expect(line("paper  ")).toMatch(/29\.64 +17\.48 +18\.42 +18\.74 +20\.06$/);
    expect(lines.filter((one) => one.includes("here, n"))).toHaveLength(1);
    expect(lines.filter((one) => one.includes("LDAM-DRW"))).toHaveLength(1);
    expect(lines.at(-1)).toContain("plain stickers in place of the paper's images");
  });

  it("tells lines of different scales apart", () => {
    const twice = fabricatedResults(grid, [0, 1], () => 100, "recorded", longer("quick", { times: 2 }));
    const text = String(paperTable([recorded, twice]));
    expect(text).toMatch(/CE +recorded, scale quick, n = 2 +21\.0 ± 1\.4/);
    expect(text).toMatch(/ +recorded, scale quick, 2 times the epochs, n = 2 +10\.0 ± 0\.0/);
  });

  it("shows gains beside the paper's", () => {
    const lines = String(paperTable(here, { show: "gain" })).split("\n");
    expect(lines.find((one) => one.includes("here, n = 1"))).toMatch(/–( +5\.00){4}$/);
    expect(lines.find((one) => one.includes("paper  "))).toMatch(/– +12\.16 +11\.22 +10\.90 +9\.58$/);
  });

  it("has the values themselves as CSV, and forms for papers", () => {
    const table = paperTable([here, recorded]);
    const [heads, line] = table.csv().split("\r\n");
    expect(heads).toMatch(/^group,,,without D_U,without D_U sd,\+ D_U@5x: ρ_U = 1,\+ D_U@5x: ρ_U = 1 sd,/);
    expect(line).toMatch(/^ρ = 100,CE,"here, scale quick, n = 1",30,,25,,/);
    expect(table.csv()).toContain("29.64");
    expect(table.latex()).toContain("$\\pm$");
    expect(table.markdown()).toContain("| recorded, n = 2 |");
  });

  it("says that the paper's are of the best epoch where it shows those", () => {
    expect(String(paperTable(here, { which: "best" }))).toContain("best evaluated epoch, which has seen the test set");
  });

  it("shows the paper's numbers alone where nothing was run", () => {
    const empty = fabricatedResults(table2({ sets: ["cifar100"] }), [], () => undefined);
    expect(String(paperTable(empty))).toMatch(/CE +paper +61\.68 +56\.15 +44\.29/);
  });

  it("keeps columns apart whatever a grid calls them", () => {
    const trials = [cifar10LT(), cifar10LT().with(ldam)];
    const called = (...columns: string[]): string[] => {
      const cells = columns.map((column, i) => ({ group: "g", row: "CE", column, trial: trials[i]! }));
      const mine = new Grid("mine", "Mine", cells);
      const results = fabricatedResults(mine, [0], ({ spec }) => (spec.loss === "ldam" ? 100 : 200));
      return paperTable(results).csv().split("\r\n");
    };
    expect(called("source", "method")).toEqual(["group,,,source,method", 'g,CE,"here, scale quick, n = 1",20,10', ""]);
    expect(called("D_U, ρ = 1, first", "D_U, ρ = 1, last")[0]).toBe('group,,,"D_U: ρ = 1, first","D_U: ρ = 1, last"');
  });

  it("refuses nothing, and results of different grids", () => {
    expect(() => paperTable([])).toThrow("expected one or more results, found none");
    const other = fabricatedResults(figure2(), [], () => undefined);
    expect(() => paperTable([here, other])).toThrow("expected results of one grid, found table1a and figure2");
  });
});
