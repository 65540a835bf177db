import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("killed-run.mjs", import.meta.url));

/** A run of eight epochs. @param kill milliseconds after which it is killed, or how many writes to checkpoints it survives */
export function killedRun(folder: string, kill: { after?: number; writes?: number } = {}) {
  const args = [script, folder, ...(kill.writes === undefined ? [] : [String(kill.writes)])];
  const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd" };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  if (kill.after !== undefined) setTimeout(() => child.kill("SIGKILL"), kill.after);
  return new Promise<{ code: number | null; signal: string | null; out: string; err: string }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, out: out.trim(), err })),
  );
}
