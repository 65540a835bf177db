import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../../dist/src/cli.js", import.meta.url));

export const data = { name: "stickers", head: 8, rho: 2, testImages: 1 };
export const few = { data, model: "small", epochs: 1, batchSize: 32 };

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** `longtail train ...`, running in a folder. */
export function startTraining(
  cwd: string,
  args: readonly string[],
  input?: string,
): { child: ChildProcess; ended: Promise<Outcome>; err: () => string } {
  const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd" };
  const child = spawn(process.execPath, [cli, "train", ...args], { cwd, env, stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  const ended = new Promise<Outcome>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, out, err })),
  );
  if (input !== undefined) child.stdin.end(input);
  return { child, ended, err: () => err };
}

/** What a run's folder says that came out, without times. */
export function results(folder: string, run: string): unknown {
  return readdirSync(join(folder, run), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("result.json"))
    .sort()
    .map((path) => [
      path,
      JSON.parse(readFileSync(join(folder, run, path), "utf8"), (key, value: unknown) =>
        key === "seconds" ? 0 : value,
      ) as unknown,
    ]);
}
