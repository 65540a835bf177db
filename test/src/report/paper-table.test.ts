import { describe, expect, it } from "vitest";
import { cifar10LT, figure2, Grid, ldam, longer, Results, table1a, table2 } from "../../../src/experiment/index.js";
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

  it("says what its numbers are", () => {
    const text = String(paperTable(here));
    expect(text).toMatch(/^Table 1a: [^\n]*\n/);
    expect(text).not.toContain(": gains");
    expect(text).toContain("Test error in %, mean ± sd over n seeds, last epoch.");
    const gains = String(paperTable(here, { show: "gain" }));
    expect(gains).toMatch(/^Table 1a: [^\n]*: gains\n/);
    expect(gains).toContain("Points of test error below the baseline, mean ± sd over n seeds, last epoch.");
  });

  it("gives each group the numbers of its own cells, and says of cells that differ in how many runs they have the least and the most", () => {
    const both = fabricatedResults(table1a({ rho: [100, 50] }), [0, 1, 2], ({ spec }, seed) =>
      spec.unlabeled?.rhoU === 1 && seed > 0 ? undefined : 2 * spec.rho,
    );
    const lines = String(paperTable(both)).split("\n");
    const [first, second] = lines.filter((line) => /^ +CE +here/.test(line));
    expect(first).toMatch(/CE +here, n = 1 to 3 +20\.0 ± 0\.0 +20\.00/);
    expect(second).toMatch(/CE +here, n = 1 to 3 +10\.0 ± 0\.0 +10\.00/);
    const paper = lines.filter((line) => /^ +paper/.test(line));
    expect(paper[0]).toMatch(/paper +29\.64 /);
    expect(paper[2]).toMatch(/paper +25\.19 /);
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
    const better = here.records.map((one) => ({ ...one, best: { epoch: 9, counts: [[480, 20], [0, 500]] } })); // prettier-ignore
    const text = String(paperTable(new Results(grid, here.scale, better), { which: "best" }));
    expect(text).toContain("best evaluated epoch, which has seen the test set");
    expect(text).toMatch(/CE +here, n = 1( +2\.00){5}/);
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
