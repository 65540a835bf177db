import { beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../../kernel/message.js";
import { folderWith, printed, startKernel, type TestKernel } from "../kernel.js";

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.value("const hook = (globalThis as any)[Symbol.for('longtail.kernel')]");
});

describe("printed text", () => {
  it("of 20,000 lines arrives complete and in order, then idle", async () => {
    const { stdout, messages, types } = await kernel.run("for (let i = 0; i < 20_000; i++) console.log(`line ${i}`)");
    expect(stdout).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""));
    expect(types.at(-1)).toBe("status");
    expect(messages.at(-1)!.content["execution_state"]).toBe("idle");
    expect(types.length).toBeLessThan(1000); // gathered: a front end has to handle each message
  });

  it("of 20,000 lines with waits between them, too", async () => {
    const { stdout } = await kernel.run(
      "for (let i = 0; i < 20_000; i++) { console.log(i); if (i % 500 === 0) await new Promise((r) => setTimeout(r, 1)) }",
    );
    expect(stdout.split("\n").length).toBe(20_001);
    expect(stdout).toBe(Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join(""));
  });

  it("of 5 MB in one piece arrives whole", async () => {
    const { stdout } = await kernel.run("process.stdout.write('x'.repeat(2_500_000) + 'é'.repeat(1_250_000) + 'end')");
    expect(stdout.length).toBe(3_750_003);
    expect(stdout.endsWith("éend")).toBe(true);
  });

  it("of child processes that share the output is the cell's", async () => {
    const node = "process.execPath";
    const script = (text: string) => `["-e", ${JSON.stringify(text)}]`;
    const both = script("console.log('é out'); console.error('err')");
    const inherit = `{ stdio: "inherit" as const }`;
    await kernel.value(
      "import cp, { execSync, spawn, spawnSync } from 'node:child_process'; import { once } from 'node:events'",
    );
    for (const call of [
      `spawnSync(${node}, ${both}, ${inherit})`,
      `cp.execFileSync(${node}, ${both}, ${inherit})`,
      `spawnSync(${node}, ${both}, { stdio: ["ignore", 1, process.stderr] })`,
      `await once(spawn(${node}, ${both}, ${inherit}), "close")`,
    ]) {
      const { stdout, messages } = await kernel.run(`${call}; undefined`);
      expect([call, stdout]).toEqual([call, expect.stringContaining("é out\n")]);
      expect(
        messages.filter(({ content }) => content["name"] === "stderr").map(({ content }) => content["text"]),
      ).toEqual(["err\n"]);
    }
    expect((await kernel.run(`execSync("echo shell", ${inherit}) === null`)).stdout).toBe("shell\n");
    // More than a pipe or the default of maxBuffer holds, and one that fails.
    const long = script("process.stdout.write('x'.repeat(3_000_000))");
    expect((await kernel.run(`spawnSync(${node}, ${long}, ${inherit}).status`)).stdout.length).toBe(3_000_000);
    const failing = await kernel.run(`execSync("echo before; exit 3", ${inherit})`);
    expect(failing.stdout).toBe("before\n");
    expect(failing.reply["ename"]).toBe("Error");
    // What has pipes of its own is left alone.
    expect(await kernel.value(`spawnSync(${node}, ${both}, { encoding: "utf8" }).stdout`)).toBe("'é out\\n'");
  });

  it.runIf(process.platform === "linux")("of child processes leaves no file behind, nor one open", async () => {
    const left = await kernel.value(
      `const { readdirSync } = await import("node:fs");
       process.env.TMPDIR = ${JSON.stringify(folderWith())};
       const open = () => readdirSync("/proc/self/fd").length;
       const before = open();
       for (const code of [0, 1, 0]) try { execSync("echo one; exit " + code, { stdio: "inherit" }) } catch {}
       const left = [readdirSync(process.env.TMPDIR).length, open() - before];
       delete process.env.TMPDIR;
       left`,
    );
    expect(left).toBe("[ 0, 0 ]");
  });

  it("of child processes that print at the same time keeps each one's characters whole", async () => {
    const script = (text: string) =>
      `const one = Buffer.from("${text}"); process.stdout.write(one.subarray(0, 1), () => console.error("half")); process.stdin.once("data", () => process.stdout.write(one.subarray(1)))`;
    const { stdout } = await kernel.run(
      `const both = ${JSON.stringify(["€", "é"].map(script))}.map((one) => spawn(process.execPath, ["-e", one], { stdio: ["pipe", "inherit", "pipe"] }));
       await Promise.all(both.map((child) => once(child.stderr!, "data")));
       for (const child of both) child.stdin!.end("go");
       await Promise.all(both.map((child) => once(child, "close")))`,
    );
    expect([...stdout].sort()).toEqual(["é", "€"]);
  });

  it("of a forked process is the cell's, and its channel works", async () => {
    const { stdout } = await kernel.run(`
      import { fork } from "node:child_process";
      import { rmSync, writeFileSync } from "node:fs";
      import { tmpdir } from "node:os";
      const file = \`\${tmpdir()}/longtail-forked-\${process.pid}.cjs\`;
      writeFileSync(file, "console.log('forked'); process.send('message'); process.disconnect()");
      const forked = fork(file);
      forked.on("message", (text) => console.log(text));
      await new Promise((resolve) => forked.once("close", resolve));
      rmSync(file);`);
    expect(stdout.trim().split("\n").sort()).toEqual(["forked", "message"]);
  });

  it("of stdout and stderr keeps its order", async () => {
    const { messages } = await kernel.run("for (let i = 0; i < 200; i++) (i % 3 ? console.log : console.error)(i)");
    const streams = messages.filter(({ header }) => header.msg_type === "stream");
    expect(streams.map(({ content }) => content["text"]).join("")).toBe(
      Array.from({ length: 200 }, (_, i) => `${i}\n`).join(""),
    );
    for (const { content } of streams)
      for (const line of String(content["text"]).trim().split("\n"))
        expect(content["name"]).toBe(Number(line) % 3 ? "stdout" : "stderr");
  });

  it("keeps its order among displays and the result", async () => {
    const { messages } = await kernel.run(
      "console.log('a'); hook.display({ 'text/plain': 'b' }); console.log('c'); hook.display({ 'text/plain': 'd' }); console.error('e'); 'f'",
    );
    expect(
      messages.flatMap(
        ({ content }) =>
          (content["text"] as string) ?? (content["data"] as Record<string, string> | undefined)?.["text/plain"] ?? [],
      ),
    ).toEqual(["a\n", "b", "c\n", "d", "e\n", "'f'"]);
  });

  it("appears while the cell runs", async () => {
    const { end } = await kernel.running(
      "console.log('early'); for (const end = Date.now() + 600; Date.now() < end; );",
      "early",
    );
    let ended = false;
    void end.then(() => (ended = true));
    expect(ended).toBe(false);
    await end;
  });

  it("may be bytes, and tells when it is written", async () => {
    const { stdout } = await kernel.run(
      "process.stdout.write(new Uint8Array([0xe2, 0x82, 0xac])); await new Promise<void>((done) => process.stdout.write('!', 'utf8', () => done())); await new Promise<void>((done) => process.stdout.write('?', () => done()))",
    );
    expect(stdout).toBe("€!?");
  });

  it("may be bytes that split a character", async () => {
    const { stdout } = await kernel.run(
      "const euro = Buffer.from('€'); process.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1)); process.stdout.write('4869', 'hex')",
    );
    expect(stdout).toBe("€Hi");
  });

  it("comes from the whole console", async () => {
    const { stdout, stderr } = await kernel.run(
      "console.table([{ a: 1 }]); console.info('i'); console.warn('w'); console.dir({ d: 1 }); console.group('g'); console.log('in'); console.groupEnd(); console.assert(false, 'claim')",
    );
    expect(stdout).toContain("│ (index) │ a │");
    expect(stdout).toContain("i\n{ d: 1 }\ng\n  in\n");
    expect(stderr).toBe("w\nAssertion failed: claim\n");
  });

  it("is not indented by a group that an earlier cell left open", async () => {
    await kernel.run("console.group('a'); console.groupCollapsed('b'); throw new Error('inside')");
    const { stdout } = await kernel.run(
      "console.log('0'); console.group('c'); console.log('1'); console.groupEnd(); console.log('0')",
    );
    expect(stdout).toBe("0\nc\n  1\n0\n");
  });

  it("comes from streams piped to stdout", async () => {
    const { stdout } = await kernel.run(
      "import { Readable } from 'node:stream'; import { pipeline } from 'node:stream/promises'; await pipeline(Readable.from(['a', 'b', 'c']), process.stdout, { end: false })",
    );
    expect(stdout).toBe("abc");
  });
});

describe("what happens after a cell", () => {
  it("belongs to the cell that started it", async () => {
    const isBeat = (message: Message): boolean => printed(message).includes("beat");
    const all = kernel.hear((heard) => heard.filter(isBeat).map(printed).join("") === "beat\nbeat\nbeat\n");
    const first = await kernel.run(
      "let beats = 0; const beat = setInterval(() => { console.log('beat'); if (++beats === 3) clearInterval(beat) }, 100)",
    );
    const second = await kernel.run("console.log('second'); await new Promise((r) => setTimeout(r, 450))");
    const id = first.messages[0]!.parent_header.msg_id;
    const beats = (await all).filter(isBeat);
    expect(beats.map(printed).join("")).toBe("beat\nbeat\nbeat\n");
    expect(new Set(beats.map(({ parent_header }) => parent_header.msg_id))).toEqual(new Set([id]));
    expect(second.stdout).toBe("second\n");
  });

  it("belongs to it also through promises, events and callbacks of I/O", async () => {
    const all = kernel.hear((heard) => heard.some((message) => printed(message) === "deep\n"));
    const first = await kernel.run(
      "void (async () => { await new Promise((r) => setTimeout(r, 100)); require('node:fs').readFile('/dev/null', () => console.log('deep')) })()",
    );
    await kernel.run("await new Promise((r) => setTimeout(r, 250))");
    const deep = (await all).find((message) => printed(message) === "deep\n");
    expect(deep!.parent_header.msg_id).toBe(first.messages[0]!.parent_header.msg_id);
  });
});

describe("displays", () => {
  it("are shown, and replaced by their id", async () => {
    const { messages } = await kernel.run(
      "hook.display({ 'text/plain': '1 of 2' }, { id: 'bar', metadata: { m: 1 } }); hook.display({ 'text/plain': '2 of 2' }, { id: 'bar', update: true })",
    );
    const displays = messages.filter(({ header }) => header.msg_type.endsWith("display_data"));
    expect(displays.map(({ header, content }) => [header.msg_type, content["data"], content["transient"]])).toEqual([
      ["display_data", { "text/plain": "1 of 2" }, { display_id: "bar" }],
      ["update_display_data", { "text/plain": "2 of 2" }, { display_id: "bar" }],
    ]);
    expect(displays[0]!.content["metadata"]).toEqual({ m: 1 });
  });

  it("are cleared by console.clear()", async () => {
    const { types, messages } = await kernel.run("console.log('gone'); console.clear(); console.log('stays')");
    expect(types).toEqual(["status", "execute_input", "stream", "clear_output", "stream", "status"]);
    expect(messages[3]!.content).toEqual({ wait: false });
  });

  it("have tslab's names", async () => {
    const { displays } = await kernel.run(
      "import { display, newDisplay } from 'tslab'; display.html('<b>x</b>'); display.markdown('# x'); display.png(new Uint8Array([1, 2])); const d = newDisplay(); d.text('one'); d.text('two')",
    );
    expect(displays.map((bundle) => Object.entries(bundle)[0])).toEqual([
      ["text/html", "<b>x</b>"],
      ["text/markdown", "# x"],
      ["image/png", "AQI="],
      ["text/plain", "one"],
      ["text/plain", "two"],
    ]);
  });

  it("that cannot be sent are an error of the cell", async () => {
    expect((await kernel.run("hook.display({ 'application/json': () => 1 })")).reply.status).toBe("error");
    const { reply } = await kernel.run(
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { f() {} } }) })",
    );
    expect(reply.status).toBe("error");
    expect(await kernel.value("1")).toBe("1");
  });

  it("that JSON cannot hold do not end the kernel, nor does text beyond what a message can", async () => {
    const failing = await kernel.run("hook.display({ 'application/json': { n: 10n } })");
    expect(failing.reply).toMatchObject({ status: "error", evalue: expect.stringContaining("BigInt") as string });
    const circle = "const circle: any = {}; circle.self = circle; ";
    expect(await kernel.value(`${circle}({ 'application/json': circle })`)).toContain("not shown as MIME bundle");
    const { reply, stderr } = await kernel.run("process.stdout.write('\\n'.repeat(300_000_000))");
    expect(reply.status).toBe("ok");
    expect(stderr).toContain("An output (stream) could not be sent: Invalid string length");
    expect(await kernel.value("1")).toBe("1");
  });

  it("of figures that are being drawn, and the text between them, keep the order of the program", async () => {
    const figure = "{ data: [{ x: [1, 2], y: [3, 4] }], layout: {} }";
    const { types, messages } = await kernel.run(
      `import { display } from "tslab"; for (let i = 0; i < 3; i++) { console.log("figure", i); void display(${figure}); } console.clear(); console.log("end")`,
    );
    const text = (i: number): string => `figure ${i}\n`;
    const shown = ["stream", "display_data"];
    expect(types.slice(2, -1)).toEqual([...shown, ...shown, ...shown, "clear_output", "stream"]);
    const printedText = messages.filter(({ header }) => header.msg_type === "stream").map(printed);
    expect(printedText).toEqual([text(0), text(1), text(2), "end\n"]);
  });

  it("of figures that are still being drawn come before the end of the cell, and before its error", async () => {
    const figure = "{ data: [{ x: [1, 2], y: [3, 4] }], layout: {} }";
    for (const source of ["tslab", "longtail/kernel"]) {
      const fine = await kernel.run(`import { display } from "${source}"; display(${figure}); 1`);
      expect(fine.types).toEqual(["status", "execute_input", "display_data", "execute_result", "status"]);
      expect(fine.displays[0]).toHaveProperty("image/svg+xml");
      const failing = await kernel.run(`display(${figure}); throw new Error("after it")`);
      expect(failing.types).toEqual(["status", "execute_input", "display_data", "error", "status"]);
    }
  });
});
