import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { RunStore, type Run } from "../../../src/experiment/index.js";
import { lines } from "../experiment/toy.js";
import { longtail } from "./longtail.js";
import { fill } from "./made-up.js";

it(
  "a sweep does what is missing and goes on past what fails, says so at the end, with code 1; then 0",
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "cli-sweep-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const store = new RunStore(join(folder, "runs"));
    // Left are one base and what needs it, which fail, and another base.
    const ldam = (run: Run): boolean => run.label.includes("LDAM") && run.needs === undefined;
    const left = await fill(
      store,
      "appendixF3",
      [0],
      (run) => ldam(run) || run.task === "rotation" || run.needs !== undefined,
    );
    expect(left.map(({ label }) => label)).toEqual([
      "Plain-Stickers-LT, step, ρ = 50: rotation",
      "Plain-Stickers-LT, step, ρ = 50: CE + SSP",
      "Plain-Stickers-LT, step, ρ = 50: LDAM-DRW",
      "Plain-Stickers-LT, step, ρ = 50: LDAM-DRW + SSP",
    ]);
    const [pretraining, , base] = left as [Run, Run, Run];
    mkdirSync(join(store.path, pretraining.id));
    writeFileSync(join(store.path, pretraining.id, "config.json"), "{}");
    const first = await longtail(folder, ["sweep", "appendixF3", "--jobs", "2", "--device", "simd"]).ended;
    expect(first.code).toBe(1);
    expect(first.err).toMatch(/^Device +simd: [^]*\nStore +\/.*\/runs\n\n/);
    expect(first.err).toMatch(/Appendix F\.3: step imbalance ▕.*▏/);
    const needs = "What it needs failed: Plain-Stickers-LT, step, ρ = 50: rotation";
    expect(first.err).toMatch(
      /\n\nFailed, 3 in all; the same command tries again:\n {2}Plain-Stickers-LT, step, ρ = 50: rotation, seed 0:\n {4}.*config\.json is not/,
    );
    const stopped = ["CE + SSP", "LDAM-DRW + SSP"].map(
      (method) => `Plain-Stickers-LT, step, ρ = 50: ${method}, seed 0`,
    );
    expect(first.err).toContain(`\n  ${stopped.join("; ")}:\n    ${needs}\n`);
    expect(first.out).toMatch(
      /^Appendix F\.3: step imbalance\n[^]* CE +50 +–\n.* LDAM-DRW +[\d.]+ +–\nTest error in %/,
    );
    expect(
      lines(store.path)
        .slice(1)
        .map(({ status, run }) => [status, run.id])
        .sort(),
    ).toEqual(
      [
        ["failed", pretraining.id],
        ["done", base.id],
      ].sort(),
    );

    await fill(store, "appendixF3", [0]);
    const whole = await longtail(folder, ["sweep", "appendixF3", "--store", "runs", "--seeds", "1"]).ended;
    expect(whole.code).toBe(0);
    expect(whole.err).toMatch(/step imbalance ▕█+▏ 153,000 images · done\n/);
    expect(whole.out).toMatch(/ CE +50 +50\n.* LDAM-DRW +[\d.]+ +50\n/);
  },
);
