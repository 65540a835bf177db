import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type typescript from "typescript";

const require = createRequire(import.meta.url);
const fromTslab = createRequire(require.resolve("tslab/package.json"));

/** Folder of the installed tslab package. */
export const tslabFolder = dirname(require.resolve("tslab/package.json"));

/** The TypeScript that tslab's converter runs on: its own fork (5.0), with hooks for completion in cells. */
export const compilerPath = fromTslab.resolve("@tslab/typescript-for-tslab");
export const ts = fromTslab(compilerPath) as typeof typescript;

/** Position as tslab reports it: `line` and `character` count from 0. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly start: Position;
  readonly end: Position;
  readonly messageText: string;
  readonly category: number;
  readonly code: number;
  /** Absent for the cell itself. */
  readonly fileName?: string;
}

/** What may stand between `start` and `end` of the source. */
export interface Candidates {
  readonly start: number;
  readonly end: number;
  readonly candidates: string[];
  readonly original?: { entries?: { name: string; kind: string }[] };
}

/** tslab's converter (`tslab/dist/converter.js`), as far as it is used here. */
export interface Converter {
  convert(previousDeclarations: string, source: string): { diagnostics: Diagnostic[]; declOutput?: string };
  complete(previousDeclarations: string, source: string, position: number): Candidates;
  inspect(previousDeclarations: string, source: string, position: number): typescript.QuickInfo | null;
}

/** Puts `compiler` in the place of the module that tslab's converter requires, then loads the converter. */
export function loadConverter(compiler: typeof typescript): {
  createConverter: (options: { isJS: boolean; isBrowser: boolean }) => Converter;
  printQuickInfo: (info: typescript.QuickInfo) => string;
} {
  const cached = require.cache[compilerPath];
  if (!cached) throw new Error(`Expected ${compilerPath} in the module cache`);
  cached.exports = compiler;
  const load = createRequire(join(tslabFolder, "dist", "converter.js"));
  const { createConverter } = load("./converter.js") as { createConverter: never };
  const { printQuickInfo } = load("./inspect.js") as { printQuickInfo: never };
  return { createConverter, printQuickInfo };
}
