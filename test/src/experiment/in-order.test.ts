import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { inOrder } from "../../../src/experiment/in-order.js";
import type { Run, Update } from "../../../src/experiment/index.js";

const forest = fc
  .array(fc.record({ parent: fc.option(fc.nat()), work: fc.integer({ min: 1, max: 50 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((nodes) => {
    const runs: Run[] = [];
    for (const [i, { parent, work }] of nodes.entries()) {
      const needs = parent === null || i === 0 ? {} : { needs: runs[parent % i]! };
      runs.push({ id: `r${i}`, label: `run ${i}`, seed: 0, work, ...needs } as Run);
    }
    return { runs, failing: new Set(nodes.flatMap(({ fails }, i) => (fails ? [`r${i}`] : []))) };
  });

/** All that needs something that fails. */
function doomed(runs: readonly Run[], failing: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const { id, needs } of runs) if (needs && (failing.has(needs.id) || found.has(needs.id))) found.add(id);
  return found;
}

const never = new AbortController().signal;

test("none before what it needs, none twice, no more at once than asked; a failure stops only what needs it", async () => {
  await fc.assert(
    fc.asyncProperty(forest, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async ({ runs, failing }, atOnce, s) => {
      const updates: Update[] = [];
      const done = new Set<string>();
      let [active, most] = [0, 0];
      const perform = async (run: Run): Promise<void> => {
        if (run.needs) expect(done.has(run.needs.id)).toBe(true);
        most = Math.max(most, ++active);
        await s.schedule(Promise.resolve(), run.id);
        active--;
        if (failing.has(run.id)) throw new Error(`${run.id} broke`);
        done.add(run.id);
      };
      const all = inOrder(runs, atOnce, perform, { signal: never, onUpdate: (update) => updates.push(update) });
      await s.waitFor(all);
      const stopped = doomed(runs, failing);
      const told = (type: Update["type"]): string[] =>
        updates.flatMap((update) => (update.type === type && "run" in update ? [update.run.id] : [])).sort();
      const ids = (keep: (run: Run) => boolean): string[] =>
        runs
          .filter(keep)
          .map(({ id }) => id)
          .sort();
      expect(told("begin")).toEqual(ids(({ id }) => !stopped.has(id)));
      expect(told("done")).toEqual(ids(({ id }) => !stopped.has(id) && !failing.has(id)));
      expect(told("failed")).toEqual(ids(({ id }) => stopped.has(id) || failing.has(id)));
      for (const update of updates)
        if (update.type === "failed")
          expect(update.error.message).toBe(
            stopped.has(update.run.id) ? `What it needs failed: ${update.run.needs!.label}` : `${update.run.id} broke`,
          );
      expect(most).toBeLessThanOrEqual(atOnce);
      expect(active).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("stopped, it begins no more, waits for what it began, tells of no failure, and throws the reason", async () => {
  await fc.assert(
    fc.asyncProperty(
      forest,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(8),
      fc.scheduler(),
      async ({ runs }, atOnce, after, s) => {
        const controller = new AbortController();
        const reason = new Error("enough");
        const updates: Update[] = [];
        let [begun, ended] = [0, 0];
        const perform = async (): Promise<void> => {
          expect(controller.signal.aborted).toBe(false);
          if (begun++ === after) controller.abort(reason);
          await s.schedule(Promise.resolve());
          ended++;
          controller.signal.throwIfAborted();
        };
        const all = inOrder(runs, atOnce, perform, {
          signal: controller.signal,
          onUpdate: (update) => updates.push(update),
        });
        const outcome = s.waitFor(all).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(await outcome).toBe(controller.signal.aborted ? reason : undefined);
        expect(ended).toBe(begun);
        expect(updates.some(({ type }) => type === "failed")).toBe(false);
      },
    ),
    { numRuns: 200 },
  );
});

describe("the order", () => {
  const run = (id: string, work: number, needs?: Run): Run => ({ id, label: id, work, ...(needs && { needs }) }) as Run;
  async function order(runs: readonly Run[], atOnce: number): Promise<string[]> {
    const begun: string[] = [];
    const perform = (one: Run): Promise<void> => {
      begun.push(one.id);
      return Promise.resolve();
    };
    await inOrder(runs, atOnce, perform, { signal: never, onUpdate: () => undefined });
    return begun;
  }

  it("is by work, a run's own and that of those that wait for it", async () => {
    const base = run("base", 1);
    const runs = [run("small", 2), base, run("large", 5), run("needy", 9, base)];
    expect(await order(runs, 1)).toEqual(["base", "needy", "large", "small"]);
  });

  it("takes what is needed but not in the list for done", async () => {
    expect(await order([run("needy", 1, run("elsewhere", 1))], 1)).toEqual(["needy"]);
  });

  it("passes progress on", async () => {
    const updates: Update[] = [];
    const one = run("one", 1);
    await inOrder([one], 1, (_, onFraction) => Promise.resolve(onFraction(0.5)), {
      signal: never,
      onUpdate: (update) => updates.push(update),
    });
    expect(updates).toEqual([
      { type: "begin", run: one },
      { type: "progress", run: one, fraction: 0.5 },
      { type: "done", run: one },
    ]);
  });

  it("does nothing with nothing", async () => {
    expect(await order([], 1)).toEqual([]);
  });
});
