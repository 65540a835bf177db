import { types } from "node:util";

/** Names that are told, at most: of a dictionary of thousands nobody reads more. */
const MOST = 1000;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * What can follow a dot behind a value that is reached from `root` by `keys`: names that begin as `typed`, its own first. Runs
 * nothing of the user's: behind getters and proxies there is nothing.
 */
export function membersOf(root: unknown, keys: readonly string[], typed: string): string[] {
  const start = typed.toLowerCase();
  const names = new Set<string>();
  for (const holder of holders(valueAt(root, keys))) {
    if (hasElements(holder)) continue;
    for (const name of Object.getOwnPropertyNames(holder))
      if (name !== "constructor" && name.toLowerCase().startsWith(start) && IDENTIFIER.test(name)) names.add(name);
  }
  return [...names].slice(0, MOST);
}

/** What keys lead to from a value, one after the other; undefined behind getters and proxies. */
export function valueAt(root: unknown, keys: readonly string[]): unknown {
  return keys.reduce(propertyOf, root);
}

function propertyOf(value: unknown, key: string): unknown {
  for (const holder of holders(value)) {
    const property = Object.getOwnPropertyDescriptor(holder, key);
    if (property) return property.value as unknown;
  }
  return undefined;
}

/** A value and its prototypes, but that of all objects, and none from a proxy on. */
function* holders(value: unknown): Generator<object> {
  if (value === undefined || value === null) return;
  let holder: object | null = Object(value) as object;
  for (; holder && holder !== Object.prototype; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return;
    yield holder;
  }
}

/** Whether its own properties are elements, of which there may be millions. */
function hasElements(holder: object): boolean {
  const isPrototype = Object.hasOwn(holder, "constructor");
  return !isPrototype && (Array.isArray(holder) || ArrayBuffer.isView(holder) || holder instanceof String);
}
