import { StringDecoder } from "node:string_decoder";
import { takeOverChildren } from "./children.js";

/** What the process around user code reports to the session. */
export interface HostEvents {
  readonly write: (name: "stdout" | "stderr", text: string) => void;
  /** `console.clear()`, which does nothing where there is no terminal. */
  readonly clear: () => void;
  readonly uncaught: (error: unknown) => void;
  readonly rejected: (reason: unknown) => void;
  /** The thread waits for a child process from now on, or no longer does. */
  readonly waits: (waits: boolean) => void;
}

/** Takes over what a Node process prints to, and what would end it: a kernel outlives both. */
export function takeOverProcess({ write, clear, uncaught, rejected, waits }: HostEvents): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8"); // bytes may end in the middle of a character
    process[name].write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const isBytes = typeof chunk !== "string" || (typeof encoding === "string" && !/^utf-?8$/i.test(encoding));
      write(name, isBytes ? decoder.write(Buffer.from(chunk as string, encoding as BufferEncoding)) : chunk);
      const done = typeof encoding === "function" ? encoding : callback;
      if (typeof done === "function") process.nextTick(done);
      return true;
    };
  }
  takeOverChildren(waits);
  console.clear = clear;
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", rejected);
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }) => {
    // "Experimental" is about what the kernel uses of Node, not about the user's code.
    if (name !== "ExperimentalWarning") write("stderr", `${name}: ${message}\n`);
  });
  process.exit = (code?: number | string | null): never => {
    const message = `process.exit(${code ?? ""}) was called; the kernel goes on. Restart it to end it.`;
    throw Object.assign(new Error(message), { name: "SystemExit" });
  };
}
