import { printable } from "../show/printable.js";

/** Says what went wrong where all commands do, on standard error. */
export function complain(error: unknown): void {
  console.error(`longtail: ${printable(error instanceof Error ? error.message : String(error))}`);
}
