import { ensure } from "../backend/device.js";
import { check, count } from "../options.js";
import { inOrder } from "./in-order.js";
import { Pool } from "./pool.js";
import type { Queue } from "./queue.js";

/**
 * Several runs at once on this machine, each in a process of its own; they share the processor's cores.
 * @param atOnce how many, a whole number from 1
 * @throws RangeError for another
 */
export function processes(atOnce: number): Queue {
  check("processes", { atOnce }, { atOnce: count });
  return {
    async process(runs, { store, signal, onUpdate }) {
      await ensure();
      const pool = new Pool(atOnce);
      try {
        await inOrder(runs, atOnce, (run, onFraction) => pool.perform(run, { store, signal, onFraction }), {
          signal,
          onUpdate,
        });
      } finally {
        pool.end();
      }
    },
  };
}
