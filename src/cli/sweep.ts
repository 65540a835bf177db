import { byError } from "../experiment/failure.js";
import { text, UsageError, type Command } from "./command.js";
import { chosenCells, gridNamed, jobsOf, NAMES_HELP, queueAddress, seedsOf } from "./grid.js";
import { scaleNamed } from "./scale.js";
import { stopSignal } from "./stop.js";

export const sweepCommand: Command = {
  help: `Usage: longtail sweep NAME [options]

Does the runs of a table or figure and prints it. Runs that are done are not done again, also not for another table;
Ctrl-C or SIGTERM stops after the step they are in, and the same command goes on from there. A run that fails does not stop the
others, and is tried again next time. Exit code 1 if a run failed, 130 if stopped.

${NAMES_HELP}

Options:
      --scale SCALE     quick, standard or paper: how much is computed (default: quick)
      --seeds SEEDS     how many (3), or which (0,1,5) (default: 1)
      --rho RATIOS      only these imbalance ratios of D_L: 100,50
      --set SETS        only these sets: cifar10,cifar100
      --jobs N          runs at once, each in a process of its own (default: one a core, at most 8; one on a GPU)
      --device NAME     what computes, see "longtail device"
      --store DIR       where runs are kept (default: LONGTAIL_RUNS, or else runs)
      --queue URL       have the runs done by "longtail worker" processes at this Redis, such as redis://localhost:6379;
                        here they are only waited for, and go on when this is stopped. All of them need the same
                        store: on several machines, a network file system

Examples:
  longtail sweep table1a --rho 100
  longtail sweep table2 --set cifar10 --scale standard --seeds 3 --jobs 4
  longtail sweep figure2 --scale paper --queue redis://192.168.0.7:6379 --store /mnt/runs`,
  options: {
    ...{
      scale: { type: "string" },
      seeds: { type: "string" },
      rho: { type: "string" },
      set: { type: "string" },
      jobs: { type: "string" },
    },
    ...{ device: { type: "string" }, store: { type: "string" }, queue: { type: "string" } },
  },
  positionals: true,
  async run(values, names) {
    const grid = chosenCells(gridNamed(names), values);
    const [scale, seeds, jobs, address] = [scaleNamed(values), seedsOf(values), jobsOf(values), queueAddress(values)];
    const device = text(values, "device");
    if (address !== undefined && (jobs !== undefined || device !== undefined))
      throw new UsageError(`--${jobs === undefined ? "device" : "jobs"}: with --queue, say so to "longtail worker"`);
    const { signal, release } = stopSignal();
    let path = "";
    try {
      // Not before it is wanted, so that help and mistakes come at once.
      const [{ use }, { redisQueue, RunStore, sweep }] = await Promise.all([
        import("../backend/device.js"),
        import("../experiment/index.js"),
      ]);
      const store = new RunStore(text(values, "store"));
      ({ path } = store);
      if (address === undefined) console.error(String(await use(device)));
      console.error(`Store          ${path}\n`);
      signal.throwIfAborted();
      const queue = address === undefined ? {} : { queue: redisQueue(address) };
      const results = await sweep(grid, { scale, seeds, store, signal, ...queue, ...(jobs !== undefined && { jobs }) });
      console.log(String(results));
      const { failures } = results;
      if (failures.length === 0) return 0;
      const lines = byError(failures).map(([error, runs]) => `  ${runs}:\n    ${error}`);
      console.error(`\nFailed, ${failures.length} in all; the same command tries again:\n${lines.join("\n")}`);
      return 1;
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      const rest = address === undefined ? "goes on from there" : "waits again for what the workers do meanwhile";
      console.error(`Stopped. Kept in ${path}: the same command ${rest}`);
      return 130;
    } finally {
      release();
    }
  },
};
