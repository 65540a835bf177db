import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stream } from "../../../src/random/index.js";
import { killedRun } from "./killed-run.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-kill-"));
afterAll(() => rmSync(scratch, { recursive: true }));

test(
  "killed at twenty moments, in the middle of checkpoints too: it goes on, to the same bits",
  { timeout: 300_000 },
  async () => {
    const expected = await killedRun("");
    expect(expected).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}$/) as string });

    const random = stream(20, "moments");
    const folder = join(scratch, "run");
    let killed = 0;
    for (let moment = 0; moment < 20; moment++) {
      // Starting takes most of a short run's time: later moments are nearer to the end.
      const kill = moment % 2 === 0 ? { writes: 1 + random.integer(12) } : { after: 700 + random.integer(2500) };
      const { signal, code, out, err } = await killedRun(folder, kill);
      if (signal === "SIGKILL") killed++;
      else {
        // It was done before it could be killed: a new run for the moments that are left.
        expect({ code, out, err }).toEqual({ code: 0, out: expected.out, err });
        rmSync(folder, { recursive: true });
      }
    }
    expect(killed).toBeGreaterThan(10);
    const last = await killedRun(folder);
    expect(last).toMatchObject({ code: 0, out: expected.out });
    expect(existsSync(join(folder, "result.json"))).toBe(true);
    const epochs = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
    expect(epochs.map((line) => (JSON.parse(line) as { epoch: number }).epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  },
);
