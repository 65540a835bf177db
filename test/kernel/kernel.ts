import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { KernelClient, type ExecuteOptions, type ExecuteReply } from "../../kernel/client.js";
import { ownKernel } from "../../kernel/kernelspec.js";
import type { KernelCommand } from "../../kernel/launch.js";
import type { Message } from "../../kernel/message.js";

/** What one cell did, as a client sees it. */
export interface Ran {
  readonly reply: ExecuteReply;
  /** All iopub messages of the request, in order. */
  readonly messages: readonly Message[];
  readonly types: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  /** MIME bundle of the execute_result. */
  readonly result: Record<string, unknown> | undefined;
  /** `text/plain` of the execute_result. */
  readonly text: unknown;
  /** MIME bundles of display_data and update_display_data. */
  readonly displays: readonly Record<string, unknown>[];
  /** Lines of the error, joined. */
  readonly traceback: string;
}

const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A folder with these files (path -> text), removed after the file's tests. */
export function folderWith(files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "kernel-test-")));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  return folder;
}

/** Writes a file, making its folder. */
export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Command of our kernel, compiled. */
export function kernelCommand({ cwd = folderWith(), env }: Pick<KernelCommand, "cwd" | "env"> = {}): KernelCommand {
  const { argv, main } = ownKernel();
  if (!existsSync(main)) throw new Error(`${main} is missing: expected "npm run build" before the tests`);
  return { argv, cwd, ...(env && { env }) };
}

/** Our kernel over real sockets; ended after the file's tests. */
export async function startKernel(options: Pick<KernelCommand, "cwd" | "env"> = {}): Promise<TestKernel> {
  const client = await KernelClient.start(kernelCommand(options));
  cleanups.push(() => client.kill());
  return new TestKernel(client);
}

export class TestKernel {
  constructor(readonly client: KernelClient) {}

  async run(code: string, options: Omit<ExecuteOptions, "onOutput"> = {}): Promise<Ran> {
    const messages: Message[] = [];
    const reply = await this.client.execute(code, {
      timeout: 50_000,
      ...options,
      onOutput: (message) => messages.push(message),
    });
    return summary(reply, messages);
  }

  /** Text of the value of `code`; fails where the cell does. */
  async value(code: string, options: Omit<ExecuteOptions, "onOutput"> = {}): Promise<unknown> {
    const { reply, text, traceback } = await this.run(code, options);
    if (reply.status !== "ok") throw new Error(`${code}\n${traceback}`);
    return text;
  }

  /** Starts a cell, and resolves when it has printed `mark`. */
  async running(code: string, mark: string): Promise<{ end: Promise<Ran> }> {
    let seen = "";
    const marked = new Promise<void>((resolve) => {
      const listen = ({ header, content }: Message): void => {
        if (header.msg_type === "stream") seen += String(content["text"]);
        if (!seen.includes(mark)) return;
        this.client.off("iopub", listen);
        resolve();
      };
      this.client.on("iopub", listen);
    });
    const end = this.run(code);
    await Promise.race([marked, end]);
    return { end };
  }

  /** Everything published until what was heard is `enough`; fails after `ms` milliseconds, with what was printed. */
  async hear(enough: (heard: readonly Message[]) => boolean, ms = 20_000): Promise<Message[]> {
    const heard: Message[] = [];
    const listen = (message: Message): number => heard.push(message);
    this.client.on("iopub", listen);
    const came = await eventually(() => enough(heard), ms);
    this.client.off("iopub", listen);
    if (!came) throw new Error(`Not heard within ${ms} ms; printed: ${heard.map(printed).join("")}`);
    return heard;
  }

  /** Everything published in the next `ms` milliseconds: for what must not come. */
  async overhear(ms: number): Promise<Message[]> {
    const heard: Message[] = [];
    const listen = (message: Message): number => heard.push(message);
    this.client.on("iopub", listen);
    await sleep(ms);
    this.client.off("iopub", listen);
    return heard;
  }
}

/** What a message prints. */
export function printed({ content }: Message): string {
  return typeof content["text"] === "string" ? content["text"] : "";
}

function summary(reply: ExecuteReply, messages: readonly Message[]): Ran {
  const of = (type: string): Message[] => messages.filter(({ header }) => header.msg_type === type);
  const stream = (name: string): string =>
    of("stream")
      .map(({ content }) => (content["name"] === name ? String(content["text"]) : ""))
      .join("");
  const result = of("execute_result")[0]?.content["data"] as Record<string, unknown> | undefined;
  return {
    reply,
    messages,
    types: messages.map(({ header }) => header.msg_type),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    result,
    text: result?.["text/plain"],
    displays: messages
      .filter(({ header }) => header.msg_type.endsWith("display_data"))
      .map(({ content }) => content["data"] as Record<string, unknown>),
    traceback: of("error")
      .flatMap(({ content }) => content["traceback"] as string[])
      .join("\n"),
  };
}

/** Whether a process with this id exists (and is not a zombie that nobody waited for). */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until `condition` holds; whether it did within `ms`. */
export async function eventually(condition: () => boolean, ms = 10_000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(20)) if (condition()) return true;
  return condition();
}
