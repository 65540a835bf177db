/** When to stop waiting: after some milliseconds, when a signal aborts, or (with neither) never. */
export interface Deadline {
  readonly timeout?: number | undefined;
  /** Message of the reason when the time is over. */
  readonly late: string;
  readonly signal?: AbortSignal | undefined;
}

/** The longest that a timer can wait, in ms (25 days): asked for more, Node's fire at once. */
export const LONGEST_WAIT = 2 ** 31 - 1;

/** A promise of the reason to stop, and what gives its timer back. */
export function stopReason({ timeout, late, signal }: Deadline): { promise: Promise<Error>; clear: () => void } {
  let clear!: () => void;
  const promise = new Promise<Error>((resolve) => {
    const abort = (): void => {
      const reason: unknown = signal?.reason;
      resolve(reason instanceof Error ? reason : new Error(String(reason)));
    };
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    const expire = (): void => resolve(new Error(late));
    const timer = timeout === undefined ? undefined : setTimeout(expire, Math.min(timeout, LONGEST_WAIT));
    clear = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  return { promise, clear };
}

/** What the promise gives, unless the deadline comes first. @throws the reason to stop */
export async function within<T>(promise: Promise<T>, deadline: Deadline): Promise<T> {
  const stopped = stopReason(deadline);
  try {
    return await Promise.race([promise, stopped.promise.then((reason) => Promise.reject(reason))]);
  } finally {
    stopped.clear();
    promise.catch(() => undefined);
  }
}
