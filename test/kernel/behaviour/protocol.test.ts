import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Wire } from "../../../kernel/message.js";
import { printed, startKernel, type TestKernel } from "../kernel.js";
import { RawClient } from "../raw.js";

let kernel: TestKernel;
let raw: RawClient;
beforeAll(async () => {
  [kernel, raw] = await Promise.all([startKernel(), RawClient.start()]);
});

describe("kernel_info", () => {
  it("says what this is", () => {
    expect(kernel.client.info).toMatchObject({
      status: "ok",
      protocol_version: "5.4",
      implementation: "longtail",
      language_info: {
        name: "typescript",
        file_extension: ".ts",
        mimetype: "text/typescript",
        pygments_lexer: "typescript",
        nbconvert_exporter: "script",
      },
      debugger: false,
    });
    expect(kernel.client.info["banner"]).toContain("TypeScript");
    expect(kernel.client.info["implementation_version"]).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("is answered on shell and on control, between busy and idle", async () => {
    for (const channel of ["shell", "control"] as const) {
      const id = await raw.send(channel, "kernel_info_request");
      expect((await raw.answer(id)).header.msg_type).toBe("kernel_info_reply");
      const states = (await raw.output(id)).map(({ content }) => content["execution_state"]);
      expect(states.slice(0, 2)).toEqual(["busy", "idle"]);
    }
  });
});

describe("execute", () => {
  it("counts cells, and publishes busy, input, output, result, idle, in this order", async () => {
    const first = await kernel.run("console.log('out'); 1 + 1");
    expect(first.types).toEqual(["status", "execute_input", "stream", "execute_result", "status"]);
    const count = first.reply.execution_count!;
    expect(first.messages[1]!.content).toEqual({ code: "console.log('out'); 1 + 1", execution_count: count });
    expect(first.messages[3]!.content).toEqual({ execution_count: count, data: { "text/plain": "2" }, metadata: {} });
    expect((await kernel.run("1")).reply).toEqual({
      status: "ok",
      execution_count: count + 1,
      user_expressions: {},
      payload: [],
    });
  });

  it("counts failing and empty cells too", async () => {
    const { execution_count: count } = (await kernel.run("1")).reply;
    expect((await kernel.run("const bad: string = 1")).reply.execution_count).toBe(count! + 1);
    expect((await kernel.run("")).reply.execution_count).toBe(count! + 2);
  });

  it("neither counts nor remembers with store_history off, but publishes", async () => {
    const before = (await kernel.run("1")).reply.execution_count!;
    const ran = await kernel.run("'not stored'", { storeHistory: false });
    expect(ran.text).toBe("'not stored'");
    expect(ran.reply.execution_count).toBe(before);
    const { history: last } = await kernel.client.history({ hist_access_type: "tail", n: 1, output: true });
    expect((last as unknown[][])[0]!.slice(2)).toEqual([["1", "1"]]); // its own output, not that of what does not count
    expect((await kernel.run("1")).reply.execution_count).toBe(before + 1);
    const { history } = await kernel.client.history();
    expect(JSON.stringify(history)).not.toContain("not stored");
  });

  it("publishes nothing when silent, neither outputs nor errors, and has its effects", async () => {
    const { types, reply } = await kernel.run("console.log('hush'); var silently = 7; silently", { silent: true });
    expect(types).toEqual(["status", "status"]);
    expect(reply.status).toBe("ok");
    const failing = await kernel.run("throw new Error('quiet')", { silent: true });
    expect(failing.types).toEqual(["status", "status"]);
    expect(failing.reply).toMatchObject({ status: "error", ename: "Error", evalue: "quiet" });
    expect(await kernel.value("silently")).toBe("7");
  });

  it("evaluates user_expressions, each with its own outcome", async () => {
    const { reply } = await kernel.run("const base = 20", {
      userExpressions: {
        sum: "base + 1",
        rich: "({ 'text/html': '<b>x</b>' })",
        awaited: "await Promise.resolve('later')",
        typed: "(base as number).toFixed(1)",
        broken: "missing.name",
        wrong: "1 +",
      },
    });
    expect(reply.status).toBe("ok");
    expect(reply["user_expressions"]).toMatchObject({
      sum: { status: "ok", data: { "text/plain": "21" }, metadata: {} },
      rich: { status: "ok", data: { "text/html": "<b>x</b>" } },
      awaited: { status: "ok", data: { "text/plain": "'later'" } },
      typed: { status: "ok", data: { "text/plain": "'20.0'" } },
      broken: { status: "error", ename: "ReferenceError", evalue: "missing is not defined" },
      wrong: { status: "error", ename: "SyntaxError" },
    });
  });

  it("aborts what is queued behind a failing cell", async () => {
    const cells = ["throw new Error('first')", "console.log('second')", "console.log('third')"].map((code) =>
      kernel.run(code),
    );
    const [first, second, third] = await Promise.all(cells);
    expect(first!.reply.status).toBe("error");
    for (const { reply, types } of [second!, third!]) {
      expect(reply).toEqual({ status: "aborted" }); // no count, which JupyterLab would write beside a cell that never ran
      expect(types).toEqual(["status", "status"]);
    }
    expect(await kernel.value("'goes on'")).toBe("'goes on'");
  });

  it("aborts what was sent before a failure and arrives just after it, and nothing that was sent later", async () => {
    const execute = async (code: string, sent = new Date()): Promise<unknown> => {
      const header = { ...raw.wire.header("execute_request"), date: sent.toISOString() };
      await raw.sendFrames("shell", raw.wire.build("execute_request", { code }, { header }));
      return (await raw.answer(header.msg_id)).content["status"];
    };
    const before = new Date(Date.now() - 60_000);
    expect(await execute("throw new Error('first')")).toBe("error");
    expect(await execute("1", before)).toBe("aborted");
    expect(await execute("1")).toBe("ok");
    // A client whose clock is late is not held up for long.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await execute("1", before)).toBe("ok");
  });

  it("runs what is queued behind a failing cell with stop_on_error off", async () => {
    const [first, second] = await Promise.all([
      kernel.run("throw new Error('first')", { stopOnError: false }),
      kernel.run("console.log('second')"),
    ]);
    expect([first.reply.status, second.reply.status, second.stdout]).toEqual(["error", "ok", "second\n"]);
  });

  it("answers fast cells that are sent at once in their order", async () => {
    const runs = Array.from({ length: 30 }, (_, i) => kernel.run(`console.log(${i}); ${i}`));
    const results = await Promise.all(runs);
    expect(results.map(({ text }) => text)).toEqual(results.map((_, i) => String(i)));
    expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, i) => `${i}\n`));
  });

  it("shows help for `name?` in a pager", async () => {
    const { reply } = await kernel.run("Math.max?");
    const [page] = reply["payload"] as { source: string; data: Record<string, string> }[];
    expect(page!.source).toBe("page");
    expect(page!.data["text/plain"]).toContain("Returns the larger of a set of supplied numeric expressions");
    expect(JSON.stringify((await kernel.run("?nothingOfTheKind")).reply["payload"])).toContain(
      "Nothing is known about nothingOfTheKind",
    );
  });
});

describe("input", () => {
  const ask = "await (globalThis as any)[Symbol.for('longtail.kernel')].input";

  it("goes to the user and back, with prompt and password flag", async () => {
    const asked: unknown[] = [];
    const onInput = (prompt: string, password: boolean): string => {
      asked.push([prompt, password]);
      return `answer ${asked.length}`;
    };
    expect(await kernel.value(`[${ask}("name?"), ${ask}("secret?", { password: true })].join()`, { onInput })).toBe(
      "'answer 1,answer 2'",
    );
    expect(asked).toEqual([
      ["name?", false],
      ["secret?", true],
    ]);
  });

  it("shows what was printed before it asks", async () => {
    const seen: string[] = [];
    kernel.client.on(
      "iopub",
      ({ header, content }) => header.msg_type === "stream" && seen.push(String(content["text"])),
    );
    await kernel.value(`console.log("first this"); ${ask}()`, {
      onInput: async () => {
        await sleep(50);
        seen.push("asked");
        return "";
      },
    });
    expect(seen).toEqual(["first this\n", "asked"]);
  });

  it("is refused where the front end takes none", async () => {
    const { reply } = await kernel.run(`${ask}("name?")`);
    expect(reply.status).toBe("error");
    expect(reply.evalue).toContain("does not take input");
  });

  it("that nobody waits for ends with its cell, and leaves the next cell's alone", async () => {
    const onInput = (prompt: string): Promise<string> | string =>
      prompt === "forgotten" ? new Promise(() => undefined) : `answer to ${prompt}`;
    const refused = kernel.hear((heard) => heard.map(printed).join("").includes("does not take input here"));
    await kernel.run(`${ask.replace("await", "void")}("forgotten"); 1`, { onInput });
    await refused; // the promise that nobody waits for rejects, which is said
    expect(await kernel.value(`${ask}("next")`, { onInput, timeout: 5000 })).toBe("'answer to next'");
  });

  it("ends with an interrupt, and a late answer does nothing", async () => {
    const id = await raw.send("shell", "execute_request", { code: `${ask}("waits")`, allow_stdin: true });
    const request = await raw.message("stdin", "input_request");
    expect(request.content).toEqual({ prompt: "waits", password: false });
    expect(request.parent_header.msg_id).toBe(id);
    await raw.request("control", "interrupt_request");
    expect((await raw.answer(id)).content).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    await raw.send("stdin", "input_reply", { value: "late" }, request.header);
    expect((await raw.request("shell", "execute_request", { code: "1" })).content).toMatchObject({ status: "ok" });
  });
});

describe("while user code keeps its thread", () => {
  it("heartbeat, kernel_info, completion, inspection and history answer", async () => {
    const id = await raw.send("shell", "execute_request", {
      code: "const marked = 1; for (const end = Date.now() + 3000; Date.now() < end; );",
    });
    await sleep(300);
    let answered = false;
    void raw.answer(id).then(() => (answered = true));
    expect(await raw.beat(1000)).toBe(true);
    expect((await raw.request("shell", "kernel_info_request")).content).toMatchObject({ status: "ok" });
    const completion = await raw.request("shell", "complete_request", { code: "mark", cursor_pos: 4 });
    expect(completion.content["matches"]).toContain("marked");
    expect(
      (await raw.request("shell", "inspect_request", { code: "marked", cursor_pos: 6, detail_level: 0 })).content[
        "found"
      ],
    ).toBe(true);
    expect((await raw.request("shell", "is_complete_request", { code: "1 +" })).content["status"]).toBe("incomplete");
    expect(
      JSON.stringify((await raw.request("shell", "history_request", { hist_access_type: "tail", n: 1 })).content),
    ).toContain("marked");
    // What a client heard last must still be "busy". It comes on another socket than the answers, perhaps after the last of them.
    const last = (): unknown =>
      raw.published.filter(({ header }) => header.msg_type === "status").at(-1)?.content["execution_state"];
    await vi.waitFor(() => expect(last()).toBe("busy"), { timeout: 1000, interval: 5 });
    expect(answered).toBe(false);
    expect((await raw.answer(id)).content["status"]).toBe("ok");
  });
});

describe("other requests", () => {
  it("a comm is closed as soon as it is opened; comm_info knows none", async () => {
    const id = await raw.send("shell", "comm_open", { comm_id: "c1", target_name: "widget", data: {} });
    const close = (await raw.output(id)).find(({ header }) => header.msg_type === "comm_close");
    expect(close!.content).toEqual({ comm_id: "c1", data: {} });
    expect((await raw.request("shell", "comm_info_request")).content).toEqual({ status: "ok", comms: {} });
    for (const type of ["comm_msg", "comm_close"])
      await raw.output(await raw.send("shell", type, { comm_id: "c1", data: {} }));
  });

  it("debugging is refused politely", async () => {
    const { header, content } = await raw.request("control", "debug_request", {
      seq: 7,
      type: "request",
      command: "initialize",
    });
    expect(header.msg_type).toBe("debug_reply");
    expect(content).toMatchObject({ type: "response", request_seq: 7, command: "initialize", success: false });
  });

  it("an unknown request leaves the kernel idle and well", async () => {
    const outputs = await raw.output(await raw.send("shell", "made_up_request", { x: 1 }));
    expect(outputs.map(({ header }) => header.msg_type)).toEqual(["status", "status"]);
  });

  it.each([
    ["complete_request", "error"],
    ["inspect_request", "error"],
    ["is_complete_request", "complete"],
    ["history_request", "ok"],
    ["execute_request", "ok"],
  ])("a %s without content is answered: %s", async (type, status) => {
    const { header, content } = await raw.request("shell", type, {});
    expect([header.msg_type, content["status"]]).toEqual([type.replace("request", "reply"), status]);
    if (status !== "error") return;
    expect(content["evalue"]).toContain("is not iterable");
    expect(content["traceback"]).toContainEqual(expect.stringContaining("is not iterable"));
  });

  it("is_complete tells complete, incomplete and invalid apart", async () => {
    expect(await kernel.client.isComplete("const x = 1")).toEqual({ status: "complete" });
    expect(await kernel.client.isComplete("function f() {\n  if (x) {")).toEqual({
      status: "incomplete",
      indent: "    ",
    });
    expect(await kernel.client.isComplete("const = 1")).toEqual({ status: "invalid" });
  });

  it("history gives inputs, and outputs where asked", async () => {
    await kernel.run("const h = 'history'; h");
    const { history } = await kernel.client.history({ hist_access_type: "tail", n: 1, output: true });
    expect((history as unknown[][])[0]!.slice(2)).toEqual([["const h = 'history'; h", "'history'"]]);
  });
});

describe("completion and inspection", () => {
  it("know the names, types and members of earlier cells", async () => {
    await kernel.run(
      "interface Shape { sides: number; area(): number }\nconst triangle: Shape = { sides: 3, area: () => 1 }",
    );
    expect((await kernel.client.complete("triang"))["matches"]).toContain("triangle");
    expect(await kernel.client.complete("triangle.")).toMatchObject({
      matches: ["area", "sides"],
      cursor_start: 9,
      cursor_end: 9,
    });
    expect((await kernel.client.inspect("triangle"))["data"]).toMatchObject({
      "text/plain": expect.stringContaining("Shape") as unknown,
    });
  });

  it.each([
    ["'é'.length; triangle.si", 23],
    ["'日本語'; triangle.si", 18],
    ["'😀👍🏽'; triangle.si", 18],
    ["const 变量 = 1; triangle.si", 26],
  ])("count the cursor in code points: %s", async (code) => {
    const cursor = [...code].length;
    expect(await kernel.client.complete(code)).toMatchObject({
      matches: ["sides"],
      cursor_start: cursor - 2,
      cursor_end: cursor,
    });
    const inside = await kernel.client.inspect(code.replace(/si$/, "sides"), cursor);
    expect(JSON.stringify(inside["data"])).toContain("Shape.sides: number");
  });

  it("work in the middle of a cell and in one that does not parse", async () => {
    expect(await kernel.client.complete("const a = triangle.ar + 1\nlet b = (", 21)).toMatchObject({
      matches: ["area"],
    });
    expect((await kernel.client.complete("for (const x of [1]) { x.toFi"))["matches"]).toContain("toFixed");
  });

  it("know the members of a value whose type says nothing, without running anything", async () => {
    await kernel.run(
      'let looked = 0;\nconst parsed = JSON.parse(\'{"rows": [{"city": "Bern", "size": 1}]}\');\n' +
        "const guarded: any = { get costly() { looked++; return { inner: 1 }; } }",
    );
    const code = "'😀'; parsed.rows[0].ci";
    const cursor = [...code].length;
    expect(await kernel.client.complete(code)).toMatchObject({
      matches: ["city"],
      cursor_start: cursor - 2,
      cursor_end: cursor,
      metadata: { _jupyter_types_experimental: [{ text: "city", type: "property" }] },
    });
    expect((await kernel.client.complete("parsed."))["matches"]).toEqual(["rows"]);
    expect((await kernel.client.complete("process.env.PAT"))["matches"]).toContain("PATH");
    expect((await kernel.client.complete("guarded."))["matches"]).toEqual(["costly"]);
    expect((await kernel.client.complete("guarded.costly."))["matches"]).toEqual([]);
    expect(await kernel.value("looked")).toBe("0");
    // While a cell runs, or keeps the thread after its end, types alone are asked.
    const running = kernel.run("setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }, 20)");
    expect((await kernel.client.complete("parsed."))["status"]).toBe("ok");
    await running;
    await sleep(100);
    expect((await kernel.client.complete("parsed."))["matches"]).toEqual([]);
  });

  it("tell what a value is now, as far as it can be asked without running anything", async () => {
    const told = async (code: string): Promise<string> =>
      String(((await kernel.client.inspect(code))["data"] as Record<string, unknown>)["text/plain"]);
    await kernel.run("/** Most by least. */\nlet ratio = 10;\nconst untyped: any = { rows: [{ city: 'Bern' }] };");
    expect(await told("ratio")).toBe("let ratio: number\n\nMost by least.\n\nNow: 10");
    await kernel.run("ratio *= 10;");
    expect(await told("const twice = 2 * ratio")).toMatch(/\n\nNow: 100$/);
    expect(await told("untyped.rows")).toBe("Now: [ { city: 'Bern' } ]");
    expect(await told("(ratio) => ratio")).not.toContain("Now");
    expect(await told("undeclaredYet")).not.toContain("Now");
    await kernel.run("const later = 1;\nimport * as os from 'node:os'; const add = (a: number) => a + later;");
    for (const name of ["os", "add"]) expect(await told(name)).not.toContain("Now");
    const running = kernel.run("await new Promise((resolve) => setTimeout(resolve, 1000)); ratio = 7;");
    await sleep(200);
    expect(await told("ratio")).toBe("let ratio: number\n\nMost by least.");
    await running;
    const { reply } = await kernel.run("ratio?");
    expect(JSON.stringify(reply["payload"])).toContain("Now: 7");
  });

  it("of nothing find nothing", async () => {
    expect(await kernel.client.inspect("   ", 1)).toMatchObject({ status: "ok", found: false, data: {} });
    expect((await kernel.client.complete("noSuchThing.", 12))["matches"]).toEqual([]);
    expect(await kernel.client.complete("x", 999)).toMatchObject({ status: "ok" });
    expect(await kernel.client.complete("", -1)).toMatchObject({ status: "ok" });
  });
});

describe("messages that are not the client's", () => {
  it("with a wrong signature are dropped, and the kernel lives", async () => {
    const forger = new Wire("another key");
    const frames = (code: string): Buffer[] => forger.build("execute_request", { code, silent: false });
    for (const channel of ["shell", "control"] as const) await raw.sendFrames(channel, frames("var forged = 1"));
    await raw.sendFrames("control", forger.build("shutdown_request", { restart: false }));
    const unsigned = raw.wire.build("execute_request", { code: "var forged = 1" });
    unsigned[1] = Buffer.alloc(0);
    await raw.sendFrames("shell", unsigned);
    const reply = await raw.request("shell", "execute_request", {
      code: "typeof (globalThis as any).forged",
      user_expressions: { forged: "typeof forged" },
    });
    expect(reply.content).toMatchObject({
      status: "ok",
      user_expressions: { forged: { data: { "text/plain": "'undefined'" } } },
    });
  });

  it("of garbage are dropped, and the kernel lives", async () => {
    for (const channel of ["shell", "control", "stdin"] as const) {
      await raw.sendFrames(channel, [""]);
      await raw.sendFrames(channel, ["<IDS|MSG>"]);
      await raw.sendFrames(channel, ["<IDS|MSG>", "", "{}", "{}", "{}", "{}"]);
      await raw.sendFrames(
        channel,
        Array.from({ length: 50 }, () => Buffer.from([0xff, 0x00, 0xfe])),
      );
      for (const body of ["not json", "null", "[]", "5", '{"msg_type": 5}']) {
        const parts = raw.wire.build("x", {});
        parts[2] = Buffer.from(body);
        await raw.sendFrames(channel, resign(parts));
      }
    }
    expect((await raw.request("shell", "kernel_info_request")).content).toMatchObject({ status: "ok" });
    expect(raw.process.log).toBe("");
  });

  /** Signs changed parts with the right key: only their content is wrong. */
  function resign(frames: Buffer[]): Buffer[] {
    const sign = Reflect.get(raw.wire, "sign") as (parts: Buffer[]) => string;
    return [frames[0]!, Buffer.from(sign.call(raw.wire, frames.slice(2, 6))), ...frames.slice(2)];
  }
});
