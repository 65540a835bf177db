import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";

const script = fileURLToPath(new URL("killed-run.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "longtail-kill-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** @param kill milliseconds after which it is killed, or how many writes to checkpoints it survives */
function run(folder: string, kill: { after?: number; writes?: number } = {}) {
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

test(
  "killed at twenty moments, in the middle of checkpoints too: it goes on, to the same bits",
  { timeout: 300_000 },
  async () => {
    const expected = await run("");
    expect(expected).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}$/) as string });

    const random = stream(20, "moments");
    const folder = join(scratch, "run");
    let killed = 0;
    for (let moment = 0; moment < 20; moment++) {
      // Starting takes most of a short run's time: later moments are nearer to the end.
      const kill = moment % 2 === 0 ? { writes: 1 + random.integer(12) } : { after: 700 + random.integer(2500) };
      const { signal, code, out, err } = await run(folder, kill);
      if (signal === "SIGKILL") killed++;
      else {
        // It was done before it could be killed: a new run for the moments that are left.
        expect({ code, out, err }).toEqual({ code: 0, out: expected.out, err });
        rmSync(folder, { recursive: true });
      }
    }
    expect(killed).toBeGreaterThan(10);
    const last = await run(folder);
    expect(last).toMatchObject({ code: 0, out: expected.out });
    expect(existsSync(join(folder, "result.json"))).toBe(true);
    const epochs = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
    expect(epochs.map((line) => (JSON.parse(line) as { epoch: number }).epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  },
);
