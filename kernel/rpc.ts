import type { MessagePort, Worker } from "node:worker_threads";

type Methods = Record<string, (...args: never[]) => unknown>;
type Call = { call: number; method: string; args: unknown[] };
type Answer = { answer: number; value?: unknown; error?: string };

/** The remote side's methods, each returning a promise. */
export type Remote<M extends Methods> = {
  [K in keyof M]: (...args: Parameters<M[K]>) => Promise<Awaited<ReturnType<M[K]>>>;
};

/** Calls the methods that the other end of `port` serves. Other messages on the port are left alone. */
export function remote<M extends Methods>(port: MessagePort | Worker): Remote<M> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  port.on("message", (message: Partial<Answer>) => {
    if (message.answer === undefined) return;
    const call = waiting.get(message.answer);
    waiting.delete(message.answer);
    if (message.error !== undefined) call?.reject(new Error(message.error));
    else call?.resolve(message.value);
  });
  return new Proxy({} as Remote<M>, {
    get:
      (_, method: string) =>
      (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          waiting.set(++last, { resolve, reject });
          port.postMessage({ call: last, method, args } satisfies Call);
        }),
  });
}

/** Serves `methods` to the other end of `port`. */
export function serve<M extends Methods>(port: MessagePort, methods: M): void {
  const table = new Map(Object.entries(methods));
  port.on("message", (message: Partial<Call>) => {
    const { call, method, args = [] } = message;
    if (call === undefined || method === undefined) return;
    void (async (): Promise<Answer> => {
      try {
        return { answer: call, value: await table.get(method)!(...(args as never[])) };
      } catch (error) {
        return { answer: call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
      }
    })().then((answer) => port.postMessage(answer));
  });
}
