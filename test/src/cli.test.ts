import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "dist", "src", "cli.js");
const fixtures = join(root, "test", "fixtures", "notebooks");

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "cli-test-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

function longtail(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, JUPYTER_DATA_DIR: join(folder, "jupyter"), JUPYTER_PATH: "", VIRTUAL_ENV: "" };
    execFile(process.execPath, [cli, ...args], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

it.skipIf(process.platform === "win32")("is a program by itself, as npx runs it", async () => {
  const { stdout } = await promisify(execFile)(cli, ["--help"]);
  expect(stdout).toMatch(/^Usage: longtail/m);
});

interface Saved {
  cells: { id: string; outputs?: { ename?: string; text?: string[]; data?: Record<string, unknown> }[] }[];
}
const saved = (path: string): Saved => JSON.parse(readFileSync(path, "utf8")) as Saved;

function notebook(name: string, ...sources: string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    metadata: {},
    source,
    execution_count: null,
    outputs: [],
  }));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return path;
}

describe("help", () => {
  it("lists the commands, and explains each with examples", async () => {
    const { code, out } = await longtail("--help");
    expect(code).toBe(0);
    const commands = [...out.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}/gm)].map((match) => match[1]!);
    expect(commands).toContain("workbook");
    expect(commands).toContain("kernel install");
    const pages = await Promise.all(commands.map((command) => longtail(...command.split(" "), "--help")));
    for (const [i, page] of pages.entries()) {
      expect(page.code).toBe(0);
      expect(page.out).toMatch(new RegExp(`^Usage: longtail ${commands[i]}`));
      expect(page.out).toMatch(/Examples?:\n {2}.*longtail /);
    }
  });

  it("names the version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(await longtail("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("is read as far as one likes", async () => {
    const child = spawn(process.execPath, [cli, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (text: Buffer) => (err += text.toString()));
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(err).toBe("");
  });
});

describe("mistakes end with code 2 and say what was meant", () => {
  it.each([
    [["kernle", "install"], 'Unknown command "kernle". Did you mean kernel?'],
    [["kernel", "instal"], 'Unknown command "kernel instal". Did you mean kernel install?'],
    [
      ["frobnicate"],
      'Unknown command "frobnicate". Known: workbook, lab, device, train, classify, sweep, table, worker, data, notebook, kernel',
    ],
    [
      ["notebook", "run", "x.ipynb", "--cel-timeout", "3"],
      "Unknown option --cel-timeout. Did you mean --cell-timeout?",
    ],
    [
      ["notebook", "run", "x.ipynb", "--timeout", "soon"],
      '--timeout: expected a positive number of seconds, found "soon"',
    ],
    [["notebook", "run", "x.ipynb", "--timeout=-1"], 'found "-1"'],
    [["notebook", "run", "x.ipynb", "-p", "seed"], '--parameter: expected NAME=VALUE, found "seed"'],
    [["notebook", "run", "x.ipynb", "--out", ""], "--out: expected a folder, found an empty name"],
    [
      ["notebook", "run", "a/x.ipynb", "y.ipynb", "b/x.ipynb", "--out", "done"],
      "--out: expected notebooks of different names, found a/x.ipynb and b/x.ipynb",
    ],
    [["notebook", "run"], "Expected one or more notebooks, found none"],
    [["workbook", "--scale", "huge"], '--scale: expected quick, standard, paper, found "huge"'],
    [["kernel", "list", "extra"], "Unexpected argument 'extra'"],
  ])("%j", async (args, message) => {
    const { code, err } = await longtail(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toMatch(/See longtail .*--help\n$/);
  });
});

describe("kernel", () => {
  it("is installed, listed and uninstalled", async () => {
    const installed = await longtail("kernel", "install", "--display-name", "TS");
    const spec = join(folder, "jupyter", "kernels", "longtail");
    expect(installed).toMatchObject({ code: 0, err: "" });
    expect(installed.out).toContain(`Wrote ${spec}\n`);
    expect(readFileSync(join(spec, "kernel.json"), "utf8")).toContain('"display_name": "TS"');
    expect((await longtail("kernel", "list")).out).toMatch(new RegExp(`^\\* longtail +${spec}$`, "m"));
    expect((await longtail("kernel", "uninstall")).out).toBe(`Removed ${spec}\n`);
    expect(existsSync(spec)).toBe(false);
    const again = await longtail("kernel", "uninstall");
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(again.err).toContain("nothing to remove");
  });

  it.each(["elsewhere", "else where"])("is removed from the prefix %s as install says", async (prefix) => {
    const installed = await longtail("kernel", "install", "--prefix", prefix, "--name", "ts");
    const spec = join(folder, prefix, "share", "jupyter", "kernels", "ts");
    expect(existsSync(spec)).toBe(true);
    const command = /^To remove it: longtail (.*)$/m.exec(installed.out)![1]!;
    const args = command.match(/"[^"]*"|\S+/g)!.map((arg) => arg.replaceAll('"', ""));
    expect(await longtail(...args)).toMatchObject({ code: 0, err: "" });
    expect(existsSync(spec)).toBe(false);
  });
});

describe("notebook", () => {
  it("run executes with parameters and writes to another folder", async () => {
    const path = join(folder, "n.ipynb");
    copyFileSync(join(fixtures, "parameters-are-replaced.ipynb"), path);
    const before = readFileSync(path, "utf8");
    const { code, out } = await longtail(
      "notebook",
      "run",
      path,
      "-p",
      "scale=paper",
      "-p",
      "trials=3",
      "--out",
      "done",
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^n\.ipynb: cell 1\/3 ok \(.*\)\n[^]*Wrote done\/n\.ipynb\n$/);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(saved(join(folder, "done", "n.ipynb")).cells[2]?.outputs?.[0]?.data).toEqual({
      "text/plain": ["'paper 3'"],
    });
  });

  it("run stops at an error, or goes on where errors are allowed; the next notebook runs anyway", async () => {
    const bad = notebook("bad.ipynb", 'throw new RangeError("too far");', '"after"');
    const good = notebook("good.ipynb", "6 * 7");
    const stopped = await longtail("notebook", "run", bad, join(folder, "none.ipynb"), good);
    expect(stopped.code).toBe(1);
    expect(stopped.err).toMatch(/bad\.ipynb: cell 1 \(cell-0\) failed\nRangeError: too far/);
    expect(stopped.err).toMatch(/ENOENT.*none\.ipynb/);
    expect(saved(bad).cells[1]?.outputs).toEqual([]);
    expect(saved(good).cells[0]?.outputs).toHaveLength(1);
    expect((await longtail("notebook", "run", bad, "--allow-errors")).code).toBe(1);
    expect(saved(bad).cells[1]?.outputs).toHaveLength(1);
  });

  it("run is stopped by Ctrl-C: the cell is interrupted and the notebook written", async () => {
    const path = notebook("long.ipynb", 'console.log("begun");', "while (true) {}", "1");
    const child = spawn(process.execPath, [cli, "notebook", "run", path], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (text: Buffer) => {
      if (text.toString().includes("cell 1/3 ok")) setTimeout(() => child.kill("SIGINT"), 300);
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(130);
    const { cells } = saved(path);
    expect(cells[0]?.outputs?.[0]?.text).toEqual(["begun\n"]);
    expect(cells[1]?.outputs?.map(({ ename }) => ename)).toContain("CellStopped");
    expect(cells[2]?.outputs).toEqual([]);
  });

  it("html makes one page of several", async () => {
    const names = ["values-carry-over.ipynb", "error-stops-the-run.ipynb"].map((name) => join(fixtures, name));
    const { code, out } = await longtail("notebook", "html", ...names, "--out", "page.html", "--title", "Two of them");
    expect(code).toBe(0);
    expect(out).toMatch(/^Wrote page\.html \(\d+ kB\)\n$/);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain("<title>Two of them</title>");
    expect(page).toContain("RangeError");
    // No shell has expanded this pattern.
    const matching = await longtail(
      "notebook",
      "html",
      join(fixtures, "error-stops-*.ipynb"),
      "--out",
      "matching.html",
    );
    expect(matching.code).toBe(0);
    expect(readFileSync(join(folder, "matching.html"), "utf8")).toContain("RangeError");
    const into = await longtail("notebook", "html", ...names, "--out", ".");
    expect(into.out).toMatch(/^Wrote values-carry-over\.html /);
    expect(existsSync(join(folder, "values-carry-over.html"))).toBe(true);
  });
});

describe("workbook", () => {
  const checks = (holds: boolean): string =>
    `const check = { id: "a", claim: "one is one", parameters: "", measured: 1, relation: "=", bound: 1, holds: ${holds} };
(globalThis as any)[Symbol.for("longtail.kernel")].display({ "application/vnd.longtail.checks+json": [check], "text/plain": "a" });`;

  it("prints what was verified and ends with code 0, or 1 if a check fails or there is none", async () => {
    const run = (): ReturnType<typeof longtail> => longtail("workbook", "--notebooks", folder);
    notebook("01.ipynb", checks(true));
    const good = await run();
    expect(good.out).toContain("1 of 1 checks hold; 1 of 1 notebooks ran without error");
    expect(good.out).toMatch(/✔ one is one +1 {2}= 1/);
    expect(good.code).toBe(0);
    notebook("01.ipynb", checks(false));
    expect((await run()).code).toBe(1);
    notebook("01.ipynb", "1");
    const none = await run();
    expect(none.out).toContain("No checks were found");
    expect(none.code).toBe(1);
    expect(existsSync(join(folder, "out", "index.html"))).toBe(true);
  });

  it("names the device that its notebooks choose, not a GPU that cannot be opened", async () => {
    notebook("01.ipynb", checks(true));
    vi.stubEnv("VK_DRIVER_FILES", "/nonexistent.json"); // looks like a GPU, until it is opened
    vi.stubEnv("LONGTAIL_DEVICE", "");
    await longtail("workbook", "--notebooks", folder).finally(() => vi.unstubAllEnvs());
    const { device } = JSON.parse(readFileSync(join(folder, "out", "summary.json"), "utf8")) as { device: string };
    expect(device).toMatch(/^(tensorflow|simd)$/);
  });
});

describe.skipIf(process.platform === "win32")("lab", () => {
  it("hands its options to Jupyter, which finds the kernel and starts in the notebooks", async () => {
    // Stands in for Jupyter: says how it was called, and ends with a code of its own.
    const jupyter = join(folder, "bin", "jupyter");
    mkdirSync(dirname(jupyter));
    const told = "{ args: process.argv.slice(2), path: process.env.JUPYTER_PATH, cwd: process.cwd() }";
    writeFileSync(
      jupyter,
      `#!${process.execPath}
if (process.argv.includes("--version")) process.exit(process.argv[2] === "lab" ? 0 : 1);
require("fs").writeFileSync(${JSON.stringify(join(folder, "told.json"))}, JSON.stringify(${told}));
process.exit(7);`,
    );
    chmodSync(jupyter, 0o755);
    mkdirSync(join(folder, "notebooks"));
    const child = spawn(process.execPath, [cli, "lab", "--no-browser", "--port", "9"], {
      cwd: folder,
      env: { ...process.env, PATH: dirname(jupyter), JUPYTER_PATH: "/elsewhere" },
      stdio: "ignore",
    });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(7);
    const call = JSON.parse(readFileSync(join(folder, "told.json"), "utf8")) as Record<string, unknown>;
    expect(call).toMatchObject({ args: ["lab", "--no-browser", "--port", "9"], cwd: join(folder, "notebooks") });
    const [first, ...rest] = String(call["path"]).split(delimiter);
    expect(existsSync(join(first!, "kernels", "longtail", "kernel.json"))).toBe(true);
    expect(rest).toEqual(["/elsewhere"]);
  });
});
