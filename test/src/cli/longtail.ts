import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../../dist/src/cli.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line in a process of its own, in a folder. */
export function longtail(cwd: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Outcome> } {
  const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd", LONGTAIL_RUNS: "" };
  const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  const ended = new Promise<Outcome>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
  return { child, ended };
}
