import { follow } from "../backend/fused/index.js";
import type { Named, Network } from "../models/index.js";
import type { Scored } from "./supervised.js";

const allOf = ({ weights, statistics }: Network): Named[] => [...weights, ...statistics];

/**
 * A task out of which comes the network as it was after the epoch that validation chose. It is kept beside the one that is trained, in
 * checkpoints too.
 * @param scored the network whose scores the task's scoreboard keeps
 */
export function keepingSelected(task: Scored, scored: Network): Scored {
  const kept = scored.copy();
  const now = allOf(scored);
  const pairs = allOf(kept).map(({ variable }, i) => ({ average: variable, now: now[i]!.variable }));
  return {
    ...task,
    carried: [...task.carried, ...allOf(kept).map((one) => ({ ...one, name: `selected/${one.name}` }))],
    outcome: kept,
    async evaluate(epoch, ...rest) {
      const metrics = await task.evaluate!(epoch, ...rest);
      // In place: recorded steps have its numbers where they are.
      if (task.scoreboard.read().selected?.epoch === epoch) follow(pairs, 1);
      return metrics;
    },
  };
}
