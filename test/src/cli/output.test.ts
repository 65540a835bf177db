import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { data, few, startTraining } from "./training.js";

const cli = fileURLToPath(new URL("../../../dist/src/cli.js", import.meta.url));
/** Always out of space; only Linux has it. */
const FULL = "/dev/full";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-output-test-"));
  // Drawing so many images takes a while: what is sent comes before it is over.
  writeFileSync(join(folder, "slow.json"), JSON.stringify({ ...few, data: { ...data, rho: 1, head: 300 } }));
  writeFileSync(join(folder, "few.json"), JSON.stringify(few));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function begun() {
  const run = startTraining(folder, ["--config", "slow.json", "--folder", "run"]);
  while (!run.err().includes("Folder") && run.child.exitCode === null) await sleep(5);
  return run;
}

describe("output", () => {
  it("that nobody reads any more stops what goes on in order", async () => {
    const { child, ended } = await begun();
    child.stderr!.destroy();
    expect(await ended).toMatchObject({ code: 130, signal: null, out: "" });
    expect(existsSync(join(folder, "run", ".lock"))).toBe(false);
  });

  it.runIf(existsSync(FULL))("on a full disk: results that were not written are an error, messages are none", () => {
    const full = openSync(FULL, "w");
    const run = (args: string[], stdio: [number | "pipe", number | "pipe"]) =>
      spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", ...stdio] });
    try {
      const { status, stderr } = run(["data", "list"], [full, "pipe"]);
      expect(status).toBe(1);
      expect(stderr).toMatch(/^longtail: Cannot write to standard output: ENOSPC: .*\n$/);
      const trained = run(["train", "--config", "few.json", "--folder", "run"], ["pipe", full]);
      expect(trained.status).toBe(0);
      expect(trained.stdout).toContain("last epoch");
    } finally {
      closeSync(full);
    }
  });
});

describe("SIGHUP", () => {
  it.skipIf(process.platform === "win32")("is for those who have a terminal: nohup goes on", async () => {
    const { child, ended } = await begun();
    child.kill("SIGHUP");
    await sleep(100);
    child.kill("SIGINT");
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toMatch(/\nSIGINT: stopping/);
    expect(err).not.toContain("SIGHUP");
  });
});
