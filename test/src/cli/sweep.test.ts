import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunStore, type Run } from "../../../src/experiment/index.js";
import { lines } from "../experiment/toy.js";
import { longtail as command, type Outcome } from "./longtail.js";
import { fill } from "./made-up.js";

let folder: string;
let store: RunStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-sweep-test-"));
  store = new RunStore(join(folder, "runs"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[]) => command(folder, args);
const longtail = (...args: string[]): Promise<Outcome> => start(args).ended;

describe("longtail sweep", () => {
  it("goes on past what fails, says so at the end, with code 1; then 0", { timeout: 120_000 }, async () => {
    // Left are a pre-training and what needs it, which fail; with a base that is trained: sweep.long.test.ts.
    const left = await fill(store, "appendixF3", [0], (run) => run.task === "rotation" || run.needs !== undefined);
    const [pretraining] = left as [Run];
    expect(pretraining.label).toBe("Plain-Stickers-LT, step, ρ = 50: rotation");
    mkdirSync(join(store.path, pretraining.id));
    writeFileSync(join(store.path, pretraining.id, "config.json"), "{}");
    const first = await longtail("sweep", "appendixF3", "--jobs", "2", "--device", "simd");
    expect(first.code).toBe(1);
    const failed = "Failed, 3 in all; the same command tries again:";
    expect(first.err).toContain(`\n\n${failed}\n  Plain-Stickers-LT, step, ρ = 50: rotation, seed 0:\n    `);
    const needs = "What it needs failed: Plain-Stickers-LT, step, ρ = 50: rotation";
    const stopped = ["CE + SSP", "LDAM-DRW + SSP"].map(
      (method) => `Plain-Stickers-LT, step, ρ = 50: ${method}, seed 0`,
    );
    expect(first.err).toContain(`\n  ${stopped.join("; ")}:\n    ${needs}\n`);
    expect(first.out).toMatch(/ CE +50 +–\n/);

    await fill(store, "appendixF3", [0]);
    const whole = await longtail("sweep", "appendixF3", "--store", "runs", "--seeds", "1");
    expect(whole.code).toBe(0);
    expect(whole.err).toMatch(/step imbalance ▕█+▏ 153,000 images · done\n/);
    expect(whole.out).toMatch(/ CE +50 +50\n.* LDAM-DRW +50 +50\n/);
  });

  it("is stopped by Ctrl-C with code 130, and keeps what it did", { timeout: 120_000 }, async () => {
    const { child, ended } = start(["sweep", "table1a", "--rho", "10", "--jobs", "2", "--device", "simd"]);
    const kept = (): string[] => (existsSync(store.path) ? readdirSync(store.path) : []);
    const begun = (): number => kept().filter((name) => existsSync(join(store.path, name, "checkpoints"))).length;
    while (begun() < 2 && child.exitCode === null) await sleep(20);
    child.kill("SIGINT");
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 130, out: "" });
    expect(err).toMatch(/\nSIGINT: stopping; once more to stop at once\n/);
    expect(err).toMatch(/\nStopped\. Kept in \/.*\/runs: the same command goes on from there\n$/);
    expect(begun()).toBe(2);
    expect(lines(store.path)).toEqual([]);
  });
});

describe("longtail table", () => {
  it("prints what there is, as text, Markdown, CSV and LaTeX", async () => {
    await fill(store, "appendixF3", [0, 1]);
    const text = await longtail("table", "appendixF3");
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toMatch(
      /^Appendix F\.3: step imbalance\n[^]*step, ρ = 50\n +CE +here, n = 2 +45\.0 ± 7\.1 +45\.0 ± 7\.1\n +recorded, n = \d/,
    );
    expect(text.out).toMatch(
      /last epoch\. Here: scale quick: plain .*; images made up; device simd\. Recorded: scale quick: plain .* from; device simd\.\n/,
    );
    const [markdown, csv, latex] = await Promise.all(
      ["markdown", "csv", "latex"].map((format) => longtail("table", "appendixF3", "--best", "--format", format)),
    );
    expect(markdown!.out).toContain("| LDAM-DRW | here, n = 2 | 45.0 ± 7.1 | 45.0 ± 7.1 |");
    expect(markdown!.out).toContain("best evaluated epoch, which has seen the test set");
    expect(csv!.out).toMatch(/\r\n"step, ρ = 50",LDAM-DRW,"here, scale quick, n = 2",45,7\.07\d*,45,7\.07\d*\r\n/);
    expect(latex!.out).toContain("LDAM-DRW & here, n = 2 & 45.0 $\\pm$ 7.1");
  });

  it("has only the sets asked for", async () => {
    const { code, out, err } = await longtail("table", "table2", "--set", "cifar100", "--scale", "standard");
    expect(code).toBe(0);
    expect(err).toMatch(/runs: longtail sweep table2 --scale standard --set cifar100\n$/);
    expect(out.match(/^CIFAR.*$/gm)).toEqual(["CIFAR-100-LT"]);
  });

  it("has only the ratios asked for, and says where there is nothing", async () => {
    const { code, out, err } = await longtail("table", "table1a", "--rho", "100,10", "--store", "none");
    expect(code).toBe(0);
    expect(out.match(/^ρ = \d+$/gm)).toEqual(["ρ = 100", "ρ = 10"]);
    const how = "longtail sweep table1a --rho 100,10 --store none";
    expect(err).toMatch(new RegExp(`^There are no runs of table1a at scale quick in /.*/none: ${how}\n$`));
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});

describe("mistakes end with code 2 and say what was meant", () => {
  const rho = "--rho: expected one or more of 100, 50, 10 for table1a, found ";
  const seeds = "--seeds: expected a number of seeds (3), or different seeds (0,1,5), found ";
  it.each([
    [["sweep"], "Expected the name of a table or figure, found none"],
    [["sweep", "tabel1a"], 'There is no table or figure "tabel1a". Did you mean table1a?'],
    [["table", "nothing"], 'There is no table or figure "nothing". Known: table1a, table1b, table2, figure2'],
    [["table", "table1a", "table2"], "Expected one name, found table1a, table2"],
    [["sweep", "table1a", "--rho", "20"], `${rho}"20"`],
    [["sweep", "table1a", "--rho", "100,"], `${rho}"100,"`],
    [["sweep", "table2", "--set", "svhn"], '--set: expected one or more of cifar10, cifar100 for table2, found "svhn"'],
    [["sweep", "table1a", "--seeds", "0"], `${seeds}"0"`],
    [["sweep", "table1a", "--seeds", "1,1"], `${seeds}"1,1"`],
    [["sweep", "table1a", "--seeds", "some"], `${seeds}"some"`],
    [["sweep", "table1a", "--jobs", "0"], '--jobs: expected how many runs at once, 1 to 9999, found "0"'],
    [["sweep", "table1a", "--scale", "papr"], '--scale: there is no scale "papr". Did you mean paper?'],
    [["sweep", "table1a", "--queue", "localhost:6379"], '--queue: expected redis://HOST:PORT, found "localhost:6379"'],
    [["sweep", "table1a", "--queue", "redis://a", "--jobs", "2"], '--jobs: with --queue, say so to "longtail worker"'],
    [["sweep", "table1a", "--queue", "redis://a", "--device", "cpu"], "--device: with --queue"],
    [["table", "table1a", "--format", "pdf"], '--format: expected text, markdown, csv, latex, found "pdf"'],
    [["worker"], "Expected --queue redis://HOST:PORT, found none"],
    [["worker", "--queue", "http://a"], '--queue: expected redis://HOST:PORT, found "http://a"'],
    [["worker", "table1a"], "Unexpected argument 'table1a'"],
  ])("%j", async (args, message) => {
    const { code, out, err } = await longtail(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err).toMatch(/\nSee longtail (sweep|table|worker) --help\n$/);
    expect(existsSync(store.path)).toBe(false);
  });

  it("of the machine with code 1", async () => {
    const at = "redis://127.0.0.1:1";
    const told = `No Redis can be used at ${at}: connect ECONNREFUSED 127.0.0.1:1. Start one there (redis-server --port 1 `;
    for (const args of [["sweep", "table1a"], ["worker"]]) {
      const { code, err } = await longtail(...args, "--queue", at);
      expect(code).toBe(1);
      expect(err).toContain(`longtail: ${told}`);
    }
    const device = await longtail("sweep", "table2", "--rho", "10", "--device", "nothing");
    expect(device.code).toBe(1);
    expect(device.err).toContain('There is no device "nothing"');
  });
});
