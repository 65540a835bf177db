import { inspect } from "node:util";
import { nearest } from "./nearest.js";

/** What a parameter may be; `range` completes the sentence "must be ...". */
export interface Rule {
  readonly range: string;
  readonly optional?: boolean;
  accepts(value: unknown): boolean;
}

/** A rule for finite numbers of which something holds. */
export function numberWhere(range: string, holds: (value: number) => boolean): Rule {
  return { range, accepts: (value) => typeof value === "number" && Number.isFinite(value) && holds(value) };
}

export const finite = numberWhere("a finite number", () => true);
export const positive = numberWhere("a finite number > 0", (v) => v > 0);
export const probability = numberWhere("a number in [0, 1]", (v) => v >= 0 && v <= 1);
export const level = numberWhere("a number in [0, 1)", (v) => v >= 0 && v < 1);
/** The sampling limits (binomials up to 2^31 - 1) bound the counts everywhere. */
export const count = numberWhere(
  "an integer from 1 to 2147483647",
  (v) => Number.isInteger(v) && v >= 1 && v < 2 ** 31,
);
/** Significant digits; a double has no more than 17. */
export const digits = numberWhere("an integer from 1 to 100", (v) => Number.isInteger(v) && v >= 1 && v <= 100);
export const seed = numberWhere("a safe integer", Number.isSafeInteger);

export function within(low: number, high: number, why: string): Rule {
  return numberWhere(`a number in (${low}, ${high}), which is ${why}`, (v) => v > low && v < high);
}

export function oneOf(...names: readonly string[]): Rule {
  return { range: names.map((n) => `"${n}"`).join(" or "), accepts: (v) => names.includes(v as string) };
}

export const text: Rule = { range: "a text", accepts: (v) => typeof v === "string" && v.trim() !== "" };
export const flag: Rule = { range: "true or false", accepts: (v) => typeof v === "boolean" };
export const abortSignal: Rule = { range: "an AbortSignal", accepts: (v) => v instanceof AbortSignal };
export const callback: Rule = { range: "a function", accepts: (v) => typeof v === "function" };

/** An object of another library, known by the methods it must have. */
export function having(...methods: readonly string[]): Rule {
  return {
    range: `an object with ${methods.join(", ")}`,
    accepts: (v) => typeof v === "object" && v !== null && methods.every((m) => m in v),
  };
}

export function optional(rule: Rule): Rule {
  return { ...rule, optional: true };
}

/**
 * Holds an options object against one rule a parameter, and throws a RangeError that names the function, the
 * parameter, what it may be and what it is; unknown names are errors too, and parameters that are inherited.
 */
export function check(caller: string, options: object, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== "object" || options === null)
    throw new RangeError(`${caller}: expected an object of ${Object.keys(rules).join(", ")} (got ${show(options)})`);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      throw new RangeError(
        `${caller}: there is no parameter "${name}"; the parameters are ${known.join(", ")}${meant(name, known)}`,
      );
    }
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined && rule.optional) continue;
    // Objects are spread on their way, which leaves behind what is not their own: its default would be taken without a word.
    if (value !== undefined && !Object.hasOwn(options, name))
      throw new RangeError(
        `${caller}: ${name} must be the object's own, as in { ${name}: ... }; here its class or prototype has it`,
      );
    if (!rule.accepts(value)) {
      throw new RangeError(`${caller}: ${name} must be ${rule.range} (got ${show(value)})`);
    }
  }
}

/**
 * @param what the name of the argument
 * @throws RangeError for what is no array; a tensor is read first
 */
export function checkArray(caller: string, what: string, value: ArrayLike<unknown>): void {
  const given: unknown = value;
  if (typeof given === "object" && given !== null && "length" in given && Number.isInteger(given.length)) return;
  const isTensor = typeof given === "object" && given !== null && "dataId" in given;
  const found = isTensor ? "a tensor; await tensor.data() reads it" : show(given);
  throw new RangeError(`${caller}: ${what} must be an array (got ${found})`);
}

/** What was given, and defaults for the rest: an option that is undefined was not given. */
export function withDefaults<T extends object>(defaults: Partial<T>, given: object): T {
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) } as T;
}

function meant(name: string, known: readonly string[]): string {
  const match = nearest(name, known);
  return match === undefined ? "" : `. Did you mean ${match}?`;
}

/** A value in a line: a data set or a network is not spelt out. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}...` : value);
  // In an array, for what is by itself shows itself as a table, and within others in a line.
  const how = { depth: 1, maxArrayLength: 10, maxStringLength: 60, compact: true, breakLength: Infinity };
  return inspect([value], how).slice("[ ".length, -" ]".length);
}

/**
 * Refuses misspelt options, which would otherwise be ignored without a word.
 *
 * @throws RangeError that names the function, the unknown option and the known ones.
 */
export function refuseUnknown(caller: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new RangeError(
        `${caller}: there is no option "${name}"; the options are ${known.join(", ")}${meant(name, known)}`,
      );
    }
  }
}
