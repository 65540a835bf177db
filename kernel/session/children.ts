import childProcess from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Name = "stdout" | "stderr";
type Call<R> = (...args: unknown[]) => R;
interface Options {
  readonly stdio?: unknown;
  readonly silent?: boolean;
}

const NAMES = { 1: "stdout", 2: "stderr" } as const;

/**
 * Child processes that share the output of their parent (`stdio: "inherit"`, what is forked) would print where the kernel was
 * started, and nobody would see it: `execSync("npm install x", { stdio: "inherit" })` would seem to do nothing. What they print is
 * printed as the parent's.
 * @param waits called before and after the thread waits for a child process
 */
export function takeOverChildren(waits: (waits: boolean) => void): void {
  const original = { ...childProcess } as unknown as Record<string, Call<unknown>>;
  const announced =
    (run: Call<unknown>): Call<unknown> =>
    (...args) => {
      waits(true);
      try {
        return run(...args);
      } finally {
        waits(false);
      }
    };
  const replaced = {
    spawn: following(original["spawn"] as Call<ChildProcess>, (options) => options),
    fork: following(original["fork"] as Call<ChildProcess>, forked),
    spawnSync: announced(waiting(original["spawnSync"]!, afterArguments)),
    execFileSync: announced(waiting(original["execFileSync"]!, afterArguments)),
    execSync: announced(waiting(original["execSync"]!, () => 1)),
  };
  Object.assign(childProcess, replaced);
  syncBuiltinESMExports();
}

/** Where the options stand in `(command, arguments?, options?)`. */
function afterArguments(args: readonly unknown[]): number {
  return Array.isArray(args[1]) || args[1] === undefined || args[1] === null ? 2 : 1;
}

/** A forked process shares the output unless it is told otherwise, and always has a channel. */
function forked({ stdio, silent, ...rest }: Options): Options {
  if (Array.isArray(stdio) || (stdio !== undefined && stdio !== "inherit") || silent) return { stdio, silent, ...rest };
  return { ...rest, stdio: ["inherit", "inherit", "inherit", "ipc"] };
}

/** Which of the parent's streams each of the child's is, where it is one. */
function shared(stdio: unknown): { readonly stdio: unknown[]; readonly streams: readonly { at: 1 | 2; name: Name }[] } {
  const all: unknown[] = Array.isArray(stdio) ? [...(stdio as unknown[])] : [stdio, stdio, stdio];
  const streams = ([1, 2] as const).flatMap((at) => {
    const to = all[at];
    if (to === "inherit") return [{ at, name: NAMES[at] }];
    if (to === 1 || to === process.stdout) return [{ at, name: NAMES[1] }];
    if (to === 2 || to === process.stderr) return [{ at, name: NAMES[2] }];
    return [];
  });
  return { stdio: all, streams };
}

/** One that runs beside the cell: through pipes. */
function following(start: Call<ChildProcess>, prepared: (options: Options) => Options): Call<ChildProcess> {
  return (...args) => {
    const at = afterArguments(args);
    const options = prepared(args[at] ?? {});
    const { stdio, streams } = shared(options.stdio);
    if (streams.length === 0) return start(...args);
    for (const stream of streams) stdio[stream.at] = "pipe";
    const child = start(args[0], at === 2 ? (args[1] ?? []) : [], { ...options, stdio });
    // As text: bytes of a character that is not whole yet would run into those of another child.
    for (const { at: of, name } of streams)
      child[NAMES[of]]?.setEncoding("utf8").on("data", (text: string) => void process[name].write(text));
    return child;
  };
}

/** One that the cell waits for: through files, so that the call gives what it gives without this. */
function waiting(run: Call<unknown>, where: (args: readonly unknown[]) => number): Call<unknown> {
  return (...args) => {
    const at = where(args);
    const options = (args[at] ?? {}) as Options;
    const { stdio, streams } = shared(options.stdio);
    if (streams.length === 0) return run(...args);
    const folder = mkdtempSync(join(tmpdir(), "longtail-child-"));
    const files = streams.map(({ at: of, name }) => {
      const path = join(folder, NAMES[of]);
      return { name, path, descriptor: (stdio[of] = openSync(path, "a")) };
    });
    try {
      const before = at === 2 ? [args[0], args[1] ?? []] : [args[0]];
      return run(...before, { ...options, stdio });
    } finally {
      for (const { name, path, descriptor } of files) {
        closeSync(descriptor);
        process[name].write(readFileSync(path));
      }
      try {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      } catch {
        // Windows deletes nothing that a process has open, which the child may have left behind; the call gives what it gives.
      }
    }
  };
}
