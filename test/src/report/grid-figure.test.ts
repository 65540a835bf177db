import { describe, expect, it } from "vitest";
import { cifar10LT, figure2, Grid, longer, table1a, unlabeled, type Results } from "../../../src/experiment/index.js";
import { gridFigure } from "../../../src/report/index.js";
import { fabricatedResults } from "../experiment/fabricated.js";

describe("gridFigure", () => {
  const wrong = ({ spec }: { spec: { unlabeled?: { relevance: number } } }, seed: number) =>
    spec.unlabeled ? 400 - 200 * spec.unlabeled.relevance + seed : 300;
  const results = fabricatedResults(figure2(), [0, 2], wrong);

  it("is a line over the columns with one sd as bars, and the baseline across", () => {
    const figure = gridFigure(results, { title: "t", x: "share" });
    const [line] = figure.data as { x: number[]; y: number[]; error_y: { array: number[] } }[];
    expect(line!.x).toEqual([0, 20, 40, 60, 80, 100]);
    line!.y.forEach((y, i) => expect(y).toBeCloseTo(40.1 - 4 * i, 2));
    line!.error_y.array.forEach((sd) => expect(sd).toBeCloseTo(Math.SQRT2 / 10, 3));
    expect(figure.layout["shapes"]).toMatchObject([{ y0: 30, y1: 30 }]);
  });

  it("says where its runs are from and how many there are, of cells that differ in that the least and the most", () => {
    const detail = (...results: Results[]): string =>
      JSON.stringify(gridFigure(results, { title: "t", x: "share" }).layout["title"])
        .replaceAll(/<[^>]*>/g, " ")
        .replaceAll(/\s+/g, " ");
    expect(detail(results)).toContain("here: scale quick, n = 2. Mean, bars: one sd");
    const stopped = fabricatedResults(figure2(), [0, 1, 2], ({ spec }, seed) =>
      spec.unlabeled?.relevance === 1 && seed > 0 ? undefined : 300,
    );
    expect(detail(results, stopped)).toContain("here: scale quick, n = 2; here: scale quick, n = 1 to 3.");
  });

  it("has a line of its own for each group", () => {
    const cells = [100, 50].flatMap((rho) =>
      [1, rho].map((rhoU) => {
        const trial = cifar10LT({ rho }).with(unlabeled({ rhoU }));
        return { group: `ρ = ${rho}`, row: "CE", column: String(rhoU), trial };
      }),
    );
    const both = fabricatedResults(new Grid("mine", "Mine", cells), [0], ({ spec }) => spec.rho + spec.unlabeled!.rhoU);
    const { data } = gridFigure(both, { title: "t", x: "ρ_U" });
    expect(data).toMatchObject([
      { name: "ρ = 100, CE", x: [1, 100], y: [10.1, 20] },
      { name: "ρ = 50, CE", x: [1, 50], y: [5.1, 10] },
    ]);
  });

  it("tells lines of different scales apart", () => {
    const twice = fabricatedResults(figure2(), [0], () => 100, "recorded", longer("quick", { times: 2 }));
    const usual = fabricatedResults(figure2(), [0], () => 200, "recorded");
    const names = (gridFigure([usual, twice], { title: "t", x: "x" }).data as { name: string }[]).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      "CE + D_U@5x, recorded, scale quick",
      "CE + D_U@5x, recorded, scale quick, 2 times the epochs",
    ]);
  });

  it("refuses results without runs, and columns that are no numbers", () => {
    const none = fabricatedResults(figure2(), [], () => undefined);
    const bases = fabricatedResults(figure2(), [0], ({ spec }) => (spec.unlabeled ? undefined : 300));
    expect(bases.records).toHaveLength(1);
    for (const one of [none, bases, [none, bases]])
      expect(() => gridFigure(one, { title: "t", x: "x" })).toThrow("there are no runs of it yet");
    expect(gridFigure([bases, results], { title: "t", x: "x" })).toEqual(gridFigure(results, { title: "t", x: "x" }));
    const table = fabricatedResults(table1a({ rho: [100] }), [0], () => 300);
    expect(() => gridFigure(table, { title: "t", x: "x" })).toThrow(
      "expected columns that are numbers, found without D_U",
    );
  });
});
