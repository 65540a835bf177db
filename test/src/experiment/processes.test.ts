import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { newHolder } from "../../../src/disk/lock-holder.js";
import { cifar10LT, plan, processes } from "../../../src/experiment/index.js";
import { swept, under, until } from "./swept.js";
import { lines, outcome, toyScale, trainers } from "./toy.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-processes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const epochs = 6;

test.each([0, NaN, 1.5, { count: 2 }])(
  "no number of processes (%o) is refused, and not waited for for ever",
  (atOnce) => {
    expect(() => processes(atOnce as number)).toThrow(/^processes: atOnce must be an integer from 1 to \d+ \(got /);
  },
);

// What else may end a process, and what is left then, is in processes.long.test.ts.
test(
  "two processes find what one finds, to the bit, and one that is killed goes on in another",
  { timeout: 240_000 },
  async () => {
    const [alone, path] = [join(scratch, "alone"), join(scratch, "killed")];
    const one = swept({ store: path, epochs, jobs: 2 });
    const { id, fraction } = await under(one, ({ task }) => task === "self-training", 0.4);
    const victim = trainers(path).get(id!)!;
    expect(victim).not.toBe(one.child.pid);
    const before = one.told().length;
    process.kill(victim, "SIGKILL");
    expect(await one.ended).toMatchObject({ code: 0 });
    const after = one.told().slice(before);
    // From the checkpoint of the last epoch, not from the beginning.
    const fractions = after.flatMap((told) => (told.id === id && told.type === "progress" ? [told.fraction!] : []));
    expect(Math.min(...fractions)).toBeGreaterThan(fraction! - 2 / epochs);
    expect(lines(path).map(({ status }) => status)).toEqual(["done", "done", "done"]);
    // How often each run was begun and ended.
    const counted = (type: string): number[] =>
      lines(path).map(({ run }) => one.told().filter((told) => told.type === type && told.id === run.id).length);
    expect(counted("begin")).toEqual([1, 1, 1]);
    expect(counted("done")).toEqual([1, 1, 1]);
    expect(await swept({ store: alone, epochs }).ended).toMatchObject({ code: 0 });
    expect(lines(alone)).toHaveLength(3);
    expect(outcome(path)).toEqual(outcome(alone));
  },
);

test("what their runs warn of is said: that one waits for another sweep's", { timeout: 120_000 }, async () => {
  const store = join(scratch, "waiting");
  const { id } = plan(cifar10LT({ rho: 10 }), { scale: toyScale(1), seed: 0 });
  const lock = join(store, id, ".lock");
  mkdirSync(join(store, id), { recursive: true });
  writeFileSync(lock, JSON.stringify(newHolder()));
  const one = swept({ store, epochs: 1, jobs: 2 });
  const expected = `TrainingWarning: Waiting for the run that uses this folder: process ${process.pid} on`;
  await until(() => one.err().includes(expected) || one.child.exitCode !== null);
  rmSync(lock);
  expect(await one.ended).toMatchObject({ code: 0 });
  expect(one.err()).toContain(expected);
});
