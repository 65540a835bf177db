import { having, numberWhere, optional, type Rule } from "../../options.js";

/** Options of readers that decode on several threads. */
export interface ThreadOptions {
  /** 1 to 64; the images do not depend on it. Default: LONGTAIL_THREADS, else one a core; fewer for few images. */
  readonly threads?: number;
  /** Ends the reading: the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
}

export const THREAD_RULES: Readonly<Record<keyof ThreadOptions, Rule>> = {
  threads: optional(numberWhere("an integer from 1 to 64", (v) => Number.isInteger(v) && v >= 1 && v <= 64)),
  signal: optional(having("aborted", "addEventListener")),
};

/** Names of classes: as many as labels of 16 bits tell apart. */
export const NAMES: Rule = {
  range: "an array of 1 to 65536 different strings",
  accepts: (v) =>
    Array.isArray(v) &&
    v.length >= 1 &&
    v.length <= 65536 &&
    v.every((name) => typeof name === "string") &&
    new Set(v).size === v.length,
};

export const TEXT: Rule = { range: "a string", accepts: (v) => typeof v === "string" };
