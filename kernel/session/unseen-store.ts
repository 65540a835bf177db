import { AsyncLocalStorage } from "node:async_hooks";

/** AsyncLocalStorage as Node below 24 has it: each promise, timer and handle carries the store as a property of its own. */
interface Carried {
  readonly kResourceStore?: symbol;
  readonly enabled: boolean;
  _propagate?(resource: object, from: Record<symbol, unknown>): void;
}

/**
 * An AsyncLocalStorage that does not show where values are looked at. Node's own makes the store an enumerable property of
 * every promise and timer, so that `console.log(promise)` printed all that a running cell consists of.
 */
export function unseenStore<T>(): AsyncLocalStorage<T> {
  const storage = new AsyncLocalStorage<T>();
  const carried = storage as unknown as Carried;
  const { kResourceStore: key } = carried;
  if (key === undefined || !carried._propagate) return storage; // Node 24 carries it elsewhere
  const unseen: PropertyDescriptor = { enumerable: false, writable: true, configurable: true };
  carried._propagate = (resource, from) => {
    if (!carried.enabled) return;
    unseen.value = from[key];
    Object.defineProperty(resource, key, unseen);
  };
  return storage;
}
