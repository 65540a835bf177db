import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { writeAtomic } from "./atomic.js";
import { packageFolder } from "./compiler/folders.js";
import { install } from "./install.js";
import { dataFolder } from "./kernelspec.js";

/** Installed into a virtual environment of its own where no Jupyter is found. */
const JUPYTERLAB = "jupyterlab==4.6.6";

/** Installed beside it for its renderer of figures, without which JupyterLab shows their pictures, and none of 3-D or maps. */
const PLOTLY = "plotly==7.1.0";

export interface LabOptions {
  /** Folder to open. */
  notebooks: string;
  /** Further arguments for Jupyter, such as `--no-browser`. */
  args?: readonly string[];
  /** Told what happens before Jupyter takes over. */
  log?: (line: string) => void;
}

/**
 * Opens JupyterLab with the kernel registered for this session only: an installed JupyterLab, else an installed classic
 * Notebook, else one in a private virtual environment that is made for it.
 * @returns Jupyter's exit code
 * @throws when there is no Jupyter and none can be installed, saying what to install
 */
export async function openLab({ notebooks, args = [], log = () => {} }: LabOptions): Promise<number> {
  const folder = privateFolder();
  await install({ prefix: folder });
  // The checkout's package.json calls scripts below it modules; those that JupyterLab brings are none.
  await writeAtomic(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  const command = findJupyter(folder) ?? (await installJupyter(folder, log));
  trust(command, notebooks);
  log(`Opening ${notebooks} with ${command.join(" ")} (Ctrl-C ends it)`);
  const path = [join(folder, "share", "jupyter"), process.env["JUPYTER_PATH"]].filter(Boolean).join(delimiter);
  const [executable, ...first] = command as [string, ...string[]];
  return run(executable, [...first, ...args], { cwd: notebooks, env: { ...process.env, JUPYTER_PATH: path } });
}

/** The checkout's `.venv`, which git ignores; for an installed package, whose folder is not ours to grow, a folder of Jupyter's. */
function privateFolder(): string {
  const isCheckout = existsSync(join(packageFolder, "tsconfig.json"));
  return isCheckout ? join(packageFolder, ".venv") : join(dataFolder(), "longtail");
}

function executables(folder: string, name: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", `${name}.exe`) : join(folder, "bin", name);
}

function findJupyter(folder: string): string[] | undefined {
  const candidates = [
    ["jupyter", "lab"],
    ["jupyter-lab"],
    [executables(folder, "jupyter-lab")],
    ["jupyter", "notebook"],
  ];
  return candidates.find(([executable, ...args]) => {
    const { status } = spawnSync(executable!, [...args, "--version"], { stdio: "ignore" });
    return status === 0;
  });
}

async function installJupyter(folder: string, log: (line: string) => void): Promise<string[]> {
  const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  const advice = `install JupyterLab (pip install ${JUPYTERLAB}, or a package of your system) and try again`;
  if (!python) throw new Error(`Found neither Jupyter nor Python; ${advice}`);
  log(`No Jupyter found: making a virtual environment for it in ${folder}`);
  if ((await run(python, ["-m", "venv", folder])) !== 0)
    throw new Error(`Python could not make a virtual environment (on Debian: apt install python3-venv), or ${advice}`);
  log(`Installing ${JUPYTERLAB} and ${PLOTLY} there (about 310 MB, once)`);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", JUPYTERLAB, PLOTLY];
  if ((await run(executables(folder, "python"), pip)) !== 0)
    throw new Error(`pip could not install ${JUPYTERLAB} (is the network there?); ${advice}`);
  return [executables(folder, "jupyter-lab")];
}

/** Signs the notebooks of the workbook: Jupyter shows the figures stored in a notebook only once its user trusts it. */
function trust([jupyter, ...rest]: readonly string[], notebooks: string): void {
  const files = readdirSync(notebooks).filter((file) => file.endsWith(".ipynb"));
  const command =
    rest.length > 0 ? [jupyter!, "trust"] : [jupyter!.replace(/jupyter-lab(?=(\.exe)?$)/, "jupyter-trust")];
  // Where this fails the figures appear when the cells are run.
  spawnSync(command[0]!, [...command.slice(1), ...files], { cwd: notebooks, stdio: "ignore" });
}

/** Runs a program on this terminal. @returns its exit code */
function run(executable: string, args: readonly string[], options = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    // Ctrl-C reaches the program too, which decides what it means (Jupyter asks whether to shut down).
    const ignore = (): void => {};
    process.on("SIGINT", ignore);
    spawn(executable, args, { stdio: "inherit", ...options })
      .once("error", reject)
      .once("close", (code) => {
        process.removeListener("SIGINT", ignore);
        resolve(code ?? 1);
      });
  });
}
