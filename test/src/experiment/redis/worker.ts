import { setTimeout as sleep } from "node:timers/promises";
import { start, type Spoken } from "../swept.js";
import type { Server } from "./server.js";

/** `longtail worker`, one run at a time, for a store; resolves when it waits for jobs. @param running gets it at once */
export async function startWorker(server: Server, store: string, running: Spoken[]): Promise<Spoken> {
  const others = await server.workers();
  const cli = "../../../dist/src/cli.js";
  const one = start(cli, ["worker", "--queue", server.address, "--store", store, "--jobs", "1"]);
  running.push(one);
  for (const end = Date.now() + 60_000; (await server.workers()) <= others && Date.now() < end;) await sleep(50);
  return one;
}
