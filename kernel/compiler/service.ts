import { join } from "node:path";
import { withoutAttributes } from "./attributes.js";
import { calledAt } from "./call.js";
import { completeness, type Completeness } from "./completeness.js";
import { toCodePoints, toCodeUnits } from "./cursor.js";
import { completeDeclarations } from "./declarations.js";
import { compileError, type CellError } from "./diagnostics.js";
import { withoutExports } from "./exports.js";
import { memberAt, type MemberAccess, type ValuePath } from "./member.js";
import { ModuleCompiler, type LocalModule } from "./modules.js";
import { CellCompiler } from "./program.js";
import { pathsAt } from "./paths.js";
import { quotedAt } from "./quoted.js";
import { subjectAt } from "./subject.js";
import { loadConverter, ts, type Candidates, type Converter } from "./typescript.js";

/** A cell ready to run. */
export interface CompiledCell {
  readonly code: string;
  readonly map: string;
  readonly names: readonly string[];
  readonly hasAwait: boolean;
}

export interface Completion {
  readonly matches: string[];
  /** In code points, as the protocol counts. */
  readonly start: number;
  readonly end: number;
  readonly types: { text: string; start: number; end: number; type: string }[];
  /** Where types say nothing of what can stand behind a dot: whose value does. */
  readonly access?: MemberAccess;
}

export interface Inspection {
  /** Type and documentation; null where nothing is declared. */
  readonly text: string | null;
  /** The way to the value, where the session may have one. */
  readonly path: ValuePath | undefined;
}

/** The compiler of one notebook: keeps what earlier cells declared. Everything here runs in the compiler's own thread. */
export class CompilerService {
  private readonly cells: CellCompiler;
  private readonly modules: ModuleCompiler;
  private readonly printQuickInfo: ReturnType<typeof loadConverter>["printQuickInfo"];
  private readonly createConverter: () => Converter;
  private converter: Converter | undefined;
  /** Declarations of all cells that ran so far, as tslab accumulates them. */
  private declarations = "";
  /** The same with those of the cell that was converted last. */
  private next = "";

  constructor(private readonly folder: string) {
    this.cells = new CellCompiler(folder);
    this.modules = new ModuleCompiler(this.cells);
    const { createConverter, printQuickInfo } = loadConverter(this.cells.api);
    this.createConverter = () => createConverter({ isJS: false, isBrowser: false });
    this.printQuickInfo = printQuickInfo;
  }

  /** Reads the standard declarations and compiles the code paths of a first cell, so that the user's own need not wait. */
  warm(): void {
    this.use((converter) => converter.convert("", "const warm = [1].map((x) => `${x}`);\nwarm"));
  }

  /** A cell as JavaScript, or what is wrong with it. What it declares is known to later calls once it has been adopted. */
  convert(source: string, cellName: string): CompiledCell | { error: CellError } {
    this.cells.refresh();
    this.next = this.declarations;
    const cell = withoutExports(withoutAttributes(source));
    const { diagnostics, declOutput = "" } = this.use((converter) => converter.convert(this.declarations, cell));
    if (diagnostics.length > 0) return { error: compileError(diagnostics, source, cellName) };
    if (!this.cells.emitted) throw new Error("The converter reported no error and emitted nothing");
    const { code, map, names, untyped, hasAwait } = this.cells.emitted;
    this.next = completeDeclarations(this.declarations, declOutput, { names, untyped });
    return { code, map, names, hasAwait };
  }

  /** To be called when the cell that was converted last runs; one that is interrupted before declares nothing. */
  adopt(): void {
    this.declarations = this.next;
  }

  /** An expression of `user_expressions` as JavaScript. */
  expression(source: string): string {
    return ts.transpile(`(${source}\n)`, { target: ts.ScriptTarget.ES2022, removeComments: true });
  }

  complete(source: string, codePoints: number): Completion {
    const position = toCodeUnits(source, codePoints);
    const found = this.use((converter) => converter.complete(this.declarations, source, position));
    const { start, end, candidates, original } = inQuotes(found, source, position, this.folder);
    const from = toCodePoints(source, Math.max(0, Math.min(start, source.length)));
    const to = toCodePoints(source, Math.max(0, Math.min(end, source.length)));
    const kinds = new Map(original?.entries?.map((entry) => [entry.name, entry.kind]));
    const matches = candidates.filter((name) => name !== "__tslab__");
    const types = matches.map((text) => ({ text, start: from, end: to, type: kinds.get(text) ?? "" }));
    const access = matches.length === 0 && !quotedAt(source, position) ? memberAt(source, position) : undefined;
    if (!access) return { matches, start: from, end: to, types };
    const name = toCodePoints(source, position - access.typed.length);
    return { matches, start: name, end: toCodePoints(source, position), types, access };
  }

  /** Type and documentation at the cursor, or before it where it stands on nothing; among the arguments of a call, of what is called. */
  inspect(source: string, codePoints: number): Inspection {
    const position = toCodeUnits(source, codePoints);
    const path = subjectAt(source, position);
    const called = calledAt(source, position) ?? 0;
    for (const at of [position, position - 1, called - 1]) {
      if (at < 0) continue;
      const info = this.use((converter) => converter.inspect(this.declarations, source, at));
      const text = info ? this.printQuickInfo(info) : "";
      if (text !== "" && text !== "any") return { text, path }; // "any" alone: a name that nothing declares
    }
    return { text: null, path };
  }

  isComplete(source: string): Completeness {
    return completeness(source);
  }

  /** Local modules behind `specifier`; null where it names a package or a built-in module. `fromFile` null: from a cell. */
  module(specifier: string, fromFile: string | null): { entry: string; modules: LocalModule[] } | null {
    return this.modules.graph(specifier, fromFile ?? join(this.folder, "__tslab__.ts"));
  }

  /** After an internal failure the converter's program may be half updated: the next call makes a fresh one. */
  private use<T>(action: (converter: Converter) => T): T {
    try {
      return action((this.converter ??= this.createConverter()));
    } catch (error) {
      this.converter = undefined;
      throw error;
    }
  }
}

/**
 * tslab completes names; in a string it gives all that could stand there, for the cursor. Where it knows of nothing, a string is
 * taken for a path, as IPython does; one of a module begins with a dot.
 */
function inQuotes(found: Candidates, source: string, position: number, folder: string): Candidates {
  const quoted = quotedAt(source, position);
  if (!quoted) return found;
  const { start, end, content, module } = quoted;
  const typed = source.slice(start, position).toLowerCase();
  const candidates = found.candidates.filter((name) => name.toLowerCase().startsWith(typed));
  const path = source.slice(content, position);
  if (candidates.length > 0 || (module && !/^\.\.?\//.test(path))) return { ...found, start, end, candidates };
  const slash = path.lastIndexOf("/") + 1;
  return { ...found, start: content + slash, end: position, candidates: pathsAt(folder, path, module) };
}
