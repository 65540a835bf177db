import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { prepareFolder } from "./atomic.js";
import { ExecutionStopped, KernelClient, type ExecuteReply } from "./client.js";
import { LONGEST_WAIT } from "./deadline.js";
import { findKernel, ownKernel } from "./kernelspec.js";
import type { KernelCommand } from "./launch.js";
import { readNotebook, tags, writeNotebook, type CodeCell, type Notebook } from "./notebook.js";
import { OutputRecorder } from "./recorder.js";

export interface RunOptions {
  /** File to write, or an existing folder to write into under the notebook's name. Default: the notebook itself. */
  out?: string;
  /** Values for variables of the cell tagged `parameters`; an unknown name is an error. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Milliseconds for the whole notebook, the kernel's start included. Default: none. */
  timeout?: number;
  /** Milliseconds for each cell. Default: none. */
  cellTimeout?: number;
  /** Milliseconds that an interrupted cell has to end before the kernel is killed, also one that stops by itself. Default 5000. */
  grace?: number;
  /** Whether to go on after a cell that fails. Default false. */
  allowErrors?: boolean;
  /** A command, or the name of an installed kernelspec. Default: the kernel of this package. */
  kernel?: KernelCommand | string;
  /** Whether to note in the notebook when each cell ran. Default false: running twice should change nothing else. */
  timings?: boolean;
  /** Told when a cell starts and when it ends. */
  onProgress?: (progress: CellProgress) => void;
  /** Aborting it interrupts the running cell and ends the run; the notebook is written. */
  signal?: AbortSignal;
}

/** A cell that starts (no `status` yet) or has ended. Only code cells that are run are counted. */
export interface CellProgress {
  /** 1 for the first cell. */
  readonly number: number;
  readonly total: number;
  readonly cell: Readonly<CodeCell>;
  readonly status?: "ok" | "error";
  /** Seconds since the cell started. */
  readonly seconds: number;
}

/** What stopped a run: an error of a cell, a timeout, an abort, or the kernel's death. */
export interface RunError {
  /** Id of the cell. */
  readonly cell: string;
  /** The error's name, or `CellStopped` or `KernelDied`. */
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

export interface RunResult {
  readonly ok: boolean;
  /** Where the notebook was written. */
  readonly path: string;
  readonly notebook: Notebook;
  /** Code cells that ran, the failed one included. */
  readonly cells: number;
  /** Code cells there were to run. */
  readonly total: number;
  readonly seconds: number;
  /** The first error that no cell announced by the tag `raises-exception`. */
  readonly error?: RunError;
}

/** Cells between two savings of an unfinished notebook may take this long, in milliseconds. */
const SAVE_INTERVAL = 30_000;

/**
 * Executes a notebook, from its own folder and without Python, and writes it. Outputs of all code cells are dropped first,
 * so none is left from an earlier run; a cell tagged `skip-execution` is neither run nor changed, one tagged
 * `raises-exception` may fail. When the run ends early, what there is so far is written, with the reason in the cell.
 * @throws when there is nothing to run: an unreadable notebook, an unknown parameter, a folder that cannot be written to, a
 *   kernel that does not start
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<RunResult> {
  const started = performance.now();
  const seconds = (since = started): number => (performance.now() - since) / 1000;
  const notebook = await readNotebook(path);
  const { parameters = {}, onProgress, allowErrors = false } = options;
  if (Object.keys(parameters).length > 0) {
    const { setParameters } = await import("./parameters.js"); // reads TypeScript, for which the compiler is loaded
    setParameters(notebook, parameters, path);
  }
  const out = await outputPath(path, options.out);
  await prepareFolder(dirname(out));
  const cells = notebook.cells.filter(
    (cell): cell is CodeCell =>
      cell.cell_type === "code" && cell.source.trim() !== "" && !tags(cell).includes("skip-execution"),
  );
  const recorder = new OutputRecorder(options.timings);
  for (const cell of cells) recorder.begin(cell);

  const { timeout = Infinity } = options;
  const limit = new AbortController();
  const late = new Error(`The notebook took longer than ${timeout / 1000} s`);
  const timer = timeout === Infinity ? undefined : setTimeout(() => limit.abort(late), Math.min(timeout, LONGEST_WAIT));
  const signal = options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal;
  let client: KernelClient | undefined;
  let error: RunError | undefined;
  let ran = 0;
  try {
    const command = await kernelCommand(notebook, path, options.kernel);
    client = await KernelClient.start({ cwd: dirname(resolve(path)), ...command }, { signal });
    const { language_info } = client.info;
    if (language_info) notebook.metadata["language_info"] = language_info;
    let saved = performance.now();
    for (const cell of cells) {
      const number = ++ran;
      const cellStarted = performance.now();
      onProgress?.({ number, total: cells.length, cell, seconds: 0 });
      const failure = await runCell(client, cell, recorder, { ...options, signal });
      onProgress?.({
        number,
        total: cells.length,
        cell,
        status: failure ? "error" : "ok",
        seconds: seconds(cellStarted),
      });
      if (failure) error ??= failure.error;
      if (failure?.fatal || (error && !allowErrors)) break;
      if (performance.now() - saved > SAVE_INTERVAL) {
        await writeNotebook(out, notebook);
        saved = performance.now();
      }
    }
  } finally {
    clearTimeout(timer);
    await client?.shutdown();
  }
  await writeNotebook(out, notebook);
  const result = { ok: !error, path: out, notebook, cells: ran, total: cells.length, seconds: seconds() };
  return error ? { ...result, error } : result;
}

/** How a cell failed, and whether that ends the run even where errors are allowed. */
interface Failure {
  readonly error: RunError;
  readonly fatal: boolean;
}

/** Runs one cell and records its outputs. @returns how it failed, if it did; undefined too where a tag announced it */
async function runCell(
  client: KernelClient,
  cell: CodeCell,
  recorder: OutputRecorder,
  { signal, cellTimeout, grace }: RunOptions & { signal: AbortSignal },
): Promise<Failure | undefined> {
  let reply: ExecuteReply;
  try {
    reply = await client.execute(cell.source, {
      onOutput: (message) => recorder.record(cell, message),
      signal,
      ...(cellTimeout !== undefined && { timeout: cellTimeout }),
      ...(grace !== undefined && { grace }),
    });
  } catch (thrown) {
    const { name: thrownName, message } = thrown as Error;
    const stopped = thrown instanceof ExecutionStopped || signal.aborted;
    const name = stopped ? "CellStopped" : thrownName;
    const traceback = [`${name}: ${message}`];
    recorder.add(cell, { output_type: "error", ename: name, evalue: message, traceback });
    const interrupted = thrown instanceof ExecutionStopped && !thrown.killed && !signal.aborted;
    return { error: { cell: cell.id, name, message, traceback }, fatal: !interrupted };
  } finally {
    recorder.finish(cell);
  }
  if (reply.execution_count !== undefined) cell.execution_count = reply.execution_count;
  if (reply.status === "ok" || tags(cell).includes("raises-exception")) return undefined;
  const { ename = "Error", evalue = `the kernel answered "${reply.status}"`, traceback = [] } = reply;
  return { error: { cell: cell.id, name: ename, message: evalue, traceback }, fatal: false };
}

async function outputPath(path: string, out = path): Promise<string> {
  const isFolder =
    /[\\/]$/.test(out) ||
    (await stat(out).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  return isFolder ? join(out, basename(path)) : out;
}

/** The command to use: our own kernel unless the notebook says that it is for another language. */
async function kernelCommand(notebook: Notebook, path: string, kernel: RunOptions["kernel"]): Promise<KernelCommand> {
  if (typeof kernel === "string") return findKernel(kernel);
  if (kernel) return kernel;
  const { kernelspec, language_info } = notebook.metadata as Record<string, Record<string, unknown> | undefined>;
  const language = kernelspec?.["language"] ?? language_info?.["name"];
  if (typeof language === "string" && !/^(typescript|javascript)$/i.test(language))
    throw new Error(`${path}: expected a notebook in TypeScript, found ${language}; name a kernel to run it with`);
  return ownKernel();
}
