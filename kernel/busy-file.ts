import { setTimeout as sleep } from "node:timers/promises";

/** What Windows answers while another program (a virus scanner, an indexer, OneDrive) has a file open, or one is being deleted. */
const BUSY: readonly unknown[] = ["EPERM", "EACCES", "EBUSY"];
/** Milliseconds: about two seconds in all. */
const PAUSES = [10, 20, 40, 80, 160, 320, 640, 730];

/**
 * Does something to a file, again if the file is busy: on Windows, for about two seconds; elsewhere no program keeps another
 * from a file by having it open, and what fails would fail again.
 * @throws what `action` throws in the end
 */
export async function whenFree<T>(
  action: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
  pauses: readonly number[] = PAUSES,
): Promise<T> {
  for (let tries = 0; ; tries++)
    try {
      return await action();
    } catch (error) {
      await sleep(pauseAfter(error, platform, pauses[tries]));
    }
}

/** As `whenFree`, but nothing else happens meanwhile. @throws what `action` throws in the end */
export function whenFreeSync<T>(
  action: () => T,
  platform: NodeJS.Platform = process.platform,
  pauses: readonly number[] = PAUSES,
): T {
  for (let tries = 0; ; tries++)
    try {
      return action();
    } catch (error) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseAfter(error, platform, pauses[tries]));
    }
}

/** @throws the error itself where another try would not help, or there were enough */
function pauseAfter(error: unknown, platform: NodeJS.Platform, pause: number | undefined): number {
  if (platform !== "win32" || pause === undefined || !BUSY.includes((error as NodeJS.ErrnoException).code)) throw error;
  return pause;
}
