import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

interface Digest {
  first: number[];
  last: number[];
  sha256: string;
}

interface Reference {
  labeled: Record<string, number[]>;
  unlabeled: Record<string, number[]>;
  amounts: Record<string, number[]>;
  relevance: Record<string, number[]>;
  subsets: { counts: number[]; order: number[]; labeled: Digest; unlabeledCounts: number[]; unlabeled: Digest };
  authors: Record<string, string>;
  weights: Record<string, number[]>;
  mass: Record<string, number[]>;
}

/** What make_reference.py computed. */
export const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/tail/reference.json", import.meta.url), "utf8"),
) as Reference;

/** As the script makes them: neither sorted nor balanced. */
export function labels(count: number, classes: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i * 7919) % 10007) % classes);
}

/** SHA-256 of indices as little-endian 32-bit numbers. */
export function digest(indices: Uint32Array): string {
  return createHash("sha256").update(indices).digest("hex");
}
