import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExecutionStopped, KernelClient, KernelDied } from "../../kernel/client.js";
import { launch } from "../../kernel/launch.js";
import type { Message } from "../../kernel/message.js";
import { fakeKernel } from "./fake.js";

const clients: KernelClient[] = [];
let folder: string;

async function start(...flags: string[]): Promise<KernelClient> {
  const client = await KernelClient.start(fakeKernel(...flags));
  clients.push(client);
  return client;
}

async function run(client: KernelClient, code: string, options = {}): Promise<{ text: string; types: string[] }> {
  const messages: Message[] = [];
  await client.execute(code, { ...options, onOutput: (message) => messages.push(message) });
  return {
    text: messages.map(({ header, content }) => (header.msg_type === "stream" ? String(content["text"]) : "")).join(""),
    types: messages.map(({ header }) => header.msg_type),
  };
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "client-test-")));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.kill()));
  rmSync(folder, { recursive: true });
});

describe("starting", () => {
  it("gives kernel_info and hears the output of the very first cell", async () => {
    const client = await start();
    expect(client.info).toMatchObject({ status: "ok", implementation: "fake" });
    expect(await run(client, "print hello")).toEqual({
      text: "hello",
      types: ["status", "execute_input", "stream", "status"],
    });
  });

  it("says what the kernel printed when it ends at once", async () => {
    const failure = await KernelClient.start(fakeKernel("--refuse", "7")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KernelDied);
    expect((failure as KernelDied).exit.code).toBe(7);
    expect((failure as KernelDied).message).toContain("exit code 7");
    expect((failure as KernelDied).message).toContain("refusing to start, as told");
  });

  it("names the command when the executable does not exist", async () => {
    await expect(KernelClient.start({ argv: [join(folder, "nothing-here")] })).rejects.toThrow(/ENOENT/);
  });

  it("gives up on a kernel that never answers, and ends it", async () => {
    const start = KernelClient.start(fakeKernel("--silent"), { timeout: 400 });
    await expect(start).rejects.toThrow(/did not answer within 0\.4 s: .*fake-kernel/);
  });

  it("stops waiting when told to", async () => {
    const signal = AbortSignal.timeout(200);
    await expect(KernelClient.start(fakeKernel("--silent"), { signal })).rejects.toThrow(/timeout/);
  });

  it("tries other ports when one was taken in between", async () => {
    const client = await start("--clash", join(folder, "clashed"));
    expect((await run(client, "print hello")).text).toBe("hello");
    expect(existsSync(join(folder, "clashed"))).toBe(true);
  });

  it("keeps the connection file to its user and removes it with the kernel", async () => {
    const before = new Set(readdirSync(tmpdir()));
    const kernel = await launch(fakeKernel());
    const mine = readdirSync(tmpdir()).filter((name) => name.startsWith("kernel-") && !before.has(name));
    const files = mine.map((name) => join(tmpdir(), name, "connection.json")).filter((file) => existsSync(file));
    expect(files.length).toBeGreaterThan(0);
    if (process.platform !== "win32")
      for (const file of files) {
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(statSync(join(file, "..")).mode & 0o777).toBe(0o700);
      }
    kernel.kill();
    expect((await kernel.exited).signal).toBe("SIGKILL");
    expect(files.some((file) => !existsSync(file))).toBe(true);
  });

  it("runs in the folder and with the environment asked for", async () => {
    const argv = [process.execPath, "-e", "console.error(process.cwd(), process.env.COLOUR, process.env.HOME)"];
    const { exited } = await launch({ argv, cwd: folder, env: { COLOUR: "green", HOME: undefined } });
    expect((await exited).log).toBe(`${folder} green undefined`);
  });

  it.skipIf(process.platform === "win32")("says where its connection file cannot be written", async () => {
    vi.stubEnv("TMPDIR", join(folder, "none"));
    try {
      await expect(launch(fakeKernel())).rejects.toThrow(
        `Cannot start a kernel: its connection file cannot be written to ${folder}/none: ENOENT`,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("executing", () => {
  it("delivers a flood of output complete and in order", async () => {
    const { text } = await run(await start(), "flood 20000");
    expect(text).toBe(Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join(""));
  });

  it("reports an error in the code as a reply, not as a failure of the client", async () => {
    const reply = await (await start()).execute("error RangeError too far");
    expect(reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "too far" });
  });

  it("runs two cells sent at once without mixing their outputs", async () => {
    const client = await start();
    const [first, second] = await Promise.all([run(client, "sleep 50\nprint one"), run(client, "print two")]);
    expect([first.text, second.text]).toEqual(["one", "two"]);
  });

  it("drops messages that are not signed with the kernel's key", async () => {
    expect((await run(await start(), "forge evil\nprint good")).text).toBe("good");
  });

  it("answers a cell that asks for input", async () => {
    const asked: unknown[] = [];
    const onInput = (prompt: string, password: boolean): Promise<string> => {
      asked.push([prompt, password]);
      return Promise.resolve("a secret");
    };
    expect((await run(await start(), "input password?", { onInput })).text).toBe("got a secret\n");
    expect(asked).toEqual([["password?", true]]);
  });

  it("tells the kernel when there is nobody to ask", async () => {
    const reply = await (await start()).execute("input name?");
    expect(reply.ename).toBe("StdinNotImplemented");
  });

  it("does not wait for ever for a kernel that loses its last message", async () => {
    await expect((await start()).execute("print hello\nmute")).rejects.toThrow(/output was lost/);
  });

  it("passes on what the output callback throws", async () => {
    const client = await start();
    const onOutput = (): void => {
      throw new Error("callback broke");
    };
    await expect(client.execute("print hello", { onOutput })).rejects.toThrow("callback broke");
    expect((await run(client, "print still here")).text).toBe("still here");
  });

  it("offers the other requests", async () => {
    const client = await start();
    expect(await client.complete("pr😀")).toMatchObject({ matches: ["print"], cursor_end: 3 });
    expect(await client.inspect("print")).toMatchObject({ found: true });
    expect(await client.isComplete("print \\")).toEqual({ status: "incomplete" });
    expect(await client.history()).toMatchObject({ history: [[1, 1, "print hello"]] });
  });
});

describe("stopping a cell", () => {
  it("interrupts it when asked", async () => {
    const client = await start();
    const running = new Promise((resolve) =>
      client.on("iopub", ({ header }) => header.msg_type === "stream" && resolve(0)),
    );
    const reply = client.execute("print running\nnever");
    await running;
    await client.interrupt();
    expect(await reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
  });

  it("interrupts it after its timeout, and the kernel goes on", async () => {
    const client = await start();
    const failure = await client.execute("never", { timeout: 100 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExecutionStopped);
    expect(failure).toMatchObject({ killed: false });
    expect((failure as Error).message).toBe("The cell took longer than 0.1 s; interrupted");
    expect((await run(client, "print alive")).text).toBe("alive");
  });

  it("kills a kernel that does not honour the interrupt", async () => {
    const client = await start();
    const failure = await client.execute("deaf", { timeout: 50, grace: 200 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "ExecutionStopped", killed: true });
    expect(isAlive(client.pid!)).toBe(false);
  });

  it("says that Windows cannot interrupt a kernel by a signal, rather than kill it", async () => {
    const platform = vi.spyOn(process, "platform", "get").mockReturnValue("win32");
    const client = await KernelClient.start({ ...fakeKernel(), interruptMode: "signal" });
    try {
      await expect(client.interrupt()).rejects.toThrow(/cannot be interrupted: Windows cannot send .*interrupt_mode/);
      expect((await run(client, "print alive")).text).toBe("alive");
      await expect(client.execute("never", { timeout: 50, grace: 200 })).rejects.toThrow(
        /^The cell took longer than 0.05 s; it cannot be interrupted \(Windows .*\): kernel killed$/,
      );
    } finally {
      await client.kill();
      platform.mockRestore();
    }
  });

  it("interrupts it when its signal aborts, with the reason", async () => {
    const client = await start();
    const stop = new AbortController();
    const cell = client.execute("never", { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await expect(cell).rejects.toThrow("enough; interrupted");
    await expect(client.execute("print x", { signal: stop.signal })).rejects.toThrow("enough");
  });
});

describe("death", () => {
  it("rejects everything pending at once, with the exit code and the last words", async () => {
    const client = await start();
    const dead = new Promise<KernelDied>((resolve) => client.once("dead", resolve));
    const cells = [client.execute("log out of memory\ndie 3"), client.execute("print never run"), client.complete("x")];
    const failures = await Promise.allSettled(cells);
    for (const { reason } of failures as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(KernelDied);
      expect((reason as KernelDied).exit.code).toBe(3);
      expect((reason as KernelDied).message).toContain("out of memory");
    }
    expect((await dead).exit.code).toBe(3);
    await expect(client.execute("print hello")).rejects.toThrow("exit code 3");
  });

  it("names the signal that killed it", async () => {
    await expect((await start()).execute("kill")).rejects.toThrow("signal SIGKILL");
  });

  it("delivers what was printed before", async () => {
    const client = await start();
    let text = "";
    const onOutput = ({ content }: Message): void => void (text += (content["text"] as string | undefined) ?? "");
    await expect(client.execute("print last words\ndie 1", { onOutput })).rejects.toThrow(KernelDied);
    expect(text).toBe("last words");
  });
});

describe("shutdown", () => {
  it("is graceful where the kernel cooperates, and not a death", async () => {
    const client = await start();
    client.on("dead", () => expect.fail("a kernel that was shut down did not die"));
    expect(await client.shutdown()).toBe(true);
    expect(isAlive(client.pid!)).toBe(false);
    expect(await client.shutdown()).toBe(false);
  });

  it("kills a kernel that stays", async () => {
    const client = await start("--stay");
    expect(await client.shutdown({ timeout: 200 })).toBe(false);
    expect(isAlive(client.pid!)).toBe(false);
  });
});
