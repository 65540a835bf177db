import type { CellProgress } from "./run.js";

/** A claim that a notebook held against a number, from its outputs of type `application/vnd.longtail.checks+json`. */
export interface Check {
  readonly id: string;
  readonly claim: string;
  readonly parameters?: unknown;
  /** null where it was not a number: JSON has no NaN. */
  readonly measured: number | null;
  /** Standard error of `measured`. */
  readonly error?: number | null;
  readonly relation?: string;
  readonly bound: number | null;
  readonly holds: boolean;
}

export interface NotebookSummary {
  /** Name of the file. */
  readonly file: string;
  /** Code cells that ran. */
  readonly cells: number;
  readonly seconds: number;
  readonly ok: boolean;
  readonly error?: string;
}

/** Content of `summary.json`. */
export interface WorkbookSummary {
  /** ISO 8601. */
  readonly started: string;
  /** Version of Node. */
  readonly node: string;
  readonly device?: string;
  readonly scale: string;
  readonly seconds: number;
  readonly notebooks: readonly NotebookSummary[];
  readonly checks: readonly (Check & { readonly notebook: string })[];
}

export interface WorkbookProgress extends CellProgress {
  readonly file: string;
  /** 1 for the first notebook, of `notebooks`. */
  readonly notebook: number;
  readonly notebooks: number;
  /** Part of the work that is done, 0 to 1, by the times of an earlier run where there was one. */
  readonly fraction: number;
}
