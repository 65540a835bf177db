import { readdirSync, readFileSync } from "node:fs";

/**
 * The child process that user code waits for (`execSync`, `spawnSync`). Meanwhile its thread hears of nothing, not even of its
 * termination: as Ctrl-C in a terminal, an interrupt reaches the child. On Linux, whose `/proc` says which process that is.
 */
export class AwaitedChild {
  private waiting: { readonly ended: Promise<void>; readonly end: () => void } | undefined;

  /** To be called with what the thread of user code says of itself: that it waits from now on, or no longer does. */
  set waits(waits: boolean) {
    this.waiting?.end();
    this.waiting = undefined;
    if (!waits) return;
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.waiting = { ended, end };
  }

  /**
   * Signals the child and all below it.
   * @returns when the thread no longer waits; undefined where it waits for none, or none is found
   */
  signal(signal: "SIGINT" | "SIGKILL"): Promise<void> | undefined {
    if (!this.waiting) return undefined;
    // The thread that waits has started no other since. Its number is that of the process.
    const child = childrenOf(process.pid, process.pid).at(-1);
    if (child === undefined) return undefined;
    for (const pid of [child, ...descendantsOf(child)])
      try {
        process.kill(pid, signal);
      } catch {
        // it has ended, or belongs to another user (sudo)
      }
    return this.waiting.ended;
  }
}

function descendantsOf(pid: number): number[] {
  const children = entries(`/proc/${pid}/task`).flatMap((thread) => childrenOf(pid, Number(thread)));
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Processes that a thread has started, the oldest first. */
function childrenOf(pid: number, thread: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return []; // another system, or it has ended
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
