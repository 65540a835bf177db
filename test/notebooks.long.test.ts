import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { runChanged } from "./notebooks/changed.js";
import { computeWhatIsCommitted, notebooks, training } from "./notebooks/committed.js";

/** The notebooks that train networks, from nothing, in their order: the last one shows what the others ran. */
computeWhatIsCommitted(
  notebooks.filter((name) => training.includes(name.slice(0, 2))),
  1200,
);

describe("what notebooks invite to change", { timeout: 1_200_000 }, () => {
  beforeEach(() => {
    const runs = mkdtempSync(join(tmpdir(), "runs-"));
    vi.stubEnv("LONGTAIL_RUNS", runs);
    return () => {
      vi.unstubAllEnvs();
      rmSync(runs, { recursive: true });
    };
  });

  it("the seed: a sample of the pool whose 95 % interval misses the truth is no failure", async () => {
    const { error, shown } = await runChanged("08-your-own-data.ipynb", { parameters: ["seed = 0", "seed = 14"] });
    expect(error).toBeUndefined();
    expect(shown("checks")).toContain("9 of 9 hold");
  });

  it("the imbalance of 06: figures, tables and claims are of the one that was chosen", async () => {
    const { error, shown } = await runChanged("06-self-supervised.ipynb", {
      setting: ["const rho = 100;", "const rho = 50;"],
    });
    expect(error).toBeUndefined();
    for (const id of [
      "setting",
      "pretext-classes",
      "curves",
      "longer-table",
      "figure4",
      "neighbours",
      "f2",
      "f2-table",
      "focal",
    ]) {
      expect(shown(id)).toContain("ρ = 50");
      expect(shown(id)).not.toContain("ρ = 100");
    }
    expect(shown("verdict")).toContain("7 of 7 hold");
  });

  it("the pictures of 07: a folder of five classes, after the emblems", async () => {
    const folder = join(process.env["LONGTAIL_RUNS"]!, "pictures");
    const { Examples, emblems, saveFolder } = await import("../src/data/index.js");
    const draw = (counts: number[], split: "train" | "test"): ReturnType<typeof Examples.of> =>
      Examples.of(emblems({ counts, split, size: 32, seed: 1 }));
    await saveFolder(folder, { train: draw([60, 40, 30, 24, 18], "train"), test: draw([9, 9, 9, 9, 9], "test") });
    expect((await runChanged("07-large-scale.ipynb", {}, { last: "moco" })).error).toBeUndefined();
    const { error, shown } = await runChanged("07-large-scale.ipynb", {
      folder: ["const pictures = emblems;", `const pictures = ${JSON.stringify(folder)};`],
    });
    expect(error).toBeUndefined();
    expect(shown("all")).toContain("Your pictures, 5 classes");
    expect(shown("checks-methods")).toContain("12 of 12 hold");
  });
});
