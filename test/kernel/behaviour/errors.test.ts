import { beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../kernel/message.js";
import { printed, startKernel, type Ran, type TestKernel } from "../kernel.js";

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await startKernel();
});

async function fails(code: string): Promise<Ran> {
  const ran = await kernel.run(code);
  expect(ran.reply.status).toBe("error");
  expect(await kernel.value("'alive'")).toBe("'alive'");
  return ran;
}

/** The traceback without the number of the cell. */
const plain = (ran: Ran): string => ran.traceback.replace(/cell\[\d+\]/g, "cell");

describe("an error", () => {
  it("has name, message, a code frame and the frames of the cell, in the reply and as a message", async () => {
    const ran = await fails(
      "function check(x: number): void {\n  if (x > 2) throw new RangeError('too far');\n  check(x + 1);\n}\n\ncheck(2);",
    );
    expect(ran.reply).toMatchObject({ ename: "RangeError", evalue: "too far" });
    expect(ran.reply.traceback?.join("\n")).toBe(ran.traceback);
    expect(plain(ran)).toBe(
      [
        "RangeError: too far",
        "",
        "  2 |   if (x > 2) throw new RangeError('too far');",
        "    |                    ^",
        "",
        "    at check (cell:2:20)",
        "    at check (cell:3:3)",
        "    at cell:6:1",
      ].join("\n"),
    );
  });

  it("says which names have no value since their cell failed, but for the cell's own and for what has one by now", async () => {
    const failed = await fails("const unsetRuns: number[] = JSON.parse('['), unsetPool = [1];");
    expect(failed.traceback).not.toContain("has no value");
    const said = /\nunsetRuns has no value: cell\[\d+\], which declares it, failed or was interrupted before/;
    expect((await fails("[1].map((run) => unsetRuns.length + run)")).traceback).toMatch(said);
    expect((await fails("Math.max(...unsetRuns)")).traceback).toMatch(said);
    expect((await fails("const unsetRuns: number[] = JSON.parse('[');")).traceback).not.toContain("has no value");
    expect((await fails("({} as any).unsetRuns.length")).traceback).not.toContain("has no value");
    await kernel.run("const unsetRuns: undefined | number[] = undefined");
    expect((await fails("unsetRuns!.length")).traceback).not.toContain("has no value");
  });

  it("points into its cell after requests that do not count, which have names of their own", async () => {
    await kernel.value("\n\nfunction deepDown(): void {\n  throw new Error('here');\n}");
    const uncounted = await kernel.run("const quiet = 1;\n\nthrow new Error('there')", { storeHistory: false });
    expect(uncounted.traceback).toMatch(/at uncounted\[\d+\]:3:7/);
    const { traceback } = await kernel.run("deepDown()");
    expect(traceback).toMatch(/ {2}4 \| {3}throw new Error\('here'\);[^]*at deepDown \(cell\[\d+\]:4:9\)/);
  });

  it("shows no frames of Node's events between those of the cell", async () => {
    const emitter = "import { EventEmitter } from 'node:events'; const emitter = new EventEmitter();\n";
    const { traceback } = await kernel.run(
      `${emitter}emitter.on("x", () => { throw new Error("heard"); });\nemitter.emit("x");`,
    );
    expect(traceback).toMatch(/at cell\[\d+\]:3:9/);
    expect(traceback).not.toContain("node:");
  });

  it("points into the cell that holds the function", async () => {
    await kernel.value("type Unused = string;\nfunction elsewhere() {\n  throw new Error('from before');\n}");
    const ran = await fails("// a line\nelsewhere()");
    expect(ran.traceback).toMatch(/at elsewhere \(cell\[\d+\]:3:9\)\n\s+at cell\[\d+\]:2:1$/);
    expect(ran.traceback).toContain("  3 |   throw new Error('from before');");
  });

  it("after an await has the way to it", async () => {
    const ran = await fails("async function later() {\n  await null;\n  throw new Error('async');\n}\nawait later()");
    expect(plain(ran)).toMatch(/at later \(cell:3:9\)\n\s+at async cell:5:1$/);
  });

  it("has its causes", async () => {
    const ran = await fails("throw new Error('outer', { cause: new TypeError('inner', { cause: 'the root' }) })");
    expect(plain(ran)).toMatch(/^Error: outer\n[^]*Caused by:\n {2}TypeError: inner\n[^]*Caused by:\n {4}'the root'$/);
  });

  it("has its own properties, as Node shows them", async () => {
    const ran = await fails("class Refused extends Error { status = 404; more = { a: [1] } }\nthrow new Refused('no')");
    expect(plain(ran)).toMatch(/at cell:2:7\n\{ status: 404, more: \{ a: \[ 1 \] \} \}$/);
    const missing = await fails("require('node:fs').readFileSync('/nowhere')");
    expect(missing.traceback).toMatch(/\n\{ errno: -\d+, code: 'ENOENT', syscall: 'open', path: '\/nowhere' \}$/);
    const inner = await fails("throw new Error('o', { cause: Object.assign(new Error('c'), { code: 'E' }) })");
    expect(inner.traceback).toMatch(/\n {2}\{ code: 'E' \}$/);
    await fails("throw Object.defineProperty(new Error('x'), 'y', { enumerable: true, get() { throw 1 } })");
  });

  it("has what an AggregateError collects", async () => {
    const ran = await fails("await Promise.any([Promise.reject(new Error('first')), Promise.reject('second')])");
    expect(ran.reply.ename).toBe("AggregateError");
    expect(plain(ran)).toMatch(/Including:\n {2}Error: first\n[^]*Including:\n {2}'second'$/);
  });

  it("may be of a class of the user, with a message of several lines", async () => {
    const ran = await fails(
      "class Odd extends Error { override name = 'Odd' }\nthrow new Odd('one\\n    at two (three:4:5)\\nthree')",
    );
    expect(ran.reply).toMatchObject({ ename: "Odd", evalue: "one\n    at two (three:4:5)\nthree" });
    expect(plain(ran)).toContain("    at two (three:4:5)\nthree\n");
  });

  it.each([
    ["5", "Thrown", "5"],
    ["undefined", "Thrown", "undefined"],
    ["null", "Thrown", "null"],
    ["'text'", "Thrown", "'text'"],
    ["{ code: 1 }", "Thrown", "{ code: 1 }"],
    ["Object.create(null)", "Thrown", "[Object: null prototype] {}"],
    ["Symbol('s')", "Thrown", "Symbol(s)"],
  ])("may be no error at all: throw %s", async (value, ename, evalue) => {
    expect((await fails(`throw ${value}`)).reply).toMatchObject({ ename, evalue });
  });

  it.each([
    "new Proxy({}, { get() { throw new Error('trap') }, has() { throw new Error('trap') } })",
    "Object.assign(new Error('odd'), { stack: 5, name: Symbol('n') as any })",
    "Object.assign(new Error('no stack'), { stack: undefined })",
    "(() => { const e: any = new Error('circle'); e.cause = e; return e })()",
    "{ message: { nested: true }, stack: ['a'] }",
  ])("may be malicious: throw %s", async (value) => {
    await fails(`throw ${value}`);
  });

  it("of a stack overflow is short", async () => {
    const ran = await fails("function down(): number { return 1 + down() }\ndown()");
    expect(ran.reply).toMatchObject({ ename: "RangeError", evalue: "Maximum call stack size exceeded" });
    expect(ran.traceback.split("\n").length).toBeLessThan(30);
  });

  // Before, Node ended the process: whoever used AsyncLocalStorage could not catch it (CVE-2025-59466).
  const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
  it.skipIf((major === 20 && minor < 20) || (major === 22 && minor < 22))(
    "of a stack overflow in an async function ends the cell, not the kernel, from Node 20.20 and 22.22 on",
    async () => {
      const ran = await fails("const again = async (): Promise<number> => 1 + await again(); await again()");
      expect(ran.reply.ename).toBe("RangeError");
    },
  );

  it("of the language is reported like any other", async () => {
    expect((await fails("JSON.parse('{')")).reply.ename).toBe("SyntaxError");
    expect((await fails("(undefined as any).x")).reply).toMatchObject({ ename: "TypeError" });
    expect((await fails("new Function('return ]')()")).reply.ename).toBe("SyntaxError");
    expect((await fails("eval('missing')")).reply).toMatchObject({
      ename: "ReferenceError",
      evalue: "missing is not defined",
    });
  });
});

describe("what would end a program", () => {
  it("process.exit is an error, with the state kept", async () => {
    await kernel.value("const precious = 1");
    const ran = await fails("process.exit(3)");
    expect(ran.reply).toMatchObject({ ename: "SystemExit" });
    expect(ran.reply.evalue).toContain("process.exit(3)");
    expect(await kernel.value("precious")).toBe("1");
  });

  it("process.exit in a timer is reported where the cell is", async () => {
    const ran = await kernel.run(
      "setTimeout(() => process.exit(), 5); await new Promise((done) => setTimeout(done, 60))",
    );
    expect(ran.reply.status).toBe("ok");
    expect(ran.stderr).toContain("SystemExit: process.exit() was called");
  });

  it("an exception in a timer while the cell runs is reported, and the cell goes on", async () => {
    const ran = await kernel.run(
      "setTimeout(() => { throw new Error('from a timer') }, 5); await new Promise((done) => setTimeout(done, 60)); 'end'",
    );
    expect(ran.stderr).toContain("Error: from a timer");
    expect(ran.stderr).toMatch(/at (Timeout\.\S+ \()?cell\[\d+\]:1:26/);
    expect(ran.text).toBe("'end'");
  });

  it("an exception in a timer after the cell is reported under it", async () => {
    const isLate = (message: Message): boolean => printed(message).includes("much later");
    const heard = kernel.hear((messages) => messages.some(isLate));
    const ran = await kernel.run("setTimeout(() => { throw new Error('much later') }, 60)");
    const late = (await heard).find(isLate);
    expect(late?.parent_header.msg_id).toBe(ran.messages[0]?.parent_header.msg_id);
    expect(await kernel.value("1")).toBe("1");
  });

  it("an unhandled rejection in the cell is its error", async () => {
    const ran = await fails("Promise.reject(new TypeError('lost')); 5");
    expect(ran.reply).toMatchObject({ ename: "TypeError", evalue: "lost" });
    expect(ran.types).not.toContain("execute_result");
  });

  it("a rejection that is handled is none", async () => {
    expect(
      await kernel.value("const refused = Promise.reject(new Error('no')); await refused.catch(() => 'caught')"),
    ).toBe("'caught'");
    expect(await kernel.value("const [kept1] = await Promise.allSettled([Promise.reject(1)]); kept1.status")).toBe(
      "'rejected'",
    );
  });

  it("an unhandled rejection after the cell is reported under it", async () => {
    const isLate = (message: Message): boolean => printed(message).includes("rejected later");
    const heard = kernel.hear((messages) => messages.some(isLate));
    const ran = await kernel.run("setTimeout(() => { Promise.reject(new Error('rejected later')) }, 60)");
    const late = (await heard).find(isLate);
    expect(late?.content["text"]).toContain("Unhandled promise rejection after the cell had ended");
    expect(late?.parent_header.msg_id).toBe(ran.messages[0]?.parent_header.msg_id);
  });

  it("an 'error' event without a listener, and a broken callback of an I/O call", async () => {
    const ran = await kernel.run(
      "import { EventEmitter } from 'node:events'; import { readFile } from 'node:fs';\nsetTimeout(() => new EventEmitter().emit('error', new Error('unheard')), 5);\nreadFile('/nowhere', () => { throw new Error('callback') });\nawait new Promise((done) => setTimeout(done, 80))",
    );
    expect(ran.stderr).toContain("unheard");
    expect(ran.stderr).toContain("Error: callback");
    expect(await kernel.value("1")).toBe("1");
  });

  it("warnings are shown on stderr", async () => {
    const ran = await kernel.run(
      "process.emitWarning('careful', 'CustomWarning'); await new Promise((done) => setTimeout(done, 20))",
    );
    expect(ran.stderr).toBe("CustomWarning: careful\n");
  });
});

describe("an error that the cell itself prints or shows", () => {
  it("has the positions of the cell as it was typed, and no frame of the kernel", async () => {
    const ran = await kernel.run(
      "const broken = () => {\n  throw new Error('caught');\n};\ntry { broken() } catch (e) { console.error(e) }",
    );
    expect(ran.stderr.replace(/cell\[\d+\]/g, "cell")).toBe(
      "Error: caught\n    at broken (cell:2:9)\n    at cell:4:7\n",
    );
    expect(String(await kernel.value("new TypeError('value')")).replace(/cell\[\d+\]/g, "cell")).toBe(
      "TypeError: value\n    at cell:1:1",
    );
  });

  it("keeps its code frame when it is thrown after its stack was read", async () => {
    const ran = await fails("const read = new Error('read');\nconsole.log(read.stack?.length);\nthrow read");
    expect(plain(ran)).toBe(
      ["Error: read", "", "  1 | const read = new Error('read');", "    |              ^", "", "    at cell:1:14"].join(
        "\n",
      ),
    );
  });
});

describe("text", () => {
  it("is not sent where there is none", async () => {
    const ran = await kernel.run("process.stderr.write(''); process.stdout.write('')");
    expect(ran.messages.filter(({ header }) => header.msg_type === "stream")).toEqual([]);
  });
});
