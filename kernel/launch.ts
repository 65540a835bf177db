import { spawn, type ChildProcess } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "./connection.js";
import { parentVariables } from "./parent.js";

/** How to start a kernel: the part of a kernelspec that matters to a client. */
export interface KernelCommand {
  /** Command line; `{connection_file}` in an argument becomes the path of the connection file. */
  readonly argv: readonly string[];
  /** Working directory; default: that of this process. */
  readonly cwd?: string;
  /** Variables set (or, with `undefined`, removed) on top of this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How the kernel wants to be interrupted: an `interrupt_request`, or SIGINT. Default `"message"`. */
  readonly interruptMode?: "message" | "signal";
}

/** How a kernel's process ended, with the last lines it wrote to stdout and stderr. */
export interface KernelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

const LOG_LIMIT = 16_384;

/** A running kernel process and the connection file made for it. */
export class KernelProcess {
  /** Settles once the process has ended and its last output has been read. Never rejects. */
  readonly exited: Promise<KernelExit>;
  private readonly output: Buffer[] = [];
  private ended = false;
  private readonly atExit = (): void => {
    this.kill();
    removeFolder(this.folder);
  };

  constructor(
    readonly command: KernelCommand,
    readonly connection: Connection,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    const collect = (chunk: Buffer): void => {
      this.output.push(chunk);
      let size = this.output.reduce((sum, part) => sum + part.length, 0);
      while (this.output.length > 1 && size > LOG_LIMIT) size -= this.output.shift()!.length;
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    process.once("exit", this.atExit);
    this.exited = new Promise((resolve) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (this.ended) return;
        this.ended = true;
        process.removeListener("exit", this.atExit);
        removeFolder(folder);
        resolve({ code, signal, log: this.log });
      };
      child.once("error", (error) => {
        this.output.push(Buffer.from(`${error.message}\n`));
        finish(null, null);
      });
      child.once("close", finish);
      // "close" waits for the pipes, which a process that the kernel left behind may hold open for ever.
      child.once("exit", (code, signal) => setTimeout(finish, 100, code, signal));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The last lines of what the process itself (not a cell) wrote to stdout and stderr; at most 16 kB. */
  get log(): string {
    return Buffer.concat(this.output).toString("utf8").slice(-LOG_LIMIT).trimEnd();
  }

  /** Why it cannot be interrupted, if so: Windows has no signals, and Node.js would kill the kernel instead. */
  get obstacle(): string | undefined {
    if (this.command.interruptMode !== "signal" || process.platform !== "win32") return undefined;
    return 'Windows cannot send the SIGINT by which it is interrupted; choose one whose kernel.json says "interrupt_mode": "message"';
  }

  /** Signals the kernel and whatever it started. Default SIGKILL. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    if (this.ended || this.pid === undefined) return;
    try {
      if (process.platform === "win32") this.child.kill(signal);
      else process.kill(-this.pid, signal);
    } catch {
      this.child.kill(signal);
    }
  }
}

/**
 * Starts a kernel on free ports of 127.0.0.1. Its connection file is readable by this user only, lies in a folder of
 * its own, and goes away with the process; the process goes away with this one.
 */
export async function launch(command: KernelCommand): Promise<KernelProcess> {
  const [executable, ...args] = command.argv;
  if (executable === undefined)
    throw new Error("Cannot start a kernel: expected a command in argv, found an empty list");
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const connection = {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: shell_port!,
    iopub_port: iopub_port!,
    stdin_port: stdin_port!,
    control_port: control_port!,
    hb_port: hb_port!,
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
  } as const;
  const { folder, file } = writeConnection(JSON.stringify(connection, null, 2));
  const child = spawn(
    executable,
    args.map((argument) => argument.replaceAll("{connection_file}", file)),
    {
      cwd: command.cwd,
      env: { ...process.env, ...parentVariables(), ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own: Ctrl-C in a terminal must reach the client, which interrupts the cell, and not kill
      // the kernel behind its back.
      detached: process.platform !== "win32",
      windowsHide: true,
    },
  );
  return new KernelProcess(command, connection, child, folder);
}

/** The connection file, in a folder of its own. @throws Error that says where it cannot be written, and what to do */
function writeConnection(text: string): { folder: string; file: string } {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "kernel-"));
    const file = join(folder, "connection.json");
    writeFileSync(file, text, { mode: 0o600 });
    return { folder, file };
  } catch (cause) {
    if (folder !== undefined) removeFolder(folder);
    throw new Error(
      `Cannot start a kernel: its connection file cannot be written to ${tmpdir()}: ${(cause as Error).message}. ` +
        "Set TMPDIR to a folder that has room and can be written to",
      { cause },
    );
  }
}

/** Windows deletes nothing that another program has open; then a file of no more use stays in the folder for such. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The kernel has ended: nobody is to wait for ever for that to be said.
  }
}

/**
 * Distinct ports that were free a moment ago: all are held at once, then all released. They lie below the ranges from
 * which systems pick ports of their own accord (32768 and up on Linux, 49152 and up elsewhere): a client that tries to
 * connect to such a port before the kernel has bound it can be given the same port as its source, and talks to itself.
 */
async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  for (let attempts = 0; held.length < count; attempts++) {
    if (attempts === 1000) throw new Error("Found no free port on 127.0.0.1 between 20000 and 32767");
    const server = createServer();
    const listening = new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).once("listening", () => resolve(true));
    });
    server.listen(randomInt(20_000, 32_768), "127.0.0.1");
    if (await listening) held.push(server);
  }
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
