import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readNotebook, writeNotebook, type Cell, type CodeCell, type Output } from "../../kernel/notebook.js";
import { runNotebook, type CellProgress, type RunOptions, type RunResult } from "../../kernel/run.js";
import { essence } from "./executed.js";
import { fakeKernel } from "./fake.js";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "run-test-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Source = string | { source: string; tags?: string[]; outputs?: Output[]; markdown?: boolean };

async function notebookOf(sources: Source[], metadata = {}): Promise<string> {
  const cells = sources.map((entry, i): Cell => {
    const { source, tags, outputs = [], markdown } = typeof entry === "string" ? { source: entry } : entry;
    const base = { id: `cell-${i}`, metadata: tags ? { tags } : {}, source };
    return markdown
      ? { cell_type: "markdown", ...base }
      : { cell_type: "code", ...base, execution_count: outputs.length > 0 ? 9 : null, outputs };
  });
  const path = join(folder, "notebook.ipynb");
  await writeNotebook(path, { nbformat: 4, nbformat_minor: 5, metadata, cells });
  return path;
}

async function run(sources: Source[], options: RunOptions = {}): Promise<RunResult & { outputs: Output[][] }> {
  const result = await runNotebook(await notebookOf(sources), { kernel: fakeKernel(), ...options });
  const written = await readNotebook(result.path);
  expect(written).toEqual(result.notebook);
  return { ...result, outputs: written.cells.map((cell) => (cell.cell_type === "code" ? cell.outputs : [])) };
}

const stream = (text: string, name = "stdout"): Output => ({ output_type: "stream", name, text });
const shown = (text: string): Output => ({ output_type: "display_data", data: { "text/plain": text }, metadata: {} });
const stale = [stream("from an earlier run")];

describe("outputs", () => {
  it("merge consecutive text of one stream", async () => {
    const { outputs } = await run(["print a\nprint b\\n\nwarn c\nwarn d\nprint e"]);
    expect(outputs).toEqual([[stream("ab\n"), stream("cd", "stderr"), stream("e")]]);
  });

  it("keep what is left of a line after carriage returns", async () => {
    const { outputs } = await run(["print 10%\\r\nprint 20%\\r\nprint done\\r\\nnext\\r"]);
    expect(outputs).toEqual([[stream("done\r\nnext\r")]]);
  });

  it("apply an update to every display with this id, in other cells too", async () => {
    const { outputs } = await run(["display one x\ndisplay other y", "display two x", "update three x\nprint end"]);
    expect(outputs).toEqual([[shown("three"), shown("other")], [shown("three")], [stream("end")]]);
  });

  it("are cleared at once, or when the next one comes", async () => {
    const { outputs } = await run([
      "print a\nclear\nprint b",
      "print a\nclear wait",
      "print a\nclear wait\nprint b",
      "display a x\nclear wait\nupdate b x\ndisplay c",
    ]);
    expect(outputs).toEqual([[stream("b")], [stream("a")], [stream("b")], [shown("c")]]);
  });

  it("of an earlier run are dropped, in cells that are not reached too", async () => {
    const { outputs, notebook } = await run([
      { source: "print new", outputs: stale },
      { source: "error Error stop", outputs: stale },
      { source: "print never", outputs: stale },
    ]);
    expect(outputs.flat()).not.toContainEqual(stale[0]);
    expect(outputs[2]).toEqual([]);
    expect((notebook.cells[2] as CodeCell).execution_count).toBe(null);
  });

  it("come with execution counts and, when asked for, with times", async () => {
    const { notebook } = await run(["result 42", "print x"], { timings: true });
    expect(notebook.cells[0]).toMatchObject({
      execution_count: 1,
      outputs: [{ output_type: "execute_result", execution_count: 1, data: { "text/plain": "42" } }],
    });
    expect(notebook.cells[1]).toMatchObject({ execution_count: 2 });
    expect(Object.keys(notebook.cells[1]!.metadata["execution"] as object).sort()).toEqual([
      "iopub.execute_input",
      "iopub.status.busy",
      "iopub.status.idle",
    ]);
  });

  it("of 20000 messages arrive whole", async () => {
    const { outputs } = await run(["flood 20000"]);
    const expected = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join("");
    expect(outputs).toEqual([[stream(expected)]]);
  });
});

describe("errors", () => {
  it("stop the run; the notebook so far is written with the error in its cell", async () => {
    const { ok, error, outputs, cells, total } = await run(["print a", "error TypeError bad thing", "print b"]);
    expect(ok).toBe(false);
    expect(error).toMatchObject({ cell: "cell-1", name: "TypeError", message: "bad thing" });
    expect([cells, total]).toEqual([2, 3]);
    expect(outputs[0]).toEqual([stream("a")]);
    expect(outputs[1]).toMatchObject([{ output_type: "error", ename: "TypeError", evalue: "bad thing" }]);
    expect(outputs[2]).toEqual([]);
  });

  it("do not stop it where they are allowed, but are reported: the first one", async () => {
    const { ok, error, outputs } = await run(["error A first", "error B second", "print after"], { allowErrors: true });
    expect([ok, error?.message]).toEqual([false, "first"]);
    expect(outputs[2]).toEqual([stream("after")]);
  });

  it("announced by the tag raises-exception are no errors", async () => {
    const { ok, outputs } = await run([{ source: "error A as said", tags: ["raises-exception"] }, "print after"]);
    expect(ok).toBe(true);
    expect(outputs[1]).toEqual([stream("after")]);
  });
});

describe("cells", () => {
  it("tagged skip-execution, empty ones and text are neither run nor changed", async () => {
    const { outputs, total, notebook } = await run([
      { source: "print skipped", tags: ["skip-execution"], outputs: stale },
      "",
      { source: "print text", markdown: true },
      "print run",
    ]);
    expect(total).toBe(1);
    expect(outputs).toEqual([stale, [], [], [stream("run")]]);
    expect((notebook.cells[0] as CodeCell).execution_count).toBe(9);
  });

  it("tell when they start and end", async () => {
    const seen: CellProgress[] = [];
    await run(["print a", "error A b"], { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ number, total, cell, status }) => [number, total, cell.id, status])).toEqual([
      [1, 2, "cell-0", undefined],
      [1, 2, "cell-0", "ok"],
      [2, 2, "cell-1", undefined],
      [2, 2, "cell-1", "error"],
    ]);
  });

  it("run in the notebook's folder", async () => {
    const path = await notebookOf(["log here"]);
    const argv = [process.execPath, "-e", "console.error('in', process.cwd()); process.exit(5)"];
    await expect(runNotebook(path, { kernel: { argv } })).rejects.toThrow(`in ${folder}`);
  });
});

describe("stopping", () => {
  it("interrupts a cell at its timeout and says so in the cell", async () => {
    const { error, outputs } = await run(["print a\nnever", "print b"], { cellTimeout: 200 });
    const message = "The cell took longer than 0.2 s; interrupted";
    expect(error).toMatchObject({ cell: "cell-0", name: "CellStopped", message });
    expect(outputs[0]).toMatchObject([
      stream("a"),
      { output_type: "error", ename: "KeyboardInterrupt" },
      { output_type: "error", ename: "CellStopped", evalue: message },
    ]);
    expect(outputs[1]).toEqual([]);
  });

  it("does not stop early for a timeout longer than any timer can wait", async () => {
    const { ok, outputs } = await run(["sleep 50\nprint a"], { cellTimeout: 3e9, timeout: 3e9 });
    expect([ok, outputs[0]]).toEqual([true, [stream("a")]]);
  });

  it("goes on after an interrupted cell where errors are allowed", async () => {
    const { ok, outputs } = await run(["never", "print b"], { cellTimeout: 200, allowErrors: true });
    expect(ok).toBe(false);
    expect(outputs[1]).toEqual([stream("b")]);
  });

  it("kills a kernel that ignores the interrupt, and cannot go on", async () => {
    const options = { cellTimeout: 100, grace: 300, allowErrors: true };
    const { error, outputs } = await run(["deaf", "print b"], options);
    expect(error?.message).toMatch(/longer than 0\.1 s; it did not react to an interrupt: kernel killed/);
    expect(outputs[1]).toEqual([]);
  });

  it("ends at the timeout of the whole notebook, even where errors are allowed", async () => {
    const { error, outputs } = await run(["print a", "never", "print b"], { timeout: 5000, allowErrors: true });
    expect(error?.message).toBe("The notebook took longer than 5 s; interrupted");
    expect(outputs[0]).toEqual([stream("a")]);
    expect(outputs[2]).toEqual([]);
  });

  it("interrupts the cell and writes the notebook when its signal aborts", async () => {
    const stop = new AbortController();
    const onProgress = ({ number, status }: CellProgress): void => {
      if (number === 2 && !status) setTimeout(() => stop.abort(new Error("Stopped by SIGINT")), 50);
    };
    const { error, outputs } = await run(["print a", "never", "print b"], { signal: stop.signal, onProgress });
    expect(error).toMatchObject({ cell: "cell-1", message: "Stopped by SIGINT; interrupted" });
    expect(outputs[0]).toEqual([stream("a")]);
  });

  it("notices a dead kernel, and keeps what there was", async () => {
    const { error, outputs } = await run(["print a", "print b\nlog out of memory\ndie 137", "print c"], {
      allowErrors: true,
    });
    expect(error).toMatchObject({ cell: "cell-1", name: "KernelDied" });
    expect(error?.message).toMatch(/exit code 137; its last output was:\nout of memory/);
    expect(outputs[1]).toMatchObject([stream("b"), { output_type: "error", ename: "KernelDied" }]);
    expect(outputs[2]).toEqual([]);
  });
});

describe("files", () => {
  it("the notebook itself is replaced, or another written beside it", async () => {
    const path = await notebookOf(["print a"]);
    const before = readFileSync(path, "utf8");
    const kernel = fakeKernel();
    mkdirSync(join(folder, "existing"));
    for (const [out, expected] of [
      ["other.ipynb", "other.ipynb"],
      ["existing", "existing/notebook.ipynb"],
      ["new/", "new/notebook.ipynb"],
    ] as const) {
      const result = await runNotebook(path, { kernel, out: join(folder, out) });
      expect(result.path).toBe(join(folder, expected));
      expect(existsSync(result.path)).toBe(true);
      expect(readFileSync(path, "utf8")).toBe(before);
    }
    expect((await runNotebook(path, { kernel })).path).toBe(path);
    expect(readFileSync(path, "utf8")).not.toBe(before);
    expect(readdirSync(folder).sort()).toEqual(["existing", "new", "notebook.ipynb", "other.ipynb"]);
  });

  it("are the same to the byte after a second run", async () => {
    const path = await notebookOf(["print a\\nb", "display c x", "update d x"]);
    const kernel = fakeKernel();
    await runNotebook(path, { kernel });
    const once = readFileSync(path, "utf8");
    await runNotebook(path, { kernel });
    expect(readFileSync(path, "utf8")).toBe(once);
  });

  it("that cannot be written end the run before it begins", async () => {
    const path = await notebookOf(["print a"]);
    writeFileSync(join(folder, "taken"), "");
    const cells: CellProgress[] = [];
    const options = {
      kernel: fakeKernel(),
      out: join(folder, "taken/"),
      onProgress: (cell: CellProgress) => cells.push(cell),
    };
    await expect(runNotebook(path, options)).rejects.toThrow(/Cannot write to the folder .*taken/);
    expect(cells).toEqual([]);
  });

  it("are not touched when there is nothing to run", async () => {
    const path = await notebookOf(["const n = 1"]);
    const before = readFileSync(path, "utf8");
    await expect(runNotebook(path, { kernel: fakeKernel("--refuse", "1") })).rejects.toThrow("exit code 1");
    await expect(runNotebook(path, { parameters: { n: 2 } })).rejects.toThrow(/tagged "parameters"/);
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

describe("kernels", () => {
  it("another language's notebook is refused unless a kernel is named", async () => {
    const path = await notebookOf(["x"], { kernelspec: { name: "python3", display_name: "P", language: "python" } });
    await expect(runNotebook(path)).rejects.toThrow(/expected a notebook in TypeScript, found python/);
    await expect(runNotebook(path, { kernel: "no-such-kernel" })).rejects.toThrow(/No kernel named "no-such-kernel"/);
    expect((await runNotebook(path, { kernel: fakeKernel() })).ok).toBe(true);
  });
});

describe("the kernel of this package", () => {
  const fixtures = fileURLToPath(new URL("../fixtures/notebooks", import.meta.url));

  // The others: run.long.test.ts.
  it.each(["error-stops-the-run.ipynb", "text-is-merged-by-stream.ipynb"])(
    "gives %s the outputs it was committed with",
    async (name) => {
      const path = join(fixtures, name);
      const { notebook } = await runNotebook(path, { out: `${folder}/` });
      expect(essence(notebook)).toEqual(essence(await readNotebook(path)));
    },
  );

  it("takes parameters, and checks their types", async () => {
    const path = join(fixtures, "parameters-are-replaced.ipynb");
    const out = join(folder, "out.ipynb");
    const { notebook, ok } = await runNotebook(path, { out, parameters: { scale: "paper", trials: 7 } });
    expect(ok).toBe(true);
    expect(notebook.cells.at(-1)).toMatchObject({ outputs: [{ data: { "text/plain": "'paper 7'" } }] });
    const wrong = await runNotebook(path, { out, parameters: { scale: "huge" } });
    expect(wrong.error).toMatchObject({
      cell: "injected-parameters",
      message: expect.stringContaining('"huge"') as string,
    });
  });

  it("is interrupted in a synchronous loop, and keeps its state for the next cell", async () => {
    const path = await notebookOf(["let n = 1;", "n = 2; while (true) {}", "n"]);
    // The first cell waits until the compiler is warm, which takes its time where other tests run beside this one.
    const { notebook, error } = await runNotebook(path, { cellTimeout: 15_000, allowErrors: true });
    expect(error).toMatchObject({ cell: "cell-1", name: "CellStopped" });
    expect(notebook.cells[2]).toMatchObject({ outputs: [{ data: { "text/plain": "2" } }] });
  });
});
