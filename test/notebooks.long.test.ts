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
});
