import type { Redis } from "ioredis";

/** Milliseconds until a server that does not answer counts as none. */
const PATIENCE = 5000;
/** Milliseconds between two tries to reach a server that has gone away: more and more, up to this. */
const MOST_BETWEEN = 3000;

/** An address without its password, for people. */
export function shown(address: string): string {
  const url = new URL(address);
  if (url.password !== "") url.password = "***";
  return String(url);
}

/** Why a Redis that is there does not do what it is asked, such as for want of memory; undefined for any other error. */
export function refusal(error: unknown): string | undefined {
  // Of several commands that belong together it says only that one of them was refused.
  const { name, message, previousErrors } = error as Error & { readonly previousErrors?: readonly Error[] };
  return name === "ReplyError" ? (previousErrors?.[0]?.message ?? message) : undefined;
}

/**
 * Connects to a Redis. One that is not there is an error at once; one that goes away later is waited for, by all that is asked
 * of it meanwhile.
 * @throws Error with what was expected, what was found, and what to do
 */
export async function connect(address: string): Promise<Redis> {
  const { Redis } = await import("ioredis");
  let isThere = false;
  const client = new Redis(address, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isThere ? Math.min(100 * times, MOST_BETWEEN) : null),
  });
  let found: Error | undefined;
  client.on("error", (error) => (found = error));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} seconds`)), PATIENCE);
  });
  try {
    await Promise.race([client.connect().then(() => client.ping()), late]);
    isThere = true;
    return client;
  } catch (error) {
    client.disconnect();
    const why = (found ?? (error as Error)).message.replace(/(\. Please report this)?\.$/, "");
    const { host, port, protocol } = new URL(address);
    const first = /^(NOAUTH|WRONGPASS) /.test(why)
      ? `Give its password (${protocol}//:PASSWORD@${host})`
      : `Start one there (redis-server --port ${port || 6379} --appendonly yes)`;
    throw new Error(`No Redis can be used at ${shown(address)}: ${why}. ${first}, or give another address`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
