import type { Precision } from "../backend/backend.js";
import { use } from "../backend/device.js";
import { performHere } from "./in-process.js";
import type { Run } from "./run.js";

/**
 * A child process that does runs, one at a time, as its parent asks. It is a process of its own so that a busy training loop
 * keeps nobody waiting, and so that what kills it kills no other run.
 */

/** What the parent asks. */
export type Request =
  | {
      readonly type: "run";
      readonly run: Run;
      readonly store: string;
      readonly device: string;
      readonly precision: Precision;
    }
  | { readonly type: "stop" };

/** What the child answers. */
export type Answer =
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "done" }
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "warning"; readonly name: string; readonly message: string };

/** Milliseconds between two answers about progress, at least. */
const TELL_EVERY = 100;
/** Warnings of others, as of lines in the store that are no records, the parent gives itself. */
const OF_RUNS = ["TrainingWarning", "DataWarning"];

let current: AbortController | undefined;
// A parent that is gone hears nothing, and that must not end this process before it has kept what it did.
const tell = (answer: Answer): void => void (process.connected && process.send?.(answer, () => undefined));

async function run({ run, store, device, precision }: Request & { type: "run" }): Promise<void> {
  current = new AbortController();
  const { signal } = current;
  let told = 0;
  const onFraction = (fraction: number): void => {
    if (performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    tell({ type: "progress", fraction });
  };
  try {
    await use(device, { precision });
    await performHere(run, { store, signal, onFraction });
    tell({ type: "done" });
  } catch (error) {
    tell(signal.aborted ? { type: "stopped" } : { type: "failed", message: (error as Error).message });
  } finally {
    current = undefined;
    if (!process.connected) process.exit();
  }
}

const stop = (): void => current?.abort(new Error("Stopped"));
process.on("message", (request: Request) => {
  if (request.type === "run") void run(request);
  else stop();
});
// What a run warns of, as that it waits for another sweep's, nobody reads here.
process.on("warning", ({ name, message }) => {
  if (OF_RUNS.includes(name)) tell({ type: "warning", name, message });
});
// The parent is gone: what is done so far is kept.
process.on("disconnect", () => (current ? stop() : process.exit()));
// Ctrl-C reaches all processes of a terminal; the parent says what is to be done.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => undefined);
