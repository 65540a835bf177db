import { setTimeout as pause } from "node:timers/promises";

/** What the thread of user code answers, or `otherwise` where it does not within so many milliseconds: user code may keep it. */
export function soon<T>(answer: Promise<T>, otherwise: T, within = 300): Promise<T> {
  return Promise.race([answer, pause(within, otherwise, { ref: false })]);
}
