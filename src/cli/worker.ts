import type { Update } from "../experiment/index.js";
import { text, UsageError, type Command } from "./command.js";
import { jobsOf, queueAddress } from "./grid.js";
import { stopSignal } from "./stop.js";

export const workerCommand: Command = {
  help: `Usage: longtail worker --queue redis://HOST:PORT [options]

Does runs that "longtail sweep --queue" has put in a queue, until it is stopped. Start as many as you like, on as many
machines as you like. All of them and the sweep need the same store: on several machines, a network file system.
Ctrl-C or SIGTERM stops after the steps that its runs are in, and they go on elsewhere; so do the runs of a worker that was killed.

Options:
      --queue URL       the Redis, such as redis://localhost:6379, or with a password
                        redis://:PASSWORD@HOST:PORT; rediss:// for TLS
      --store DIR       where runs are kept (default: LONGTAIL_RUNS, or else runs)
      --jobs N          runs at once, each in a process of its own (default: one a core, at most 8; one on a GPU)
      --device NAME     what computes, see "longtail device"

The Redis keeps what is in its queue over a restart if it is started with: redis-server --appendonly yes

Examples:
  longtail worker --queue redis://localhost:6379
  longtail worker --queue redis://192.168.0.7:6379 --store /mnt/runs --jobs 4`,
  options: {
    ...{ queue: { type: "string" }, store: { type: "string" } },
    ...{ jobs: { type: "string" }, device: { type: "string" } },
  },
  async run(values) {
    const address = queueAddress(values);
    if (address === undefined) throw new UsageError("Expected --queue redis://HOST:PORT, found none");
    const jobs = jobsOf(values);
    const { signal, release } = stopSignal();
    try {
      // Not before it is wanted, so that help and mistakes come at once.
      const [{ use }, { redisWorker, RunStore }] = await Promise.all([
        import("../backend/device.js"),
        import("../experiment/index.js"),
      ]);
      const store = new RunStore(text(values, "store"));
      console.error(String(await use(text(values, "device"))));
      console.error(`Store          ${store.path}\n`);
      await redisWorker(address, { store: store.path, signal, onUpdate: log, ...(jobs !== undefined && { jobs }) });
      console.error("Stopped. What it was doing is kept, and goes on elsewhere");
      return 0;
    } finally {
      release();
    }
  },
};

function log(update: Update): void {
  if (update.type === "progress") return;
  if (update.type === "waiting")
    return console.error(update.on === undefined ? "Going on" : `Waiting for ${update.on}`);
  const { label, seed } = update.run;
  const what = `${label}, seed ${seed}`;
  if (update.type === "failed") console.log(`✘ ${what}: ${update.error.message}`);
  else console.log(`${update.type === "begin" ? "▶" : "✔"} ${what}`);
}
