import { inspect, types } from "node:util";
import { hasMethods } from "../format/formatter.js";

const MOST_LINES = 10;
const MOST_LETTERS = 1000;
/** Of so many properties an object is not written out: that alone would take long. */
const MOST_KEYS = 1000;

/**
 * What a value is now, in a few lines, as far as that says more than its type; undefined of functions and modules, and where
 * there is none. Runs nothing of the user's, such as getters.
 */
export function valueText(value: unknown): string | undefined {
  if (value === undefined || typeof value === "function" || isModule(value)) return undefined;
  if (isTensor(value)) return `Tensor ${value.dtype} [${value.shape.join(", ")}]`;
  const isCollection = Array.isArray(value) || ArrayBuffer.isView(value) || types.isMap(value) || types.isSet(value);
  if (typeof value === "object" && value !== null && !isCollection && !types.isProxy(value)) {
    const count = Object.keys(value).length;
    if (count > MOST_KEYS) return `an object of ${count} properties`;
  }
  const text = inspect(value, {
    ...{ customInspect: false, depth: 1, compact: 3, breakLength: 80 },
    ...{ maxArrayLength: 20, maxStringLength: MOST_LETTERS },
  });
  const lines = text.split("\n");
  const kept = lines.slice(0, MOST_LINES).join("\n").slice(0, MOST_LETTERS);
  return kept === text ? text : `${kept}\n…`;
}

function isTensor(value: unknown): value is { readonly dtype: string; readonly shape: readonly number[] } {
  return (
    !types.isProxy(value) &&
    hasMethods(value, "dataSync", "slice", "dispose") &&
    Array.isArray((value as { shape?: unknown }).shape)
  );
}

function isModule(value: unknown): boolean {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  return Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module";
}
