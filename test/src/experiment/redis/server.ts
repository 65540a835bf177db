import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A Redis of one's own, on a free port, that keeps its data in a folder. */
export class Server {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "longtail-redis-"));
  readonly address: string;
  /** For looking at it. */
  readonly client: Redis;

  private constructor(private readonly port: number) {
    this.address = `redis://127.0.0.1:${port}`;
    this.client = new Redis(this.address, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 100 });
    this.client.on("error", () => undefined);
  }

  static async begin(): Promise<Server> {
    const server = new Server(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const options = [
      "--port",
      String(this.port),
      "--dir",
      this.folder,
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
    ];
    this.child = spawn("redis-server", [...options, "--save", ""], { stdio: "ignore" });
    await this.client.ping();
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** No longer answers, until it is stopped. */
  freeze(): void {
    this.child!.kill("SIGSTOP");
  }

  /** How many workers wait for jobs. */
  async workers(): Promise<number> {
    const list = String(await this.client.client("LIST"));
    return list.split("\n").filter((line) => /cmd=bzpopmin/.test(line)).length;
  }

  /**
   * What is left of jobs, once there is nothing or after a while: a run is in the store before its worker takes the job out of
   * the queue, and a sweep is over as soon as the store has all.
   */
  async jobsLeft(): Promise<string[]> {
    for (const began = Date.now(); ; await sleep(50)) {
      const keys = await this.client.keys("*run-*");
      if (keys.length === 0 || Date.now() - began > 20_000) return keys;
    }
  }

  async end(): Promise<void> {
    this.client.disconnect();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
