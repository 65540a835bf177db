type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process without which a kernel must not stay behind: the one that Jupyter names in JPY_PARENT_PID. On Windows Jupyter
 * puts a handle there, which is no process's number; there it is whoever started the kernel.
 * @param ppid of the process that started the kernel, read when it starts
 * @returns undefined where there is nobody to watch
 */
export function watchedParent(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  ppid: number = process.ppid,
): number | undefined {
  const parent = platform === "win32" ? ppid : Number(env["JPY_PARENT_PID"]);
  return parent > 1 ? parent : undefined;
}

/**
 * Variables for a kernel that is to end itself when the process with this number is gone. On Windows kernels expect handles,
 * which Node.js cannot give: none is set, and those that this process was given itself are taken away, for they mean nothing
 * in another process.
 */
export function parentVariables(
  platform: NodeJS.Platform = process.platform,
  pid: number = process.pid,
): Record<string, string | undefined> {
  if (platform !== "win32") return { JPY_PARENT_PID: String(pid) };
  return { JPY_PARENT_PID: undefined, JPY_INTERRUPT_EVENT: undefined, IPY_INTERRUPT_EVENT: undefined };
}
