import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type typescript from "typescript";
import { withoutAttributes } from "./attributes.js";
import { guardAwaits } from "./guard.js";
import { jsxEmit, nameJsxImports } from "./jsx.js";
import { emitOptions } from "./options.js";
import type { CellCompiler } from "./program.js";
import { isModulePath } from "./quoted.js";
import { ts } from "./typescript.js";

/** One of the user's own source files, compiled to the System module format (live bindings, cycles, top-level await). */
export interface LocalModule {
  readonly file: string;
  /** Digest of this file and of every local file below it: a module is evaluated again when anything under it changed. */
  version: string;
  readonly source: string;
  readonly code: string;
  /** Lines of `code` that stand before the first of the file. */
  readonly headLines: number;
  readonly map: string;
  /** Where each specifier leads: a local file, or null for a package or built-in module. */
  readonly imports: Record<string, string | null>;
}

interface Compiled extends Omit<LocalModule, "version"> {
  readonly digest: string;
}

/** Compiles local modules, each once per content. */
export class ModuleCompiler {
  private readonly compiled = new Map<string, Compiled>();

  constructor(private readonly cells: CellCompiler) {}

  /** The module that `specifier` names when imported from `fromFile`, with all local modules below it; null where it is not local. */
  graph(specifier: string, fromFile: string): { entry: string; modules: LocalModule[] } | null {
    const entry = this.cells.resolve(specifier, fromFile);
    if (!entry?.local) return null;
    const modules = new Map<string, LocalModule>();
    this.collect(entry.file, modules);
    // A version must also change when a module further down a cycle did: digest over everything reachable.
    for (const module of modules.values()) {
      const hash = createHash("sha256");
      for (const file of [...reachable(module.file, modules)].sort()) hash.update(this.compiled.get(file)!.digest);
      module.version = hash.digest("hex");
    }
    return { entry: entry.file, modules: [...modules.values()] };
  }

  private collect(file: string, modules: Map<string, LocalModule>): void {
    if (modules.has(file)) return;
    const compiled = this.compile(file);
    modules.set(file, { ...compiled, version: "" });
    for (const target of Object.values(compiled.imports)) if (target) this.collect(target, modules);
  }

  private compile(file: string): Compiled {
    const text = readFileSync(file, "utf8");
    const digest = createHash("sha256").update(file).update("\0").update(text).digest("hex");
    const known = this.compiled.get(file);
    // Resolution may change without the text changing (a file that was missing): look it up again each time.
    if (known?.digest === digest) return { ...known, imports: this.resolveAll(Object.keys(known.imports), file) };
    const compiled = { file, digest, source: text, ...this.translate(file, text) };
    this.compiled.set(file, compiled);
    return compiled;
  }

  private translate(file: string, written: string): Pick<LocalModule, "code" | "headLines" | "map" | "imports"> {
    const text = withoutAttributes(written.replace(/^#!/, "//"));
    if (extname(file) === ".json")
      return {
        // As the type checker has it: the keys of an object are exports too.
        code:
          `System.register([], (e) => ({ execute() { const value = ${text.trim()}; ` +
          'e(typeof value === "object" && !Array.isArray(value) ? { ...value, default: value } : { default: value }); } }))',
        headLines: 0,
        map: "",
        imports: {},
      };
    if (isCommonJS(file, text)) return { ...wrapCommonJS(text), map: "", imports: {} };
    if (hasExportEquals(file, text)) {
      const { outputText, sourceMapText = "" } = this.transpile(file, text, ts.ModuleKind.CommonJS);
      return { ...wrapCommonJS(outputText), map: sourceMapText, imports: {} };
    }
    const { outputText, sourceMapText = "" } = this.transpile(file, text, ts.ModuleKind.System);
    const imports = this.resolveAll(specifiersOf(file, text), file);
    return { code: outputText, headLines: 0, map: sourceMapText, imports };
  }

  private transpile(fileName: string, text: string, module: typescript.ModuleKind): typescript.TranspileOutput {
    const { options } = this.cells;
    return ts.transpileModule(text, {
      fileName,
      compilerOptions: {
        module,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        experimentalDecorators: true,
        sourceMap: true,
        ...emitOptions(options),
        jsx: jsxEmit(options),
      },
      transformers: {
        after: [(context) => (source: typescript.SourceFile) => nameJsxImports(context, guardAwaits(context, source))],
      },
    });
  }

  private resolveAll(specifiers: readonly string[], fromFile: string): Record<string, string | null> {
    const imports: Record<string, string | null> = {};
    for (const specifier of specifiers) {
      const target = this.cells.resolve(specifier, fromFile);
      imports[specifier] = target?.local ? target.file : null;
    }
    return imports;
  }
}

/** What a file imports. By its tree: the compiler's own scan for it misses `export * as`, and what follows a quote in a pattern. */
function specifiersOf(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: typescript.Node): void => {
    if (ts.isStringLiteralLike(node) && isModulePath(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** By its name, or by what stands in it, as Node tells `.js` files apart. */
function isCommonJS(file: string, text: string): boolean {
  const extension = extname(file);
  if (extension !== ".js") return extension === ".cjs";
  return /\bmodule\.exports\b|\bexports\.\w/.test(text) && !/^\s*(import|export)\b/m.test(text);
}

/** Whether a file says `export =`, which only CommonJS has. */
function hasExportEquals(file: string, text: string): boolean {
  if (!/\bexport\s*=/.test(text)) return false;
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return statements.some((statement) => ts.isExportAssignment(statement) && statement.isExportEquals === true);
}

function wrapCommonJS(text: string): Pick<LocalModule, "code" | "headLines"> {
  const head =
    "System.register([], (e) => ({ execute() { const module = { exports: {} }; (function (exports, module) {";
  const tail =
    "})(module.exports, module); " +
    "e(module.exports.__esModule ? module.exports : { ...module.exports, default: module.exports }); } }))";
  return { code: `${head}\n${text}\n${tail}`, headLines: 1 };
}

function reachable(start: string, modules: ReadonlyMap<string, LocalModule>): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const target of Object.values(modules.get(file)!.imports)) if (target) visit(target);
  };
  visit(start);
  return seen;
}
