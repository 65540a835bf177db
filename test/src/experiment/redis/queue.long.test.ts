import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { swept, under, until, type Spoken } from "../swept.js";
import { hold, lines, outcome, trainers } from "../toy.js";
import { hasRedis, Server } from "./server.js";
import { startWorker } from "./worker.js";

if (!hasRedis) console.warn("Skipped: the tests of sweeps by workers need redis-server");

const LONG = { timeout: 300_000 };
const scratch = mkdtempSync(join(tmpdir(), "longtail-queue-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const [epochs, seeds] = [6, 2];
const base = "Stickers-LT, ρ = 10: CE";

describe.skipIf(!hasRedis)("a sweep by workers", () => {
  let expected: Record<string, unknown>;
  let ids: string[];
  beforeAll(async () => {
    const store = join(scratch, "alone");
    const one = swept({ store, epochs, seeds });
    expect(await one.ended).toMatchObject({ code: 0 });
    expected = outcome(store);
    ids = lines(store).map(({ run }) => run.id);
    expect(ids).toHaveLength(6);
  }, 240_000);

  let server: Server;
  let store: string;
  let running: Spoken[];
  beforeEach(async () => {
    server = await Server.begin();
    store = mkdtempSync(join(scratch, "store-"));
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await Promise.all(running.map(({ ended }) => ended));
    await server.end();
  });

  const worker = (): Promise<Spoken> => startWorker(server, store, running);
  function sweep(): ReturnType<typeof swept> {
    const one = swept({ store, epochs, seeds, queue: server.address });
    running.push(one);
    return one;
  }
  /** Runs that workers say they began, or what else the sign stands for. */
  const said = (sign: string): string[] =>
    running.flatMap((one) =>
      one
        .out()
        .split("\n")
        .filter((line) => line.startsWith(sign)),
    );
  function expectAllOnce(): void {
    expect(
      lines(store)
        .map(({ run }) => run.id)
        .sort(),
    ).toEqual([...ids].sort());
    expect(outcome(store)).toEqual(expected);
  }

  it("does each run once, base before what needs it, two sweeps at a time too, to the same bits", LONG, async () => {
    const workers = [await worker(), await worker()];
    const sweeps = [sweep(), sweep()];
    for (const one of sweeps) {
      expect(await one.ended).toMatchObject({ code: 0 });
      expect(one.told().at(-1)).toEqual({ type: "swept", records: 6, failures: [] });
      const done = one.told().filter(({ type }) => type === "done");
      expect(done.map(({ id }) => id).sort()).toEqual([...ids].sort());
    }
    expectAllOnce();
    expect(said("▶")).toHaveLength(6);
    for (const { out } of workers) expect(out()).toContain("✔");
    // Nothing is left there but counters.
    expect(await server.jobsLeft()).toEqual([]);
    for (const { child } of workers) child.kill("SIGINT");
    expect(await Promise.all(workers.map(({ ended }) => ended))).toMatchObject([{ code: 0 }, { code: 0 }]);
  });

  it("goes on elsewhere, from the checkpoint, with the run of a worker that was killed", LONG, async () => {
    const first = await worker();
    const one = sweep();
    const held = await until(() => hold(store, epochs));
    first.child.kill("SIGKILL");
    await first.ended;
    held.release();
    await worker();
    expect(await one.ended).toMatchObject({ code: 0 });
    expectAllOnce();
    // Epochs done anew would have taken other seconds.
    expect(held.metricsNow().startsWith(held.metrics)).toBe(true);
    // That one was begun twice.
    expect(said("▶")).toHaveLength(7);
  });

  it.each([
    ["", 0],
    [" in the middle of an answer", 1000],
  ])("goes on after Redis was killed%s and came back, and waits for it meanwhile", LONG, async (_, silence) => {
    const workers = [await worker(), await worker()];
    const one = sweep();
    await under(one, ({ task }) => task === "self-training", 0);
    if (silence > 0) server.freeze();
    await sleep(silence);
    await server.stop();
    await until(() => one.told().some(({ type, on }) => type === "waiting" && on?.includes("gone away")));
    for (const { err } of workers)
      await until(() => err().includes("Waiting for Redis, which has gone away from redis://"));
    await sleep(1000);
    await server.start();
    expect(await one.ended).toMatchObject({ code: 0 });
    expectAllOnce();
    expect(said("▶")).toHaveLength(6);
    for (const { child } of workers) child.kill("SIGTERM");
    expect(await Promise.all(workers.map(({ ended }) => ended))).toMatchObject([{ code: 0 }, { code: 0 }]);
  });

  it("adds again what a Redis has lost", LONG, async () => {
    await worker();
    const one = sweep();
    // From its begin on: such a run may be over before it tells more.
    await under(one, ({ task }) => task === "self-training", 0);
    await server.client.flushall();
    expect(await one.ended).toMatchObject({ code: 0 });
    expectAllOnce();
    expect(said("▶")).toHaveLength(6);
  });

  it("lives on without the sweep, and without a worker that was stopped", LONG, async () => {
    const first = await worker();
    const one = sweep();
    const held = await until(() => hold(store, epochs));
    one.child.kill("SIGINT");
    expect(await one.ended).toMatchObject({ code: 1 });
    expect(one.told().at(-1)).toMatchObject({ type: "stopped", error: "Stopped by Ctrl-C" });
    const done = lines(store).length;
    first.child.kill("SIGTERM");
    held.release();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(first.err()).toMatch(/Stopped\. What it was doing is kept, and goes on elsewhere\n$/);
    expect(lines(store).length).toBe(done);
    await worker();
    await until(() => lines(store).length === 6);
    expectAllOnce();
    expect(held.metricsNow().startsWith(held.metrics)).toBe(true);
    // What was given back was begun twice.
    expect(said("▶")).toHaveLength(7);
    const late = sweep();
    expect(await late.ended).toMatchObject({ code: 0 });
    expect(late.told()).toEqual([{ type: "swept", records: 6, failures: [] }]);
  });

  it(
    "a run that fails, or whose process is killed each time, stops only what needs it, and is tried again",
    LONG,
    async () => {
      const bases = ids.filter((id) => Object.hasOwn(expected, `${id}/checkpoints/`));
      expect(bases).toHaveLength(2);
      const [wrong, killed] = bases as [string, string];
      mkdirSync(join(store, wrong));
      writeFileSync(join(store, wrong, "config.json"), "{}");
      await worker();
      const one = sweep();
      const victims = new Set<number>();
      for (let times = 0; times < 2; times++) {
        const victim = await until(
          () => [...trainers(store)].find(([id, pid]) => id === killed && !victims.has(pid))?.[1],
        );
        victims.add(victim);
        kill(victim, "SIGKILL");
      }
      expect(await one.ended).toMatchObject({ code: 0 });
      const reasons = new Map(one.told().flatMap(({ type, id, error }) => (type === "failed" ? [[id!, error!]] : [])));
      expect(reasons.size).toBe(6);
      expect(reasons.get(wrong)).toMatch(/config\.json is not the configuration of a run: it has no "configuration"/);
      expect(reasons.get(killed)).toBe("The process of this run was ended by SIGKILL");
      for (const id of ids) if (!bases.includes(id)) expect(reasons.get(id)).toBe(`What it needs failed: ${base}`);
      // Each once, though three jobs are about each.
      expect(said("▶")).toHaveLength(2);
      expect(
        lines(store)
          .map(({ status, run }) => `${status} ${run.id}`)
          .sort(),
      ).toEqual(bases.map((id) => `failed ${id}`).sort());

      rmSync(join(store, wrong), { recursive: true });
      const again = sweep();
      expect(await again.ended).toMatchObject({ code: 0 });
      expect(again.told().at(-1)).toEqual({ type: "swept", records: 6, failures: [] });
      expect(said("▶")).toHaveLength(8);
      expect(outcome(store)).toEqual(expected);
    },
  );
});
