import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface Told {
  readonly type: "begin" | "progress" | "done" | "failed" | "waiting" | "swept" | "stopped";
  readonly id?: string;
  readonly task?: string;
  readonly label?: string;
  readonly fraction?: number;
  readonly error?: string;
  readonly on?: string;
  readonly records?: number;
  readonly failures?: readonly { readonly label: string; readonly seed: number; readonly error: string }[];
}

export interface Spoken {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd" };
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function start(script: string, args: readonly string[]): Spoken {
  const child = spawn(process.execPath, [here(script), ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  return { child, out: () => out, err: () => err, ended };
}

export interface SweptOptions {
  readonly store: string;
  readonly epochs?: number;
  readonly seeds?: number;
  readonly jobs?: number;
  readonly queue?: string;
}

/** A sweep of a toy table in a process of its own: for each seed a base and two runs that need it. */
export function swept(options: SweptOptions): Spoken & { readonly told: () => Told[] } {
  const one = start("swept.mjs", [JSON.stringify(options)]);
  const told = (): Told[] => {
    const whole = one.out().split("\n").slice(0, -1);
    return whole.map((line) => JSON.parse(line) as Told);
  };
  return { ...one, told };
}

/** Waits until something is found. @throws Error after two minutes */
export async function until<T>(find: () => T | undefined | false): Promise<T> {
  for (const began = Date.now(); Date.now() - began < 120_000; await sleep(10)) {
    const found = find();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`Not within two minutes: ${String(find)}`);
}

/** A moment when a run has done a part of it. */
export function under(one: { told: () => Told[] }, which: (told: Told) => boolean, least = 0.1): Promise<Told> {
  return until(() =>
    one
      .told()
      .findLast((told) => told.type === "progress" && which(told) && told.fraction! >= least && told.fraction! < 0.9),
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
