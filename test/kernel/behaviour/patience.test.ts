import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually, folderWith, startKernel, type Ran, type TestKernel } from "../kernel.js";

/** A training of a library, whose code the kernel does not touch: steps that keep the thread, then a turn of the event loop. */
const LOOP = `
import { appendFileSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
const hook = globalThis[Symbol.for("longtail.kernel")];
export const log = (line) => appendFileSync("log", line + "\\n");
export function keep(ms) { for (const end = performance.now() + ms; performance.now() < end; ); }
export async function train({ within, ms, failure }) {
  const { signal } = hook;
  const stopped = within && hook.stopsByItself(within);
  let step = 0;
  const show = (text, update) => hook.display({ "text/plain": text }, { id: "bar", update });
  show("running", false);
  try {
    for (;;) {
      log("begun");
      if (++step === 1) console.log("GO");
      keep(ms);
      log("done");
      await setImmediate();
      if (!signal.aborted) continue;
      keep(300); // a reply that does not wait for the checkpoint comes before it
      if (failure) throw new Error(failure);
      writeFileSync("checkpoint", String(step));
      console.log("checkpoint written");
      throw signal.reason;
    }
  } finally {
    stopped?.();
    show("stopped at " + step, true);
  }
}`;
const TYPES = `
export function log(line: string): void;
export function keep(ms: number): void;
export function train(options: { within?: number; ms: number; failure?: string }): Promise<void>;`;

const LONG = 600_000; // longer than any test may take: a cell that ends before it was not waited for that long

let kernel: TestKernel;
let folder: string;
beforeAll(async () => {
  folder = folderWith({
    "node_modules/loop/package.json": `{ "name": "loop", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }`,
    "node_modules/loop/index.js": LOOP,
    "node_modules/loop/index.d.ts": TYPES,
  });
  kernel = await startKernel({ cwd: folder });
  await kernel.value(`
    let kept = 42;
    import { keep, log, train } from "loop";
    import { interruption, stopsByItself } from "longtail/kernel";
    import { appendFileSync, writeFileSync } from "node:fs";`);
});
beforeEach(() => {
  for (const name of ["log", "checkpoint"]) rmSync(join(folder, name), { force: true });
});

const lines = (): string[] => (existsSync(join(folder, "log")) ? readText("log").trim().split("\n") : []);
const readText = (name: string): string => readFileSync(join(folder, name), "utf8");

/** Runs `code` until it prints GO, and interrupts it. */
async function interrupt(code: string): Promise<Ran & { ms: number }> {
  const { end } = await kernel.running(code, "GO");
  const start = performance.now();
  const answer = kernel.client.interrupt({ timeout: LONG });
  const ran = await end;
  const ms = performance.now() - start;
  await answer;
  return { ...ran, ms };
}

/** What must hold after any interrupt. */
async function expectStopped({ reply }: Ran): Promise<void> {
  expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  const next = await kernel.run("console.log('next'); kept");
  expect(next.stdout).toBe("next\n");
  expect(next.text).toBe("42");
}

describe("a cell that has announced that it stops by itself", () => {
  it("finishes its step and what it does at its end before it is reported, each time it is run", async () => {
    for (const _ of [1, 2]) {
      rmSync(join(folder, "log"), { force: true });
      rmSync(join(folder, "checkpoint"), { force: true });
      const ran = await interrupt("await train({ within: 30_000, ms: 700 })");
      expect(existsSync(join(folder, "checkpoint"))).toBe(true);
      const steps = Number(readText("checkpoint"));
      expect(lines()).toEqual(Array.from({ length: steps }, () => ["begun", "done"]).flat());
      expect(ran.stdout).toBe("GO\ncheckpoint written\n");
      expect(ran.displays).toEqual([{ "text/plain": "running" }, { "text/plain": `stopped at ${steps}` }]);
      expect(ran.traceback).not.toContain("Caused by");
      await expectStopped(ran);
    }
  });

  it("runs on over several steps between two turns of the event loop, each announced by itself", async () => {
    const step = "{ const stopped = stopsByItself(30_000); log('begun'); keep(500); log('done'); stopped(); }";
    await expectStopped(await interrupt(`console.log("GO"); ${step} ${step} ${step}`));
    expect(lines()).toEqual(["begun", "done", "begun", "done", "begun", "done"]);
  });

  it("may be a loop of the user's own, which awaits and prints until it has stopped", async () => {
    const ran = await interrupt(`
      const stopped = stopsByItself(30_000);
      console.log("GO");
      while (!interruption().aborted) { keep(300); await new Promise(setImmediate); }
      await new Promise((done) => setTimeout(done, 300));
      writeFileSync("checkpoint", "");
      console.log("stopped");
      stopped();
      await undefined;
      console.log("never printed");`);
    expect(existsSync(join(folder, "checkpoint"))).toBe(true);
    expect(ran.stdout).toBe("GO\nstopped\n");
    await expectStopped(ran);
  });

  it("ends as interrupted where it never says that it has stopped, even when it ends without an error", async () => {
    const code = `stopsByItself(30_000); console.log("GO"); while (!interruption().aborted) { keep(300); await new Promise(setImmediate); } "value"`;
    const ran = await interrupt(code);
    expect(ran.result).toBeUndefined();
    await expectStopped(ran);
  });

  it("says what went wrong while it stopped", async () => {
    const ran = await interrupt("await train({ within: 30_000, ms: 300, failure: 'The disk is full' })");
    expect(ran.traceback).toMatch(/KeyboardInterrupt[^]*Caused by:[^]*The disk is full/);
    expect(ran.displays.at(-1)).toEqual({ "text/plain": expect.stringMatching(/^stopped at /) as string });
    await expectStopped(ran);
  });

  it("is waited for by a client that stops it at a timeout, and interrupts again when that does not help", async () => {
    // Steps longer than the time after which the client interrupts again.
    const ran = kernel.client.execute("await train({ within: 30_000, ms: 1700 })", { timeout: 300, grace: 30_000 });
    await expect(ran).rejects.toMatchObject({ name: "ExecutionStopped", killed: false });
    expect(existsSync(join(folder, "checkpoint"))).toBe(true);
    expect(lines().at(-1)).toBe("done");
    expect(await kernel.value("kept")).toBe("42");
  });

  it("is waited for when the process gets a signal", async () => {
    const { end } = await kernel.running("await train({ within: 30_000, ms: 300 })", "GO");
    process.kill(kernel.client.pid!, "SIGINT");
    await expectStopped(await end);
    expect(existsSync(join(folder, "checkpoint"))).toBe(true);
    expect(lines().at(-1)).toBe("done");
  });

  it.each([
    ["keeps the thread", "for (;;);"],
    ["waits for ever", "await new Promise(() => {})"],
    ["goes on", "for (;;) { keep(20); await new Promise(setImmediate); }"],
  ])("is cut off after its time where it %s", async (_, rest) => {
    const ran = await interrupt(`stopsByItself(1000); console.log("GO"); ${rest}`);
    expect(ran.ms).toBeGreaterThanOrEqual(1000);
    await expectStopped(ran);
  });

  it.each([
    ["keeps the thread", "keep(20)"],
    ["gives way", "keep(20); await new Promise(setImmediate)"],
  ])("is cut off by a second interrupt where it %s", async (_, step) => {
    const code = `stopsByItself(${LONG}); console.log("GO"); for (;;) { appendFileSync("log", "x"); ${step} }`;
    const { end } = await kernel.running(code, "GO");
    const first = kernel.client.interrupt({ timeout: LONG });
    await sleep(50);
    const before = readText("log").length;
    // Half a second of steps, which is more than a cell without an announcement has.
    expect(await eventually(() => readText("log").length > before + 25)).toBe(true);
    await kernel.client.interrupt();
    await expectStopped(await end);
    await first;
  });
});

describe("a cell is cut off as ever", () => {
  it("without an announcement, in the middle of its step", async () => {
    await expectStopped(await interrupt("await train({ ms: 20_000 })"));
    expect(lines()).toEqual(["begun"]);
    expect(existsSync(join(folder, "checkpoint"))).toBe(false);
  });

  it.each([
    ["when it has withdrawn its announcement", `stopsByItself(${LONG})(); console.log("GO"); for (;;);`],
    [
      "when it withdraws its announcement while it is waited for",
      `const stopped = stopsByItself(${LONG}); console.log("GO"); keep(700); stopped(); for (;;);`,
    ],
  ])("%s", async (_, code) => {
    await expectStopped(await interrupt(code));
  });

  it("when an earlier cell has announced, in whatever way that ended, or announces again", async () => {
    await kernel.run(`stopsByItself(${LONG});`);
    await expectStopped(await interrupt("console.log('GO'); for (;;);"));
    await kernel.run(`stopsByItself(${LONG}); throw new Error("failed");`);
    await expectStopped(await interrupt("console.log('GO'); for (;;);"));
    const { end } = await kernel.running(`stopsByItself(${LONG}); console.log('GO'); for (;;);`, "GO");
    await Promise.all([kernel.client.interrupt(), kernel.client.interrupt()]);
    await expectStopped(await end);
    await expectStopped(await interrupt("console.log('GO'); for (;;);"));
    await kernel.run(`setInterval(() => stopsByItself(${LONG} + Math.random()), 5); 1`);
    await expectStopped(
      await interrupt("await new Promise((done) => setTimeout(done, 50)); console.log('GO'); for (;;);"),
    );
  });
});
