import { randomUUID } from "node:crypto";
import { cp, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { prepareFolder, writeAtomic } from "./atomic.js";
import { whenFree } from "./busy-file.js";
import { packageFolder } from "./compiler/folders.js";
import {
  dataFolder,
  environmentPrefix,
  KERNEL_NAME,
  ownKernel,
  readSpec,
  type KernelSpec,
  type Machine,
} from "./kernelspec.js";
import { lastingNode } from "./lasting-node.js";

export interface InstallOptions {
  /** Name of the kernelspec: letters, digits, `.`, `_`, `-`. Default `"longtail"`. */
  name?: string;
  /** What the user interface calls it. Default `"TypeScript (longtail)"`. */
  displayName?: string;
  /** Install below `PREFIX/share/jupyter`. Default: the user's own Jupyter folder. */
  prefix?: string;
  /** Install into the active Python environment (venv or conda). */
  sysPrefix?: boolean;
  /** For tests: the machine whose rules apply. */
  machine?: Machine;
}

export interface Installed {
  readonly name: string;
  /** Folder of the kernelspec. */
  readonly folder: string;
  /** What will not work for ever, if anything. */
  readonly warnings: readonly string[];
}

/** Key in a kernelspec's metadata that says that this package wrote it. */
const MARK = "longtail";

/**
 * Registers the kernel with Jupyter, without needing Python. The kernelspec appears whole or not at all; an earlier one
 * of this package is replaced.
 * @throws when a kernelspec of this name was written by somebody else, or nothing can be written there
 */
export async function install(options: InstallOptions = {}): Promise<Installed> {
  const name = kernelName(options.name);
  const folder = join(kernelsFolder(options), name);
  await expectOurs(folder, "replace it", "choose another name");
  const { argv, main } = ownKernel();
  await stat(main).catch(() => {
    throw new Error(`Expected the compiled kernel at ${main}, found nothing; build the package first (npm run build)`);
  });
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const spec: KernelSpec = {
    argv: [lastingNode(options.machine), ...argv.slice(1)],
    display_name: options.displayName ?? "TypeScript (longtail)",
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: false, [MARK]: { version } },
  };
  // A leading dot: a half-written kernelspec is none for Jupyter, whose names begin otherwise.
  const fresh = join(dirname(folder), `.${name}-${randomUUID().slice(0, 8)}`);
  const old = `${fresh}-old`;
  await prepareFolder(dirname(folder)).catch((cause: Error) => {
    const elsewhere =
      "below a folder of yours by --prefix DIR, in a Python environment by --sys-prefix, or where JUPYTER_DATA_DIR says";
    throw new Error(`${cause.message}. The kernel can be installed elsewhere: ${elsewhere}`, { cause });
  });
  await prepareFolder(fresh);
  try {
    await cp(join(packageFolder, "kernel", "logo"), fresh, { recursive: true });
    await writeAtomic(join(fresh, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
    await whenFree(() => rename(folder, old)).catch(ignoreMissing);
    await whenFree(() => rename(fresh, folder));
  } finally {
    for (const rest of [fresh, old]) await rm(rest, { recursive: true, force: true, maxRetries: 5 });
  }
  const warnings: string[] = [];
  if (/[\\/]_npx[\\/]/.test(main))
    warnings.push(
      "npx keeps this package in a cache that may be emptied; install it (npm install longtail) to be sure",
    );
  return { name, folder, warnings };
}

/**
 * Removes a kernelspec that `install` wrote.
 * @throws when there is none, or somebody else wrote it
 */
export async function uninstall(options: Omit<InstallOptions, "displayName"> = {}): Promise<Installed> {
  const name = kernelName(options.name);
  const folder = join(kernelsFolder(options), name);
  if (!(await expectOurs(folder, "remove it", `remove it with: jupyter kernelspec remove ${name}`)))
    throw new Error(`No kernelspec at ${folder}: nothing to remove`);
  await rm(folder, { recursive: true, maxRetries: 5 });
  return { name, folder, warnings: [] };
}

/** Whether this package wrote the kernelspec in a folder. */
export function isOurs(spec: KernelSpec): boolean {
  return spec.metadata?.[MARK] !== undefined;
}

/** @returns false when nothing is there */
async function expectOurs(folder: string, verb: string, advice: string): Promise<boolean> {
  if (!(await stat(folder).catch(() => undefined))) return false;
  const spec = await readSpec(folder).catch(() => undefined);
  if (spec && isOurs(spec)) return true;
  throw new Error(`${folder} was not written by longtail, which will not ${verb}; ${advice}`);
}

function kernelName(name = KERNEL_NAME): string {
  if (!/^[a-z0-9_-][a-z0-9._-]*$/i.test(name))
    throw new Error(`Kernel name: expected letters, digits, ".", "_" and "-", found ${JSON.stringify(name)}`);
  return name.toLowerCase();
}

function kernelsFolder({ prefix, sysPrefix = false, machine }: InstallOptions): string {
  if (prefix !== undefined && sysPrefix) throw new Error("Expected a prefix or the active environment, found both");
  if (!sysPrefix) return join(prefix === undefined ? dataFolder(machine) : join(prefix, "share", "jupyter"), "kernels");
  const active = environmentPrefix(machine);
  if (!active)
    throw new Error(
      "Expected an active Python environment (VIRTUAL_ENV or CONDA_PREFIX), found none; activate one first",
    );
  return join(active, "share", "jupyter", "kernels");
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
