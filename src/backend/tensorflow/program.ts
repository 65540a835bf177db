import { execFile } from "node:child_process";

/** How a program ended; `code` is undefined where it could not be started. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Default: this process's own. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end, without a shell. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { ...options, maxBuffer: 2 ** 26, encoding: "utf8" }, (error, out, err) => {
      if (!error) resolve({ code: 0, out, err });
      else if (error.code === "ENOENT" || error.code === "EACCES")
        resolve({ code: undefined, out, err: error.message });
      else
        resolve({ code: Number(error.code) || -1, out, err: error.signal ? `${err}\nended by ${error.signal}` : err });
    });
  });
}

/** The end of what a program said, errors first: for a message. */
export function complaint({ out, err }: Ended): string {
  return (err.trim() || out.trim()).split("\n").slice(-12).join("\n");
}

/** The last line of what a program wrote. */
export function lastLine({ out }: Ended): string {
  const said = out.trimEnd();
  return said.slice(said.lastIndexOf("\n") + 1);
}
