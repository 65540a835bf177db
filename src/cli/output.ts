import { stopAll } from "./stop.js";

/** Nobody reads any more: the reader has ended, or the terminal was closed. */
const UNREAD = new Set(["EPIPE", "EIO"]);

/**
 * Heeds that output may have nowhere to go. Where its reader has seen enough (`longtail ... | head`), or its terminal was
 * closed, what goes on is stopped in order. On a full disk, the work is worth more than its messages; that results could not
 * be written is said, and the exit code is 1.
 */
export function heedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    let isLost = false;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (isLost) return; // once is enough
      isLost = true;
      if (UNREAD.has(error.code ?? "")) {
        if (!stopAll("Nobody reads the output")) process.exit(0);
      } else if (stream === process.stdout) {
        console.error(`longtail: Cannot write to standard output: ${error.message}`);
        process.once("exit", () => (process.exitCode ||= 1));
      }
    });
  }
}
