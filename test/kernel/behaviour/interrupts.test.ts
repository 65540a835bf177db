import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../kernel/message.js";
import { eventually, folderWith, printed, startKernel, type Ran, type TestKernel } from "../kernel.js";

let kernel: TestKernel;
const delays: [situation: string, ms: number][] = [];
beforeAll(async () => {
  kernel = await startKernel({
    cwd: folderWith({
      "spin.ts": "export function spin(say: () => void): never {\n  say();\n  for (;;);\n}",
      "drift.ts":
        "export async function drift(say: () => void) {\n  say();\n  for (;;) { await new Promise((r) => setTimeout(r, 5)); console.log('drifting'); }\n}",
    }),
  });
  await kernel.value("let kept = 42; import * as tf from '@tensorflow/tfjs'; const go = () => console.log('GO');");
  await kernel.value("import { display, newDisplay } from 'longtail/kernel'; const bar = newDisplay(); bar.text('0')");
});
afterAll(() => {
  const figures = delays.map(([situation, ms]) => `${situation} ${ms.toFixed(0)} ms`);
  console.log(`From interrupt to reply: ${figures.join(", ")}`);
});

/** Runs `code` (which calls `go()` when it is under way) and interrupts it. */
async function interrupt(situation: string, code: string, { after = 30 } = {}): Promise<Ran> {
  const { end } = await kernel.running(code, "GO");
  await sleep(after);
  const start = performance.now();
  const [ran] = await Promise.all([end, kernel.client.interrupt()]);
  delays.push([situation, performance.now() - start]);
  return ran;
}

/** What must hold after any interrupt. */
async function expectStopped(ran: Ran): Promise<void> {
  expect(ran.reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  expect(delays.at(-1)[1]).toBeLessThan(2000);
  const afterwards = await kernel.overhear(150);
  const prints = (messages: readonly Message[]): string[] =>
    messages.filter(({ header }) => header.msg_type === "stream").map(({ content }) => String(content["text"]));
  expect(prints(afterwards)).toEqual([]);
  const next = await kernel.run("console.log('next'); kept");
  expect(next.stdout).toBe("next\n");
  expect(next.text).toBe("42");
}

const TICK = "await new Promise((r) => setTimeout(r, 10));";

describe("an interrupt ends, with state kept and nothing of the cell running on,", () => {
  it.each([
    ["a synchronous loop", "go(); while (true) {}"],
    ["a synchronous loop that catches", "go(); while (true) { try { throw 1 } catch {} }"],
    ["a synchronous loop that allocates", "go(); let s: unknown[] = []; while (true) { s = [s.length, {}] }"],
    ["a synchronous loop that prints", "go(); while (true) { console.log('x'); for (let i = 0; i < 1e6; i++); }"],
    ["a synchronous loop after an await", `${TICK} go(); while (true) {}`],
    ["a synchronous loop in a timer", "await new Promise(() => setTimeout(() => { go(); while (true) {} }, 5))"],
    ["a synchronous loop in an immediate", "await new Promise(() => setImmediate(() => { go(); while (true) {} }))"],
    ["a synchronous loop in a promise's callback", "await Promise.resolve().then(() => { go(); while (true) {} })"],
    [
      "a synchronous loop in a callback of I/O",
      "await new Promise(() => require('node:fs').readFile(__filename, () => { go(); while (true) {} }))",
    ],
    ["a synchronous loop in nextTick", "await new Promise(() => process.nextTick(() => { go(); while (true) {} }))"],
    ["an asynchronous loop", `go(); for (;;) { ${TICK} console.log('tick') }`],
    [
      "an asynchronous loop that catches",
      `go(); while (true) { try { ${TICK} console.log('tick') } catch (e) { console.log('caught') } }`,
    ],
    [
      "an asynchronous loop in a function",
      `async function loop() { for (;;) { ${TICK} console.log('tick') } }\ngo(); await loop()`,
    ],
    [
      "several asynchronous loops",
      `const one = async (n: number) => { for (;;) { ${TICK} console.log('tick', n) } }; go(); await Promise.all([one(1), one(2)])`,
    ],
    ["a wait for ever", "go(); await new Promise(() => {})"],
    ["a wait that catches", "go(); try { await new Promise(() => {}) } catch { await new Promise(() => {}) }"],
    ["an interval", "setInterval(() => console.log('interval'), 10); go(); await new Promise(() => {})"],
    [
      "a chain of timers",
      "const again = () => { console.log('timer'); setTimeout(again, 10) }; again(); go(); await new Promise(() => {})",
    ],
    ["a loop of microtasks", "async function spin() { for (;;) await Promise.resolve() }\ngo(); await spin()"],
    ["a chain of promises", "const chain = (): Promise<unknown> => Promise.resolve().then(chain); go(); await chain()"],
    [
      "a `for await`",
      `async function* endless() { for (let i = 0; ; i++) { await new Promise((r) => setTimeout(r, 5)); yield i } }\ngo(); for await (const i of endless()) console.log(i)`,
    ],
    [
      "a `for await` over promises of others",
      "const { setInterval: every } = require('node:timers/promises'); go(); for await (const _ of every(10)) console.log('every')",
    ],
    [
      "a generator that never ends",
      "function* naturals() { for (let i = 0; ; i++) yield i }\ngo(); for (const _ of naturals());",
    ],
    ["a loop in a local module", "import { spin } from './spin'; spin(go)"],
    ["an asynchronous loop in a local module", "import { drift } from './drift'; await drift(go)"],
    ["a regular expression", "go(); /^(a+)+$/.test('a'.repeat(40) + '!')"],
    ["a sort", "go(); Array.from({ length: 3e6 }, Math.random).sort((a, b) => a - b).length"],
    ["Atomics.wait", "go(); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
    [
      "a loop of matrix products",
      "go(); for (;;) tf.tidy(() => tf.randomNormal([300, 300]).matMul(tf.randomNormal([300, 300])).dataSync())",
    ],
    [
      "an asynchronous loop of tensors",
      "go(); for (;;) { const t = tf.randomNormal([200, 200]); const u = t.matMul(t); await u.data(); tf.dispose([t, u]); await tf.nextFrame() }",
    ],
  ])("%s", async (situation, code) => {
    await expectStopped(await interrupt(situation, code));
  });

  it("a training, which can be started again", async () => {
    await kernel.value(`
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 32, inputShape: [32] }), tf.layers.dense({ units: 1 })] });
      model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
      const X = tf.randomNormal([500, 32]), Y = tf.randomNormal([500, 1]);`);
    const code =
      "await model.fit(X, Y, { epochs: 1000, verbose: 0, callbacks: { onEpochEnd: (e) => console.log(e === 0 ? 'GO' : `epoch ${e}`) } })";
    await expectStopped(await interrupt("a training", code));
    expect(await kernel.value("(await model.fit(X, Y, { epochs: 2, verbose: 0 })).epoch.length")).toBe("2");
  });
});

describe("an interrupt says where it cut off", () => {
  const head = "KeyboardInterrupt: The cell was interrupted; its variables are kept";
  it.each([
    [
      "a loop in a function",
      "const endless = (n: number): never => {\n  for (;;) n++;\n};\ngo();\nendless(1);",
      /2 \| {3}for \(;;\) n\+\+;\n[^\n]*\^\n\n {4}at endless \(cell\[\d+\]:2:\d+\)\n {4}at cell\[\d+\]:5:1$/,
    ],
    [
      "a loop behind an await",
      `interface Gone { x: 1 }\nconst later = async () => {\n  ${TICK}\n  go();\n  while (true) {}\n};\nawait later();`,
      /5 \| {3}while \(true\) \{\}\n[^\n]*\^\n\n {4}at later \(cell\[\d+\]:5:\d+\)$/,
    ],
    [
      "a loop in a timer",
      "setTimeout(() => {\n  go();\n  for (;;) {}\n});\nawait new Promise(() => {})",
      /3 \| {3}for \(;;\) \{\}\n[^\n]*\^\n\n {4}at cell\[\d+\]:3:\d+$/,
    ],
    [
      "a loop in a local module",
      "import { spin } from './spin';\n\nspin(go);",
      /3 \| {3}for \(;;\);[^]*at spin \([^\n]*spin\.ts:3:\d+\)\n {4}at cell\[\d+\]:3:1$/,
    ],
    [
      "a loop of matrix products, by the user's own lines only",
      "go();\nfor (;;)\n  tf.tidy(() => void tf.randomNormal([300, 300]).matMul(tf.randomNormal([300, 300])).dataSync());",
      /3 \| {3}tf\.tidy[^\n]*\n[^\n]*\^\n\n( {4}at cell\[\d+\]:3:\d+\n?){1,2}$/,
    ],
  ])("%s", async (situation, code, place) => {
    const ran = await interrupt(situation, code);
    await expectStopped(ran);
    expect(ran.traceback.startsWith(`${head}\n\n`)).toBe(true);
    expect(ran.traceback).toMatch(place);
  });

  it("a script that calls itself what is no file's URL", async () => {
    const code = "go();\neval('for (;;) {} //# sourceURL=file://elsewhere/%zz.js');";
    const ran = await interrupt("a script with a name of its own", code);
    await expectStopped(ran);
    expect(ran.traceback).toMatch(/at cell\[\d+\]:2:1$/);
  });

  it("nothing of a cell that only waits", async () => {
    expect((await interrupt("a wait", "go(); await new Promise(() => {})")).traceback).toBe(head);
    const cut = await interrupt(
      "a wait that catches",
      "go(); try { await new Promise(() => {}) } catch { await new Promise(() => {}) }",
    );
    expect(cut.traceback).toBe(head);
  });
});

describe("an interrupt", () => {
  // How long it takes until all that the loop has shown is read is up to the client, which is slower than the loop.
  it.each([
    ["a synchronous loop", "go(); for (let i = 0; ; i++) bar.text(String(i))"],
    ["an asynchronous loop", "go(); for (let i = 0; ; i++) await display({ i })"],
    ["a loop that clears", "go(); for (;;) console.clear()"],
  ])("is heard in %s that shows more than can be sent", async (_, code) => {
    const { end } = await kernel.running(code, "GO");
    await sleep(30);
    await kernel.client.interrupt();
    expect((await end).reply.ename).toBe("KeyboardInterrupt");
    expect(await kernel.value("kept")).toBe("42");
  });

  it("lets `finally` run when what the cell waits for comes", async () => {
    await interrupt(
      "finally",
      "let cleaned = false; try { go(); for (;;) await require('node:fs/promises').stat('.') } finally { cleaned = true }",
    );
    await sleep(50);
    expect(await kernel.value("cleaned")).toBe("true");
  });

  it("shows what `finally` prints, and nothing after it", async () => {
    await kernel.run("const { setTimeout: pass } = require('node:timers/promises')");
    const heard = kernel.hear((messages) => messages.map(printed).join("").includes("out\n"));
    const code =
      "try { try { go(); for (;;) await pass(20) } finally { console.log('in') } } catch { console.log('out'); await pass(1); console.log('never') }";
    expect((await interrupt("finally that prints", code)).reply.ename).toBe("KeyboardInterrupt");
    expect((await heard).map(printed).join("")).toMatch(/in\nout\n$/);
    expect((await kernel.overhear(100)).map(printed).join("")).toBe("");
  });

  it("aborts the cell's signal", async () => {
    await interrupt(
      "signal",
      "let aborted = false; (globalThis as any)[Symbol.for('longtail.kernel')].signal.addEventListener('abort', () => { aborted = true }); go(); await new Promise(() => {})",
    );
    expect(await kernel.value("aborted")).toBe("true");
  });

  it("keeps what the cell had assigned", async () => {
    await interrupt("assigned", "let progress = 0; go(); for (;;) { progress++ }");
    expect(Number(await kernel.value("progress"))).toBeGreaterThan(0);
  });

  it("works twenty times in a row", { timeout: 60_000 }, async () => {
    for (let time = 0; time < 20; time++) {
      const code = time % 2 ? "go(); while (true) {}" : "go(); for (;;) await new Promise((r) => setTimeout(r, 1))";
      expect((await interrupt(`no. ${time + 1} of 20`, code, { after: 0 })).reply.ename).toBe("KeyboardInterrupt");
    }
    expect(await kernel.value("kept")).toBe("42");
  });

  it("is harmless when nothing runs, also twice", async () => {
    await Promise.all([kernel.client.interrupt(), kernel.client.interrupt()]);
    expect(await kernel.value("kept")).toBe("42");
  });

  it("frees a kernel that is kept busy by a timer of an older cell", async () => {
    await kernel.run("setTimeout(() => { go(); while (true) {} }, 30); 1");
    await sleep(150);
    await kernel.client.interrupt();
    expect(await kernel.value("kept", { timeout: 5000 })).toBe("42");
  });

  it("stops a cell that is still being compiled before it runs", async () => {
    const fresh = await startKernel(); // its compiler has not warmed up: the first cell takes its time
    const cell = fresh.run("for (;;) { console.log('ran'); await new Promise((r) => setTimeout(r, 5)) }");
    await sleep(20);
    await fresh.client.interrupt();
    expect((await cell).reply.ename).toBe("KeyboardInterrupt");
    const prints = (await fresh.overhear(2500)).filter(({ header }) => header.msg_type === "stream");
    expect(prints).toEqual([]);
    expect(await fresh.value("'alive'")).toBe("'alive'");
  });

  it("of a cell that is being compiled keeps the types that names had before it", async () => {
    await kernel.value("const word = 'text'");
    const many = Array.from(
      { length: 3000 },
      (_, i) => `const v${i}: { a: number; b: string[] } = { a: ${i}, b: [] };`,
    );
    const cell = kernel.run(`const word = 5; ${many.join("\n")}`);
    await sleep(30);
    await kernel.client.interrupt();
    expect((await cell).reply.ename).toBe("KeyboardInterrupt");
    expect(await kernel.value("word.length")).toBe("4");
    expect((await kernel.run("v5")).reply.ename).toBe("TypeScriptError");
  });

  it("drops the cells that are queued behind it", async () => {
    const { end } = await kernel.running("go(); while (true) {}", "GO");
    const queued = [kernel.run("console.log('queued')"), kernel.run("kept = 0")];
    await sleep(30);
    await kernel.client.interrupt();
    expect((await end).reply.ename).toBe("KeyboardInterrupt");
    for (const { reply, stdout } of await Promise.all(queued)) {
      expect(reply.status).toBe("aborted");
      expect(stdout).toBe("");
    }
    expect(await kernel.value("kept")).toBe("42");
  });

  it("that comes as a signal to the process ends a cell that waits", async () => {
    const { end } = await kernel.running("go(); await new Promise(() => {})", "GO");
    process.kill(kernel.client.pid!, "SIGINT");
    expect((await end).reply.ename).toBe("KeyboardInterrupt");
    expect(await kernel.value("kept")).toBe("42");
  });

  it("leaves what the cell has made in working order for later cells", async () => {
    const worker =
      "require('node:worker_threads').parentPort.on('message', function (n) { setTimeout(() => this.postMessage(2 * n), 1) })";
    const code = `const { Worker } = require("node:worker_threads");
      const doubler = new Worker(${JSON.stringify(worker)}, { eval: true });
      let answered = (n: number): void => {};
      doubler.on("message", async (n: number) => { await new Promise((r) => setTimeout(r, 1)); answered(await n); });
      go(); await new Promise(() => {})`;
    await expectStopped(await interrupt("a worker", code));
    const asked = "await new Promise<number>((answer) => { answered = answer; doubler.postMessage(21) })";
    expect(await kernel.value(asked, { timeout: 5000 })).toBe("42");
    await kernel.run("await doubler.terminate()");
  });

  it.runIf(process.platform === "linux")(
    "reaches the child process that the cell waits for, and no other",
    async () => {
      const run = "const { spawn, execSync, spawnSync } = require('node:child_process')";
      await kernel.value(`${run}; const server = spawn("sleep", ["600"]); server.pid > 0`);
      const shell = "execSync('echo before; sleep 600; echo never', { stdio: 'inherit' })";
      const ran = await interrupt("execSync", `go(); try { ${shell} } finally { console.log("finally") }`);
      await expectStopped(ran);
      expect(ran.stdout).toBe("GO\nbefore\nfinally\n");
      await expectStopped(await interrupt("a loop of spawnSync", "go(); for (;;) spawnSync('sleep', ['600'])"));
      await kernel.run("setTimeout(() => { go(); execSync('sleep 600') }, 20); 1");
      await sleep(300);
      await kernel.client.interrupt();
      expect(await kernel.value("server.exitCode ?? server.signalCode", { timeout: 5000 })).toBe("null");
      await kernel.run("server.kill()");
    },
  );

  it.runIf(process.platform === "linux")(
    "lets that child end in its own way, and kills it the second time",
    async () => {
      const waitFor = async (trap: string): Promise<{ end: Promise<Ran> }> => {
        const ready = join(folderWith(), "ready");
        const script = `trap '${trap}' INT; touch ${ready}; while :; do sleep 0.1; done`;
        const end = kernel.run(
          `child = require("node:child_process").spawnSync("sh", ["-c", ${JSON.stringify(script)}])`,
        );
        expect(await eventually(() => existsSync(ready), 10_000)).toBe(true);
        return { end };
      };
      await kernel.value("let child: any");
      const orderly = await waitFor("sleep 0.5; exit 7");
      await kernel.client.interrupt();
      expect((await orderly.end).reply.ename).toBe("KeyboardInterrupt");
      expect(await kernel.value("child.status")).toBe("7");
      const stubborn = await waitFor("");
      void kernel.client.interrupt();
      await sleep(400);
      await kernel.client.interrupt();
      expect((await stubborn.end).reply.ename).toBe("KeyboardInterrupt");
      expect(await kernel.value("child.signal")).toBe("'SIGKILL'");
    },
  );

  it("leaves a child process of the cell no output to give", async () => {
    const code =
      "const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => console.log(1), 10)']); child.stdout.on('data', (d: Buffer) => process.stdout.write(d)); go(); await new Promise(() => {})";
    await expectStopped(await interrupt("a child process", code));
    await kernel.run("child.kill()");
  });
});
