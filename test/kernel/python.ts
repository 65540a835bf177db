import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { ownKernel } from "../../kernel/kernelspec.js";
import { folderWith } from "./kernel.js";

/** A Python that can import `module`: the one of LONGTAIL_PYTHON, the system's, the first on the path; undefined where none can. */
export function pythonWith(module: string): string | undefined {
  const candidates = [process.env["LONGTAIL_PYTHON"], "/usr/bin/python3", "python3"].filter(
    (name) => name !== undefined,
  );
  return candidates.find((python) => spawnSync(python, ["-c", `import ${module}`]).status === 0);
}

/** Environment in which Jupyter finds our kernel under the name `longtail`, and keeps its own files in a folder of its own. */
export function jupyterEnvironment(): NodeJS.ProcessEnv {
  const { argv } = ownKernel();
  const spec = { argv, display_name: "TypeScript (longtail)", language: "typescript", interrupt_mode: "message" };
  const folder = folderWith({ "data/kernels/longtail/kernel.json": JSON.stringify(spec) });
  return {
    ...process.env,
    JUPYTER_PATH: join(folder, "data"),
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTER_DATA_DIR: join(folder, "user"),
    IPYTHONDIR: join(folder, "ipython"),
  };
}

/** Runs a command to its end. */
export function runCommand(
  command: string,
  args: readonly string[],
  { env = process.env, cwd = folderWith() }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}
