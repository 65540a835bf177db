import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launch } from "./chromium.js";
import { jupyterEnvironment } from "./python.js";
import { tinyNotebook } from "./tiny-notebook.js";

/**
 * The tiny notebook in real front ends: JupyterLab (`jupyter lab`, or the executable that LONGTAIL_JUPYTER names) and the
 * classic Notebook (`jupyter notebook` before version 7), each where it is installed, driven by a headless Chromium.
 */
const jupyter = process.env["LONGTAIL_JUPYTER"] ?? "jupyter";
const version = (command: string): string => {
  const { status, stdout } = spawnSync(jupyter, [command, "--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
};
const lab = version("lab");
const classic = /^[56]\./.test(version("notebook"));
if (!lab) console.log("Skipped: JupyterLab (pip install jupyterlab; LONGTAIL_JUPYTER names its `jupyter`)");
if (!classic) console.log("Skipped: the classic Notebook (apt install jupyter-notebook)");

let browser: Browser;
beforeAll(async () => {
  if (!browserPath || !(lab || classic)) return;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

/** Where the two front ends keep what a user sees and clicks. */
interface FrontEnd {
  readonly command: readonly string[];
  readonly path: string;
  readonly cell: string;
  readonly output: string;
  /** Prompt of a code cell: its brackets are empty until the front end has sent the cell to the kernel. */
  readonly prompt: string;
  readonly ready: (page: Page) => Promise<unknown>;
  readonly runAll: (page: Page) => Promise<unknown>;
  readonly interrupt: (page: Page) => Promise<unknown>;
  readonly appendCell: (page: Page, source: string) => Promise<unknown>;
}

const FRONT_ENDS: Record<string, FrontEnd> = {
  lab: {
    command: ["lab", "--LabApp.expose_app_in_browser=True"],
    path: "lab/tree/tiny.ipynb",
    cell: ".jp-Notebook .jp-CodeCell",
    output: ".jp-OutputArea-output",
    prompt: ".jp-Cell-inputArea .jp-InputPrompt",
    ready: (page) => page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]", { timeout: 60_000 }),
    runAll: async (page) => {
      await page.click(".jp-Notebook .jp-CodeCell");
      await page.click('.lm-MenuBar-itemLabel:text("Run")');
      await page.click('.lm-Menu-itemLabel:text-is("Run All Cells")');
    },
    interrupt: (page) => page.click('[data-command="notebook:interrupt-kernel"], [data-jp-item-name="interrupt"]'),
    appendCell: async (page, source) => {
      await page.locator(".jp-Notebook .jp-CodeCell").last().locator(".cm-content").click();
      await page.keyboard.press("Escape");
      await page.keyboard.press("b");
      await page.keyboard.press("Enter");
      await page.keyboard.insertText(source);
      await page.keyboard.press("Shift+Enter");
    },
  },
  notebook: {
    command: ["notebook"],
    path: "notebooks/tiny.ipynb",
    cell: ".code_cell",
    output: ".output_area",
    prompt: ".input_prompt",
    ready: (page) => page.waitForSelector("#kernel_indicator_icon.kernel_idle_icon", { timeout: 60_000 }),
    runAll: async (page) => {
      await page.click("#celllink");
      await page.click("#run_all_cells");
    },
    interrupt: (page) => page.click('button[data-jupyter-action="jupyter-notebook:interrupt-kernel"]'),
    appendCell: async (page, source) => {
      await page.locator(".code_cell").last().locator(".input_area").click();
      await page.keyboard.press("Escape");
      await page.keyboard.press("b");
      await page.keyboard.press("Enter");
      await page.keyboard.insertText(source);
      await page.keyboard.press("Shift+Enter");
    },
  },
};

for (const [name, title, installed] of [
  ["lab", "JupyterLab", Boolean(lab)],
  ["notebook", "the classic Notebook", classic],
] as const)
  describe.skipIf(!browserPath || !installed)(title, () => {
    const frontEnd = FRONT_ENDS[name]!;
    let page: Page;
    let server: Server;
    beforeAll(async () => {
      server = await startServer(frontEnd.command, tinyNotebook().folder);
      page = await browser.newPage({ viewport: { width: 1100, height: 1500 } });
      await page.goto(`${server.url}${frontEnd.path}?token=${server.token}`);
      await frontEnd.ready(page);
    }, 120_000);
    afterAll(async () => {
      const picture = process.env["LONGTAIL_SCREENSHOTS"];
      if (picture && page) await page.screenshot({ path: join(picture, `${name}.png`) });
      await page?.close();
      await server?.stop();
    });
    const cell = (index: number) => page.locator(frontEnd.cell).nth(index);
    const output = (index: number) => cell(index).locator(frontEnd.output);

    it(
      "runs all cells, and shows text, table, figure and a progress bar that moves",
      { timeout: 300_000 },
      async () => {
        const bar = output(3).first();
        await runAll(page, frontEnd);
        await bar.waitFor({ timeout: 180_000 });
        const states = new Set<string>();
        for (const end = Date.now() + 30_000; Date.now() < end && !(await output(4).count());)
          states.add(await bar.innerHTML().catch(() => ""));
        await output(4).first().waitFor({ timeout: 60_000 });
        expect(states.size).toBeGreaterThan(3); // it moved while the cell ran
        expect(await output(0).allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining("printed")]));
        expect((await output(1).locator("table").first().innerText()).replace(/\s+/g, " ")).toContain("apple 3");
        expect(await pictureSize(page, frontEnd, 2)).toMatchObject({ wide: true, high: true });
        expect(await output(4).first().innerText()).toContain("43");
        expect(await output(3).count()).toBe(2); // one bar, renewed in its place, and the value
      },
    );

    it("interrupts a cell by its button, with the state kept", { timeout: 60_000 }, async () => {
      const before = await page.locator(frontEnd.cell).count();
      await frontEnd.appendCell(page, `console.log("under way"); while (true) {}`);
      const loop = cell(before);
      await loop.locator(frontEnd.output).first().waitFor({ timeout: 30_000 });
      await frontEnd.interrupt(page);
      await loop.locator(frontEnd.output, { hasText: "KeyboardInterrupt" }).waitFor({ timeout: 30_000 });
      await frontEnd.appendCell(page, `answer * 2`);
      await page
        .locator(frontEnd.output, { hasText: /^(Out\[\d+\]:\s*)?84$/ })
        .first()
        .waitFor({ timeout: 30_000 });
    });

    it("highlights what only TypeScript has, as it does what JavaScript has too", { timeout: 60_000 }, async () => {
      await frontEnd.appendCell(page, `const side = 1; interface Shape { side: number }`);
      const style = (word: string) =>
        page
          .locator(".cm-line span, .CodeMirror-line span", { hasText: new RegExp(`^${word}$`) })
          .last()
          .getAttribute("class", { timeout: 30_000 });
      expect(await style("interface")).toBe(await style("const"));
    });

    it("shows a type error with its code frame", { timeout: 60_000 }, async () => {
      await frontEnd.appendCell(page, `const wrong: string = answer`);
      const error = page.locator(frontEnd.output, { hasText: "error TS2322" }).first();
      await error.waitFor({ timeout: 30_000 });
      expect(await error.innerText()).toMatch(/\| const wrong: string = answer\s+\|\s+~~~~~/);
    });
  });

/** Chooses "run all" again where a front end that was still loading its menus swallowed the click: nothing was sent then. */
async function runAll(page: Page, { cell, prompt, runAll }: FrontEnd): Promise<void> {
  const first = page.locator(cell).first().locator(prompt).first();
  const sent = async (): Promise<boolean> => !/\[\s*\]/.test((await first.textContent()) ?? "");
  for (let attempt = 1; attempt <= 3; attempt++) {
    await runAll(page).catch(async (error: unknown) => {
      throw new Error(`The front end could not be told to run all cells; ${await dialogOf(page)}`, { cause: error });
    });
    for (const end = Date.now() + 5000; Date.now() < end; await page.waitForTimeout(50)) if (await sent()) return;
    await page.keyboard.press("Escape");
  }
  throw new Error(`The front end never sent the first cell; its prompt is ${await first.textContent()}`);
}

/** What a dialog that stands before the notebook says. */
async function dialogOf(page: Page): Promise<string> {
  const texts = await page.locator(".jp-Dialog, .modal.in").allInnerTexts();
  return texts.length === 0 ? "no dialog is open" : `a dialog says: ${texts.join("; ").replace(/\s+/g, " ")}`;
}

/** Whether the figure of a cell can be seen: as an image, as SVG or drawn by Plotly. */
async function pictureSize(
  page: Page,
  { cell, output }: FrontEnd,
  index: number,
): Promise<{ wide: boolean; high: boolean }> {
  const box = await page.locator(cell).nth(index).locator(output).locator("svg, img").first().boundingBox();
  return { wide: (box?.width ?? 0) > 200, high: (box?.height ?? 0) > 150 };
}

interface Server {
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/** A Jupyter server of its own for the test, on a free port. */
async function startServer(command: readonly string[], folder: string): Promise<Server> {
  const port = await freePort();
  const token = randomUUID();
  const env = { ...jupyterEnvironment(), JUPYTER_TOKEN: token };
  const args = [...command, "--allow-root", "--no-browser", "--ip=127.0.0.1", `--port=${port}`];
  const child = spawn(jupyter, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (log += data.toString()));
  const url = `http://127.0.0.1:${port}/`;
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const answer = await fetch(`${url}api/status?token=${token}`).catch(() => undefined);
    if (answer?.ok) break;
    if (child.exitCode !== null || Date.now() > end) throw new Error(`Jupyter did not start:\n${log}`);
  }
  return { url, token, stop: () => stopGroup(child) };
}

/** Ends the server and the kernels that it started. */
async function stopGroup(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  process.kill(-child.pid!, "SIGTERM");
  const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 5000);
  await closed;
  clearTimeout(late);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
