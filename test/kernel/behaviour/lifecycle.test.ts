import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KernelClient } from "../../../kernel/client.js";
import { launch } from "../../../kernel/launch.js";
import { eventually, folderWith, isAlive, kernelCommand, startKernel } from "../kernel.js";
import { RawClient } from "../raw.js";

describe("shutdown", () => {
  it.each([
    [
      "with live timers, an open server and a worker thread that spins",
      `setInterval(() => {}, 10); setTimeout(() => {}, 1e6);
       new (require("node:worker_threads").Worker)("while (true) {}", { eval: true });
       await new Promise<void>((done) => require("node:net").createServer().listen(0, "127.0.0.1", () => done()))`,
    ],
    ["with an exit listener that never returns", "process.on('exit', () => { while (true) {} }); 1"],
  ])("%s ends the process", async (situation, code) => {
    const kernel = await startKernel();
    await kernel.value(code);
    const start = performance.now();
    expect(await kernel.client.shutdown({ timeout: 5000 })).toBe(true);
    console.log(`Shutdown ${situation}: ${(performance.now() - start).toFixed(0)} ms`);
    expect(isAlive(kernel.client.pid!)).toBe(false);
  });

  it("during a synchronous loop, after an interrupt, ends the process too", async () => {
    const kernel = await startKernel();
    const first = await kernel.running("console.log('GO'); while (true) {}", "GO");
    await kernel.client.interrupt();
    await first.end;
    const { end } = await kernel.running("console.log('GO'); while (true) {}", "GO");
    end.catch(() => undefined);
    expect(await kernel.client.shutdown({ timeout: 5000 })).toBe(true);
    await expect(end).rejects.toThrow(/died/);
  });

  it("is answered on shell as on control, with the restart flag as it came, and leaves no output", async () => {
    for (const [channel, restart] of [
      ["control", true],
      ["shell", false],
    ] as const) {
      const raw = await RawClient.start();
      const reply = await raw.request(channel, "shutdown_request", { restart });
      expect(reply.header.msg_type).toBe("shutdown_reply");
      expect(reply.content).toEqual({ status: "ok", restart });
      const exit = await raw.process.exited;
      expect(exit.log).toBe("");
      // By itself, or, where it was still starting and did not get to it in time, by its own hand.
      expect([0, null]).toContain(exit.code);
    }
  });
});

describe("a kernel", () => {
  it("ends when the process that started it dies", { timeout: 30_000 }, async () => {
    const folder = folderWith();
    const { connection, kill, exited } = await startedElsewhere(folder);
    expect(isAlive(connection.pid)).toBe(true);
    kill();
    await exited;
    expect(await eventually(() => !isAlive(connection.pid), 5000)).toBe(true);
  });

  it("runs beside another without mixing", async () => {
    const [one, two] = await Promise.all([startKernel(), startKernel()]);
    const [first, second] = await Promise.all([
      one.run("let who = 'one'; console.log(who); who"),
      two.run("let who = 'two'; console.log(who); who"),
    ]);
    expect([first.stdout, second.stdout, first.text, second.text]).toEqual(["one\n", "two\n", "'one'", "'two'"]);
    const endless = one.run("while (true) {}");
    expect(await two.value("who")).toBe("'two'");
    await one.client.interrupt();
    await endless;
    expect(await one.value("who")).toBe("'one'");
  });

  it.skipIf(!existsSync("/proc/net/tcp"))(
    "listens on the address of the connection file only, and on nothing else",
    async () => {
      const raw = await RawClient.start();
      const { shell_port, iopub_port, stdin_port, control_port, hb_port } = raw.process.connection;
      const mine = listeners(raw.process.pid!);
      expect(mine.map(({ port }) => port).sort()).toEqual(
        [shell_port, iopub_port, stdin_port, control_port, hb_port].sort(),
      );
      expect(new Set(mine.map(({ host }) => host))).toEqual(new Set(["127.0.0.1"]));
    },
  );

  it("says what is wrong with its connection file, or that there is none, and ends", async () => {
    const broken = join(folderWith({ "c.json": '{ "transport": "tcp" }' }), "c.json");
    const { argv, cwd } = kernelCommand();
    const refused = await launch({
      argv: argv.map((part) => (part === "{connection_file}" ? broken : part)),
      ...(cwd && { cwd }),
    });
    const exit = await refused.exited;
    expect(exit.log).toContain(`expected "ip" to be an address, found undefined`);
    const none = await (await launch({ argv: argv.slice(0, -2), ...(cwd && { cwd }) })).exited;
    expect(none.code).toBe(2);
    expect(none.log).toContain("longtail kernel install");
  });

  it("leaves arguments behind those of its kernelspec alone: Jupyter's clients add what is theirs", async () => {
    const command = kernelCommand();
    const argv = [...command.argv, "cell.ts", "--Kernel.stop_on_error_timeout=0", "--debug"];
    const client = await KernelClient.start({ ...command, argv });
    expect(await client.shutdown({ timeout: 5000 })).toBe(true);
  });

  it("says that a port is taken, and ends", async () => {
    const raw = await RawClient.start();
    const folder = folderWith();
    const file = join(folder, "same.json");
    writeFileSync(file, JSON.stringify(raw.process.connection));
    const { argv } = kernelCommand();
    const exit = await (
      await launch({ argv: argv.map((part) => (part === "{connection_file}" ? file : part)), cwd: folder })
    ).exited;
    expect(exit.log).toMatch(/EADDRINUSE|Address already in use/i);
  });
});

/** Starts a kernel from another process, which can then be killed. */
async function startedElsewhere(
  folder: string,
): Promise<{ connection: { pid: number }; kill: () => void; exited: Promise<unknown> }> {
  const { argv } = kernelCommand();
  const raw = await RawClient.start(); // only for free ports that were just used
  await raw.close();
  const file = join(folder, "connection.json");
  writeFileSync(file, JSON.stringify(raw.process.connection));
  const [executable, ...args] = argv.map((part) => (part === "{connection_file}" ? file : part));
  const script = `
    const { spawn } = require("node:child_process");
    const kernel = spawn(${JSON.stringify(executable)}, ${JSON.stringify(args)}, { detached: true, stdio: "ignore", cwd: ${JSON.stringify(folder)}, env: { ...process.env, JPY_PARENT_PID: String(process.pid) } });
    console.log(kernel.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => parent.once("close", resolve));
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once("data", (data: Buffer) => resolve(Number(data.toString()))),
  );
  await sleep(1500); // it is up, or would have failed
  return { connection: { pid }, kill: () => parent.kill("SIGKILL"), exited };
}

/** Addresses on which a process listens for TCP, by /proc. */
function listeners(pid: number): { host: string; port: number }[] {
  const found: { host: string; port: number }[] = [];
  for (const table of ["tcp", "tcp6"])
    for (const line of readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state !== "0A" || !socketInodes(pid).has(inode!)) continue;
      const [host, port] = local!.split(":");
      const bytes = host!.match(/../g)!.map((byte) => parseInt(byte, 16));
      found.push({ host: table === "tcp" ? bytes.reverse().join(".") : host!, port: parseInt(port!, 16) });
    }
  return found;
}

function socketInodes(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const links = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return ""; // closed meanwhile
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
