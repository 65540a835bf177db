import { access, readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { packageFolder } from "./compiler/folders.js";
import type { KernelCommand } from "./launch.js";

/** Content of a kernel.json, as far as it is used here. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode?: "message" | "signal";
  readonly env?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A kernelspec found on this machine. */
export interface InstalledKernel {
  readonly name: string;
  /** Folder that holds its kernel.json. */
  readonly folder: string;
  readonly spec: KernelSpec;
}

/** Name under which the kernel of this package is registered unless another is asked for. */
export const KERNEL_NAME = "longtail";

/** The parts of the machine that Jupyter's rules look at. Default: the real ones. */
export interface Machine {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
}

/** The kernel of this package, run by the Node that runs this. */
export function ownKernel(): KernelCommand & { readonly main: string } {
  const main = join(packageFolder, "dist", "kernel", "main.js");
  return {
    main,
    // Without the flag Node aborts the process when an interrupt hits the callback of a timer.
    argv: [process.execPath, "--no-force-async-hooks-checks", main, "--connection-file", "{connection_file}"],
  };
}

/** Folder where Jupyter keeps what a user installs, by the rules of jupyter_core. */
export function dataFolder({ platform = process.platform, env = process.env, home = homedir() }: Machine = {}): string {
  if (env["JUPYTER_DATA_DIR"]) return env["JUPYTER_DATA_DIR"];
  if (usesPlatformDirs(env)) {
    if (platform === "darwin") return join(home, "Library", "Application Support", "Jupyter");
    if (platform === "win32") return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "Jupyter");
  }
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32")
    return env["APPDATA"]
      ? join(env["APPDATA"], "jupyter")
      : join(env["JUPYTER_CONFIG_DIR"] ?? join(home, ".jupyter"), "data");
  return join(env["XDG_DATA_HOME"] || join(home, ".local", "share"), "jupyter");
}

/** Whether Jupyter was asked to keep its files where programs of the platform do. */
function usesPlatformDirs(env: NonNullable<Machine["env"]>): boolean {
  const asked = env["JUPYTER_PLATFORM_DIRS"];
  return asked !== undefined && !["no", "n", "false", "off", "0", "0.0"].includes(asked.toLowerCase());
}

/** Prefix of the active Python environment (venv or conda), if there is one. */
export function environmentPrefix({ env = process.env }: Machine = {}): string | undefined {
  return env["VIRTUAL_ENV"] || env["CONDA_PREFIX"] || undefined;
}

/** Folders in which Jupyter looks for kernels, first come first served. */
export function kernelFolders(machine: Machine = {}): string[] {
  const { platform = process.platform, env = process.env } = machine;
  const explicit = env["JUPYTER_PATH"]?.split(platform === "win32" ? ";" : delimiter).filter(Boolean) ?? [];
  const prefix = environmentPrefix(machine);
  const system =
    platform === "win32"
      ? env["PROGRAMDATA"]
        ? [join(env["PROGRAMDATA"], "jupyter")]
        : []
      : platform === "darwin" && usesPlatformDirs(env)
        ? ["/Library/Application Support/Jupyter"]
        : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
  const environment = prefix ? [join(prefix, "share", "jupyter")] : [];
  return [...explicit, dataFolder(machine), ...environment, ...system].map((folder) => join(folder, "kernels"));
}

/** Kernels that are installed here, by name. Folders without a readable kernel.json are no kernels. */
export async function listKernels(machine: Machine = {}): Promise<InstalledKernel[]> {
  const found = new Map<string, InstalledKernel>();
  for (const folder of kernelFolders(machine)) {
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names) {
      const spec = await readSpec(join(folder, name)).catch(() => undefined);
      if (spec && !found.has(name.toLowerCase()))
        found.set(name.toLowerCase(), { name: name.toLowerCase(), folder: join(folder, name), spec });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Command of an installed kernel. @throws when there is none of this name, listing those that there are */
export async function findKernel(name: string, machine: Machine = {}): Promise<KernelCommand> {
  const kernels = await listKernels(machine);
  const kernel = kernels.find((candidate) => candidate.name === name.toLowerCase());
  if (!kernel) {
    const names = kernels.map((candidate) => candidate.name).join(", ") || "none";
    throw new Error(`No kernel named "${name}" is installed; found: ${names}`);
  }
  const { argv, env, interrupt_mode = "signal" } = kernel.spec;
  return {
    argv: argv.map((argument) => argument.replaceAll("{resource_dir}", kernel.folder)),
    interruptMode: interrupt_mode,
    ...(env && { env }),
  };
}

/** Reads the kernel.json in a folder. @throws when there is none, or it names no command */
export async function readSpec(folder: string): Promise<KernelSpec> {
  const file = join(folder, "kernel.json");
  await access(file);
  const spec = JSON.parse(await readFile(file, "utf8")) as KernelSpec | null;
  if (!Array.isArray(spec?.argv)) throw new Error(`${file}: expected a list argv`);
  return spec;
}
