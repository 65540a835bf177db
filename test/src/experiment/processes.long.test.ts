import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, swept, under, until, type Told } from "./swept.js";
import { lines, outcome, trainers } from "./toy.js";

const LONG = { timeout: 240_000 };
const scratch = mkdtempSync(join(tmpdir(), "longtail-processes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const epochs = 8;
const store = (name: string): string => join(scratch, name);

let expected: Record<string, unknown>;
beforeAll(async () => {
  const one = swept({ store: store("alone"), epochs });
  expect(await one.ended).toMatchObject({ code: 0 });
  expected = outcome(store("alone"));
  expect(lines(store("alone"))).toHaveLength(3);
  expect(Object.keys(expected)).toHaveLength(6);
}, 240_000);

test("one that is killed each time fails, with what needs it, and is tried again next time", LONG, async () => {
  const path = store("poisoned");
  const one = swept({ store: path, epochs, jobs: 2 });
  const victims = new Set<number>();
  for (let kill = 0; kill < 2; kill++) {
    const victim = await until(() => [...trainers(path).values()].find((pid) => !victims.has(pid)));
    victims.add(victim);
    process.kill(victim, "SIGKILL");
  }
  expect(await one.ended).toMatchObject({ code: 0 });
  const failed = one.told().filter(({ type }) => type === "failed");
  expect(failed.map(({ error }) => error)).toEqual([
    "The process of this run was ended by SIGKILL",
    ...Array<unknown>(2).fill("What it needs failed: Stickers-LT, ρ = 10: CE"),
  ]);
  expect(one.told().at(-1)).toMatchObject({ type: "swept", records: 0, failures: [{}, {}, {}] });
  expect(lines(path)).toMatchObject([{ status: "failed", error: "The process of this run was ended by SIGKILL" }]);
  const again = swept({ store: path, epochs, jobs: 2 });
  expect(await again.ended).toMatchObject({ code: 0 });
  expect(lines(path).map(({ status }) => status)).toEqual(["failed", "done", "done", "done"]);
  expect(outcome(path)).toEqual(expected);
});

test("Ctrl-C stops all after the step they are in; the next sweep goes on, to the same bits", LONG, async () => {
  const path = store("stopped");
  const one = swept({ store: path, epochs, jobs: 2 });
  const started = (): Map<string | undefined, Told> =>
    new Map(
      one
        .told()
        .filter(({ type, task, fraction }) => type === "progress" && task === "self-training" && fraction! > 0.1)
        .map((told) => [told.id, told]),
    );
  await until(() => started().size === 2);
  const children = [...trainers(path).values()];
  one.child.kill("SIGINT");
  expect(await one.ended).toMatchObject({ code: 1 });
  expect(one.told().at(-1)).toEqual({ type: "stopped", name: "Stopped", error: "Stopped by Ctrl-C" });
  await until(() => !children.some(isAlive));
  expect(lines(path).map(({ status }) => status)).toEqual(["done"]);
  const again = swept({ store: path, epochs, jobs: 2 });
  expect(await again.ended).toMatchObject({ code: 0 });
  const first = again.told().filter(({ type }) => type === "progress");
  for (const { id, fraction } of started().values())
    expect(first.find((told) => told.id === id)!.fraction).toBeGreaterThanOrEqual(fraction!);
  expect(outcome(path)).toEqual(expected);
});

test("processes whose sweep was killed end by themselves, with all they did", LONG, async () => {
  const path = store("orphans");
  const one = swept({ store: path, epochs, jobs: 2 });
  const { id, fraction } = await under(one, ({ task }) => task === "self-training");
  const children = [...trainers(path).values()];
  one.child.kill("SIGKILL");
  await one.ended;
  await until(() => !children.some(isAlive));
  expect([...trainers(path).keys()]).toEqual([]);
  const unfinished = Object.keys(expected).filter((key) => key.endsWith("checkpoints/"));
  expect(unfinished.some((folder) => existsSync(join(path, folder)))).toBe(true);
  const again = swept({ store: path, epochs, jobs: 2 });
  expect(await again.ended).toMatchObject({ code: 0 });
  const first = again.told().find((told) => told.type === "progress" && told.id === id);
  expect(first!.fraction).toBeGreaterThanOrEqual(fraction!);
  expect(outcome(path)).toEqual(expected);
});
