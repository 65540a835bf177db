import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { RunStore, sweep, table2, type Queue, type RunRecord } from "../../../src/experiment/index.js";
import { summary } from "../../../src/experiment/record.js";

/** What a sweep leaves in a notebook: the same whether its runs were there or not. */

const HOOK = Symbol.for("longtail.kernel");
const scratch = mkdtempSync(join(tmpdir(), "sweep-bar-"));
afterAll(() => rmSync(scratch, { recursive: true }));
afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[HOOK];
});

/** Records runs without doing them. */
const pretend: Queue = {
  async process(runs, { store, onUpdate }) {
    for (const run of runs) {
      onUpdate({ type: "begin", run });
      const counts = [[1, 0]];
      const record: RunRecord = {
        ...{
          status: "done",
          run: summary(run),
          data: "",
          digests: {},
          classes: ["a", "b"],
          images: [1, 1],
          seconds: 1,
        },
        ...{ losses: [1], evaluations: [], last: { epoch: 0, counts }, best: { epoch: 0, counts } },
        ...{ device: "simd", versions: {}, finished: new Date(0).toISOString() },
      };
      await new RunStore(store).add(record);
      onUpdate({ type: "done", run });
    }
  },
};

/** The bar as a cell's output has it, first to last. */
async function allShownBy(store: string, queue: Queue, shown: string[] = []): Promise<string[]> {
  (globalThis as Record<symbol, unknown>)[HOOK] = {
    signal: new AbortController().signal,
    display: (data: Record<string, string>) => shown.push(data["text/plain"] ?? ""),
  };
  await sweep(table2({ rho: [10], sets: ["cifar10"] }), { store, queue });
  return shown;
}

/** As it stands in the end. */
async function shownBy(store: string): Promise<string | undefined> {
  return (await allShownBy(store, pretend)).at(-1);
}

it("a cell that is run again ends with the same bar", async () => {
  const store = join(scratch, "store");
  const first = await shownBy(store);
  expect(first).toMatch(/^Table 2: .* images · done$/);
  expect(await shownBy(store)).toBe(first);
  expect(new RunStore(store).records()).toHaveLength(13);
});

it("says how many runs failed, and does not say that all is done", async () => {
  const shown: string[] = [];
  const failing: Queue = {
    async process(runs, options) {
      const [first, ...others] = runs;
      options.onUpdate({ type: "failed", run: first!, error: new Error("no space left") });
      await vi.waitFor(() => expect(shown.join("\n")).toContain("1 of 13 runs, 1 failed"));
      await pretend.process(others, options);
    },
  };
  await allShownBy(join(scratch, "failing"), failing, shown);
  expect(shown.at(-1)).toMatch(/stopped at [\d,]+ of [\d,]+ images$/);
});
