import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "bullmq";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cifar10LT, plan, redisQueue } from "../../../../src/experiment/index.js";
import type { Update } from "../../../../src/experiment/queue.js";
import { jobId, queueName } from "../../../../src/experiment/redis/job.js";
import { RunStore } from "../../../../src/experiment/store.js";
import { swept, until, type Spoken } from "../swept.js";
import { lines, outcome, toyScale } from "../toy.js";
import { freePort, hasRedis, Server } from "./server.js";
import { startWorker } from "./worker.js";

if (!hasRedis) console.warn("Skipped: the tests of sweeps by workers need redis-server");

const scratch = mkdtempSync(join(tmpdir(), "longtail-queue-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

// Workers that are killed or stopped, a Redis that is, several sweeps at a time: queue.long.test.ts.
describe.skipIf(!hasRedis)("a sweep by workers", () => {
  let server: Server;
  const running: Spoken[] = [];
  beforeEach(async () => {
    server = await Server.begin();
  });
  afterEach(async () => {
    const spoken = running.splice(0);
    for (const { child } of spoken) child.kill("SIGKILL");
    await Promise.all(spoken.map(({ ended }) => ended));
    await server.end();
  });
  function sweep(store: string, queue?: string): ReturnType<typeof swept> {
    const one = swept({ store, epochs: 1, ...(queue && { queue }) });
    running.push(one);
    return one;
  }

  it(
    "waits for one, which does each run once, to the same bits, and stops when told",
    { timeout: 240_000 },
    async () => {
      const store = join(scratch, "workers");
      const one = sweep(store, server.address);
      const { on } = await until(() => one.told().find(({ type }) => type === "waiting"));
      expect(on).toBe(`a worker: longtail worker --queue ${server.address} --store "${store}"`);
      const worker = await startWorker(server, store, running);
      expect(await one.ended).toMatchObject({ code: 0 });
      expect(one.told().at(-1)).toEqual({ type: "swept", records: 3, failures: [] });
      const done = one.told().flatMap(({ type, id }) => (type === "done" ? [id] : []));
      expect(done).toEqual(lines(store).map(({ run }) => run.id));
      expect(worker.out().match(/^▶/gm)).toHaveLength(3);
      // Nothing is left there but counters.
      expect(await server.jobsLeft()).toEqual([]);
      worker.child.kill("SIGINT");
      expect(await worker.ended).toMatchObject({ code: 0 });
      const alone = join(scratch, "alone");
      expect(await sweep(alone).ended).toMatchObject({ code: 0 });
      expect(Object.keys(outcome(alone))).toHaveLength(6);
      expect(outcome(store)).toEqual(outcome(alone));
    },
  );

  it("does not do jobs that others put there, and no sweep minds them", { timeout: 120_000 }, async () => {
    const store = join(scratch, "foreign", "store");
    const queue = new Queue(queueName(await new RunStore(store).identity()), { connection: server.client });
    const run = plan(cifar10LT({ rho: 10 }), { scale: toyScale(1), seed: 0 });
    const elsewhere = { ...run, id: "../elsewhere" };
    const longer = { ...run, options: { ...run.options, epochs: 2 } };
    const needy = { ...run, needs: elsewhere };
    const foreign = [null, {}, { run: null }, { run: 5 }, { run: elsewhere }, { run: longer }, { run: needy }];
    for (const data of foreign) await queue.add("foreign", data);
    await startWorker(server, store, running);
    await vi.waitFor(async () => expect(await queue.getFailedCount()).toBe(foreign.length), 60_000);
    for (const { failedReason } of await queue.getFailed())
      expect(failedReason).toMatch(/^Expected a job with a run whose id is that of what it says/);
    expect(readdirSync(join(store, ".."))).toEqual(["store"]);
    expect(lines(store)).toEqual([]);
    const told: Update[] = [];
    const onUpdate = (update: Update): void => void told.push(update);
    const { signal } = new AbortController();
    await redisQueue(server.address).process([run], { store, signal, onUpdate });
    expect(told.at(-1)).toMatchObject({ type: "done", run: { id: run.id } });
    expect(lines(store)).toMatchObject([{ status: "done", run: { id: run.id } }]);
  });

  it("says why of a Redis that refuses, and once of one that has gone away", { timeout: 120_000 }, async () => {
    const store = join(scratch, "refused");
    const worker = await startWorker(server, store, running);
    const out = "OOM command not allowed when used memory > 'maxmemory'";
    await server.client.config("SET", "maxmemory", "1");
    const { signal } = new AbortController();
    const run = plan(cifar10LT({ rho: 10 }), { scale: toyScale(1), seed: 0 });
    const swept = redisQueue(server.address).process([run], { store, signal, onUpdate: () => undefined });
    await expect(swept).rejects.toThrow(`Redis at ${server.address} refuses: ${out}`);
    await until(() => worker.err().includes(`Waiting for Redis at ${server.address}, which refuses: ${out}`));
    await server.stop();
    const gone = (): RegExpMatchArray | null => worker.err().match(/which has gone away/g);
    await until(gone);
    await sleep(2000); // it tries several times meanwhile
    expect(gone()).toHaveLength(1);
  });

  it("says of one that wants a password where that is given", async () => {
    await server.client.config("SET", "requirepass", "secret");
    const { signal } = new AbortController();
    const swept = redisQueue(server.address).process([], { store: scratch, signal, onUpdate: () => undefined });
    await expect(swept).rejects.toThrow(
      `No Redis can be used at ${server.address}: NOAUTH Authentication required. ` +
        `Give its password (${server.address.replace("//", "//:PASSWORD@")}), or give another address`,
    );
  });

  it("says so of a job that another put in the place of a run's", { timeout: 120_000 }, async () => {
    const store = join(scratch, "displaced");
    const queue = new Queue(queueName(await new RunStore(store).identity()), { connection: server.client });
    const run = plan(cifar10LT({ rho: 10 }), { scale: toyScale(1), seed: 0 });
    await queue.add("foreign", null, { jobId: jobId(run) });
    const told: Update[] = [];
    const onUpdate = (update: Update): void => void told.push(update);
    const { signal } = new AbortController();
    const swept = redisQueue(server.address).process([run], { store, signal, onUpdate });
    await vi.waitFor(
      () => expect(told).toMatchObject([{ type: "waiting", on: expect.stringMatching(/^a worker/) as string }]),
      30_000,
    );
    await startWorker(server, store, running);
    await swept;
    const error = { message: expect.stringMatching(/^Expected a job with a run whose id is/) as string };
    expect(told.at(-1)).toMatchObject({ type: "failed", run: { id: run.id }, error });
  });
});

describe("where there is no Redis", () => {
  const process = (address: string): Promise<void> => {
    const { signal } = new AbortController();
    return redisQueue(address).process([], { store: scratch, signal, onUpdate: () => undefined });
  };

  it("a sweep says so at once, with what to do, and without the password", async () => {
    const port = await freePort();
    await expect(process(`redis://me:secret@127.0.0.1:${port}`)).rejects.toThrow(
      `No Redis can be used at redis://me:***@127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}. ` +
        `Start one there (redis-server --port ${port} --appendonly yes), or give another address`,
    );
  });

  /** @returns what a sweep says of a server that does something else */
  async function foundAt(answer: string | undefined): Promise<string> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      if (answer !== undefined) socket.end(answer);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await process(`redis://127.0.0.1:${port}`);
      return "";
    } catch (error) {
      return (error as Error).message.replaceAll(String(port), "PORT");
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }
  const advice = "Start one there (redis-server --port PORT --appendonly yes), or give another address";

  it("nor where something else listens, or nothing answers", async () => {
    const at = "No Redis can be used at redis://127.0.0.1:PORT: ";
    const http = await foundAt("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(http).toBe(`${at}Protocol error, got "H" as reply type byte. ${advice}`);
    expect(await foundAt(undefined)).toBe(`${at}no answer within 5 seconds. ${advice}`);
  });
});
