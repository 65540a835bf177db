import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { writeNotebook, type Cell } from "../../kernel/notebook.js";
import { CHECKS_MIME, runWorkbook, succeeded } from "../../kernel/workbook.js";
import { duration, formatSummary, ProgressLine, summaryHtml, verdict } from "../../kernel/workbook-report.js";
import type { Check, WorkbookProgress, WorkbookSummary } from "../../kernel/workbook-summary.js";
import { fakeKernel } from "./fake.js";

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "workbook-test-"));
  out = join(folder, "out");
  mkdirSync(join(folder, "notebooks"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = (id: string, fields: Partial<Check> = {}): Check => ({
  id,
  claim: `${id} is bounded`,
  parameters: "n = 100",
  measured: 0.951234567,
  error: 0.00071,
  relation: ">=",
  bound: 0.9,
  holds: true,
  ...fields,
});
const showing = (...checks: Check[]): string => `bundle ${JSON.stringify({ [CHECKS_MIME]: checks, "text/plain": "" })}`;

async function add(name: string, ...sources: (string | [string, string])[]): Promise<void> {
  const cells = sources.map((source, i): Cell => {
    const [text, tag] = typeof source === "string" ? [source] : source;
    const metadata = tag === undefined ? {} : { tags: [tag] };
    return { cell_type: "code", id: `cell-${i}`, metadata, source: text, execution_count: null, outputs: [] };
  });
  await writeNotebook(join(folder, "notebooks", name), { nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
}

const run = (options: Partial<Parameters<typeof runWorkbook>[0]> = {}): Promise<WorkbookSummary> =>
  runWorkbook({ notebooks: join(folder, "notebooks"), out, kernel: fakeKernel(), ...options });

describe("runWorkbook", () => {
  it("runs notebooks in the order of their names and collects their checks", async () => {
    await add("02-second.ipynb", "print x", showing(check("c")));
    await add("01-first.ipynb", showing(check("a"), check("b", { measured: null, error: null, holds: false })));
    await add("03-third.ipynb", "print nothing checked");
    const summary = await run({ device: "a chip" });
    expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(summary);
    expect(summary).toMatchObject({ node: process.version, device: "a chip", scale: "quick" });
    expect(Date.parse(summary.started)).toBeGreaterThan(0);
    expect(summary.notebooks.map(({ file, cells, ok }) => [file, cells, ok])).toEqual([
      ["01-first.ipynb", 1, true],
      ["02-second.ipynb", 2, true],
      ["03-third.ipynb", 1, true],
    ]);
    expect(summary.checks.map(({ notebook, id }) => [notebook, id])).toEqual([
      ["01-first.ipynb", "a"],
      ["01-first.ipynb", "b"],
      ["02-second.ipynb", "c"],
    ]);
    expect(succeeded(summary)).toBe(false);
    expect(readdirSync(out).sort()).toEqual([
      "01-first.ipynb",
      "02-second.ipynb",
      "03-third.ipynb",
      "index.html",
      "summary.json",
    ]);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain("2 of 3 checks hold");
  });

  it("goes on after a notebook that fails, that dies, or that cannot be read", async () => {
    await add("1-fails.ipynb", showing(check("before")), "error RangeError too far", showing(check("after")));
    await add("2-dies.ipynb", "die 9");
    await add("3-runs.ipynb", showing(check("runs")));
    const summary = await run();
    expect(summary.notebooks.map(({ ok }) => ok)).toEqual([false, false, true]);
    expect(summary.notebooks[0]?.error).toBe("cell 2: RangeError: too far");
    expect(summary.notebooks[1]?.error).toMatch(/^cell 1: KernelDied: The kernel died with exit code 9/);
    expect(summary.checks.map(({ id }) => id)).toEqual(["before", "runs"]);
    expect(succeeded(summary)).toBe(false);
    writeFileSync(join(folder, "notebooks", "4-broken.ipynb"), "{}");
    await expect(run()).rejects.toThrow(/4-broken\.ipynb: nbformat: expected 4/);
  });

  it("sets the scale only where the notebook declares it", async () => {
    await add("1.ipynb", ['const scale = "quick";', "parameters"], showing(check("a")));
    await add("2.ipynb", ["const other = 1;", "parameters"]);
    await add("3.ipynb", 'const scale = "not a parameter";');
    await run({ scale: "paper" });
    const sources = ["1.ipynb", "2.ipynb", "3.ipynb"].map((name) => readFileSync(join(out, name), "utf8"));
    expect(sources[0]).toContain('"const scale = \\"paper\\";"');
    expect(sources[1]).not.toContain("paper");
    expect(sources[2]).not.toContain("paper");
    expect(readFileSync(join(folder, "notebooks", "1.ipynb"), "utf8")).not.toContain("paper");
  });

  it("runs only the notebooks named, and says when there are none", async () => {
    await add("01-apples.ipynb", "print a");
    await add("02-pears.ipynb", "print b");
    const summary = await run({ names: ["pear"] });
    expect(summary.notebooks.map(({ file }) => file)).toEqual(["02-pears.ipynb"]);
    await expect(run({ names: ["plum"] })).rejects.toThrow(/called "plum"; found: 01-apples\.ipynb, 02-pears\.ipynb/);
    await expect(run({ notebooks: folder })).rejects.toThrow(/Expected notebooks .* found none/);
  });

  it("runs nothing when its results cannot be written", async () => {
    await add("1.ipynb", "print a");
    writeFileSync(out, "");
    const steps: WorkbookProgress[] = [];
    await expect(run({ onProgress: (progress) => steps.push(progress) })).rejects.toThrow(/Cannot write .*out/);
    expect(steps).toEqual([]);
  });

  it("stops when its signal aborts, with what there is so far", async () => {
    await add("1.ipynb", showing(check("a")), "never");
    await add("2.ipynb", "print b");
    const stop = new AbortController();
    const onProgress = ({ number, status }: WorkbookProgress): void => {
      if (number === 2 && !status) stop.abort(new Error("Stopped by SIGINT"));
    };
    const summary = await run({ signal: stop.signal, onProgress });
    expect(summary.notebooks.map(({ file }) => file)).toEqual(["1.ipynb"]);
    expect(summary.notebooks[0]?.error).toMatch(/Stopped by SIGINT/);
    expect(summary.checks.map(({ id }) => id)).toEqual(["a"]);
    expect(existsSync(join(out, "summary.json"))).toBe(true);
  });

  it("reports a fraction that grows to 1, by the times of an earlier run where there is one", async () => {
    await add("1.ipynb", "print a", "print b");
    await add("2.ipynb", "print c", "print d");
    const fractions: number[] = [];
    const onProgress = ({ fraction }: WorkbookProgress): void => void fractions.push(fraction);
    await run({ onProgress });
    expect(fractions).toEqual([0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1]);
    const file = join(out, "summary.json");
    const earlier = JSON.parse(readFileSync(file, "utf8")) as { notebooks: { seconds: number }[] };
    earlier.notebooks[0]!.seconds = 9;
    earlier.notebooks[1]!.seconds = 1;
    writeFileSync(file, JSON.stringify(earlier));
    fractions.length = 0;
    await run({ onProgress });
    expect(fractions[3]).toBeCloseTo(0.9, 12);
    expect(fractions.at(-1)).toBeCloseTo(1, 12);
  });
});

describe("succeeded", () => {
  const summary = (checks: Check[], ok = true) => ({ notebooks: [{ ok }], checks }) as unknown as WorkbookSummary;

  it("needs notebooks that ran, and checks that hold", () => {
    expect(succeeded(summary([check("a")]))).toBe(true);
    expect(succeeded(summary([check("a"), check("b", { holds: false })]))).toBe(false);
    expect(succeeded(summary([check("a")], false))).toBe(false);
    expect(succeeded(summary([]))).toBe(false);
    expect(succeeded(summary([check("a", { holds: "yes" as never })]))).toBe(false);
  });
});

describe("the report", () => {
  const summary: WorkbookSummary = {
    started: "",
    node: "",
    scale: "quick",
    seconds: 83,
    notebooks: [
      { file: "01.ipynb", cells: 3, seconds: 1, ok: true },
      { file: "02.ipynb", cells: 1, seconds: 1, ok: false, error: "cell 1: Error: no" },
      { file: "03.ipynb", cells: 1, seconds: 1, ok: true },
    ],
    checks: [
      { notebook: "01.ipynb", ...check("t1", { claim: "θ̂ is bounded" }) },
      { notebook: "01.ipynb", ...check("t2", { claim: "x ".repeat(60), measured: 12, error: null, holds: false }) },
    ],
  };

  it("lists every check with its numbers, and everything that failed", () => {
    expect(formatSummary(summary, 70).split("\n")).toEqual([
      "01.ipynb",
      "  ✔ θ̂ is bounded                              0.95123 ± 0.0007  >= 0.9",
      "  ✘ x x x x x x x x x x x x x x x x x x x x…                12  >= 0.9",
      "    does not hold: t2, n = 100",
      "",
      "02.ipynb",
      "  ✘ cell 1: Error: no",
      "",
      "03.ipynb",
      "  ran; it checks nothing",
      "",
      "1 of 2 checks hold; 2 of 3 notebooks ran without error (quick scale, 1 min 23 s).",
    ]);
  });

  it("says when nothing was checked", () => {
    expect(verdict({ ...summary, checks: [] })).toMatch(/^No checks were found;/);
  });

  it.each([
    [0.04, "0.0 s"],
    [9.96, "10 s"],
    [59.7, "1 min 0 s"],
    [3599.6, "1 h 0 min"],
    [7500, "2 h 5 min"],
  ])("%d seconds: %s", (seconds, expected) => expect(duration(seconds)).toBe(expected));
});

describe("the progress line", () => {
  const progress = { file: "01.ipynb", notebook: 1, notebooks: 2, number: 3, total: 7, fraction: 0.5, seconds: 2 };
  const shown = (isTTY: boolean, columns: number, term = "xterm"): { text: () => string; line: ProgressLine } => {
    let text = "";
    vi.stubEnv("TERM", term);
    return { text: () => text, line: new ProgressLine({ isTTY, columns, write: (part) => (text += part) }) };
  };

  afterEach(() => void vi.unstubAllEnvs());

  it("renews itself on a terminal, no wider than it, and goes away", () => {
    const { text, line } = shown(true, 40);
    line.update(progress as never);
    const [clear, visible] = [text().slice(0, 4), text().slice(4)];
    expect(clear).toBe("\r\u001b[K");
    expect(visible).toMatch(/^\[1\/2\] 01\.ipynb: cell 3\/7, \d/);
    expect(visible.length).toBeLessThan(40);
    line.end();
    expect(text().endsWith("\r\u001b[K")).toBe(true);
  });

  it.each([
    ["elsewhere", false, "xterm"],
    ["on a terminal that cannot clear its line", true, "dumb"],
  ] as const)("is a line for every cell that ended, %s", (_, isTTY, term) => {
    const { text, line } = shown(isTTY, 80, term);
    line.update(progress as never);
    line.update({ ...progress, status: "ok" } as never);
    line.end();
    expect(text()).toBe("01.ipynb: cell 3/7 ok (2.0 s)\n");
  });
});

describe("summaryHtml", () => {
  it("lists what holds, opens what does not, and takes claims as text", () => {
    const summary = {
      started: "",
      node: process.version,
      scale: "quick",
      seconds: 1,
      notebooks: [
        { file: "good.ipynb", cells: 1, seconds: 1, ok: true },
        { file: "bad.ipynb", cells: 1, seconds: 1, ok: true },
        { file: "broken.ipynb", cells: 1, seconds: 1, ok: false, error: "Error: <boom>" },
      ],
      checks: [
        { notebook: "good.ipynb", ...check("a", { claim: "1 < 2 & more" }) },
        { notebook: "bad.ipynb", ...check("b", { measured: 0.5, holds: false }) },
      ],
    } satisfies WorkbookSummary;
    const html = summaryHtml(summary);
    expect(html).toContain("1 of 2 checks hold");
    expect(html).toContain("<details><summary>good.ipynb: 1 check</summary>");
    expect(html).toContain("1 &lt; 2 &amp; more");
    expect(html).toContain('<th scope="col">claim</th>');
    expect(html).toContain("0.95123 ± 0.0007");
    expect(html).toContain("<details open><summary>bad.ipynb: 1 check</summary>");
    expect(html).toContain("does not hold: n = 100");
    expect(html).toContain("<details open><summary>broken.ipynb: 0 checks</summary><p>✘ Error: &lt;boom&gt;</p>");
  });
});
