import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { killedRun } from "./killed-run.js";

const scratch = mkdtempSync(join(tmpdir(), "longtail-kill-"));
afterAll(() => rmSync(scratch, { recursive: true }));

// At twenty moments: kill.long.test.ts.
test("killed twice in the middle of a checkpoint, it goes on, to the same bits", { timeout: 120_000 }, async () => {
  const expected = await killedRun("");
  expect(expected).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  const folder = join(scratch, "run");
  for (const writes of [9, 4]) expect(await killedRun(folder, { writes })).toMatchObject({ signal: "SIGKILL" });
  expect(await killedRun(folder)).toMatchObject({ code: 0, out: expected.out });
  const epochs = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  expect(epochs.map((line) => (JSON.parse(line) as { epoch: number }).epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
