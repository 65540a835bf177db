import type { Queue as BullQueue } from "bullmq";
import type { Queue } from "../queue.js";
import { RunStore } from "../store.js";
import { connect, refusal, shown } from "./connection.js";
import { queueName, type JobData } from "./job.js";
import { Waiting } from "./waiting.js";

/**
 * Runs are done by workers, on this machine or others: `npx longtail worker --queue redis://...`. All of them need the same
 * store: on several machines, a network file system. A run that is in the queue already, of this sweep or another's, is not
 * added again; what was added stays there, and is done, when the sweep is stopped. Redis keeps it over its own restart with
 * `appendonly yes`; what it loses is added again.
 * @param address redis://HOST:PORT, rediss:// for TLS
 */
export function redisQueue(address: string): Queue {
  return {
    async process(runs, { store, signal, onUpdate }) {
      const connection = await connect(address);
      try {
        signal.throwIfAborted();
        // Not before it is wanted: most sweeps do without.
        const { FlowProducer, Queue } = await import("bullmq");
        const kept = new RunStore(store);
        const name = queueName(await kept.identity());
        const queue: BullQueue<JobData> = new Queue<JobData>(name, { connection });
        const flows = new FlowProducer({ connection });
        // The connection itself tells whether it is there.
        queue.on("error", () => undefined);
        flows.on("error", () => undefined);
        const waiting = new Waiting(runs, { queue, flows, connection, kept, onUpdate, address: shown(address) });
        try {
          await waiting.until(signal);
        } catch (error) {
          const why = refusal(error);
          throw why === undefined ? error : new Error(`Redis at ${shown(address)} refuses: ${why}`, { cause: error });
        } finally {
          connection.disconnect();
          await Promise.allSettled([queue.close(), flows.close()]);
        }
      } finally {
        connection.disconnect();
      }
    },
  };
}
