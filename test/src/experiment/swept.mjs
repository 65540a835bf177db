/**
 * A sweep of a toy table in a process of its own: node swept.mjs '{"store": ..., "epochs": 2, "seeds": 1, "jobs": 2, "queue": "redis://..."}'.
 * Prints what the queue tells and, at the end, what came out, as lines of JSON.
 */
import { experiment } from "../../../dist/src/index.js";

const { store, epochs = 2, seeds = 1, jobs = 1, queue: address } = JSON.parse(process.argv[2]);
const schedule = { name: "steps", rate: 0.05, at: [1], factor: 0.1 };
const scale = {
  ...{ name: "toy", description: "a few stickers", withUnlabeled: {}, evaluateEvery: epochs },
  sets: { cifar10: { name: "stickers", head: 20, testImages: 5 } },
  recipe: { model: "tiny", epochs, batchSize: 16, schedule },
};
const columns = ["without D_U", "+ D_U@5x, ρ_U = 1", "+ D_U@5x, ρ_U = 2ρ"];
const grid = experiment.table1a({ rho: [10] }).where(({ row, column }) => row === "CE" && columns.includes(column));

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const inner =
  address === undefined
    ? jobs === 1
      ? experiment.inProcess
      : experiment.processes(jobs)
    : experiment.redisQueue(address);
const queue = {
  process: (runs, options) =>
    inner.process(runs, {
      ...options,
      onUpdate(update) {
        const { type, run, fraction, error, on } = update;
        tell({ type, id: run?.id, task: run?.task, label: run?.label, fraction, error: error?.message, on });
        options.onUpdate(update);
      },
    }),
};
try {
  const { records, failures } = await experiment.sweep(grid, { scale, seeds, store, queue, progress: false });
  tell({ type: "swept", records: records.length, failures });
} catch (error) {
  tell({ type: "stopped", name: error.name, error: error.message });
  process.exitCode = 1;
}
