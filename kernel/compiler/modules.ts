import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import type typescript from "typescript";
import { guardAwaits } from "./guard.js";
import { jsxEmit, nameJsxImports } from "./jsx.js";
import { emitOptions } from "./options.js";
import type { CellCompiler } from "./program.js";
import { ts } from "./typescript.js";

/** One of the user's own source files, compiled to the System module format (live bindings, cycles, top-level await). */
export interface LocalModule {
  readonly file: string;
  /** Digest of this file and of every local file below it: a module is evaluated again when anything under it changed. */
  version: string;
  readonly source: string;
  readonly code: string;
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

  private translate(file: string, text: string): Pick<LocalModule, "code" | "map" | "imports"> {
    if (extname(file) === ".json")
      return {
        // As the type checker has it: the keys of an object are exports too.
        code:
          `System.register([], (e) => ({ execute() { const value = ${text.trim()}; ` +
          'e(typeof value === "object" && !Array.isArray(value) ? { ...value, default: value } : { default: value }); } }))',
        map: "",
        imports: {},
      };
    if (isCommonJS(file, text))
      return {
        code:
          "System.register([], (e, { require, meta }) => ({ execute() { const module = { exports: {} }; " +
          `(function (exports, module, __filename, __dirname) { ${text}\n})` +
          "(module.exports, module, meta.filename, meta.dirname); " +
          "e(module.exports.__esModule ? module.exports : { ...module.exports, default: module.exports }); } }))",
        map: "",
        imports: {},
      };
    const { outputText, sourceMapText = "" } = ts.transpileModule(text, {
      fileName: file,
      compilerOptions: {
        module: ts.ModuleKind.System,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        experimentalDecorators: true,
        sourceMap: true,
        ...emitOptions(this.cells.options),
        jsx: jsxEmit(this.cells.options),
      },
      transformers: {
        after: [(context) => (source: typescript.SourceFile) => nameJsxImports(context, guardAwaits(context, source))],
      },
    });
    const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((reference) => reference.fileName);
    return { code: outputText, map: sourceMapText, imports: this.resolveAll(specifiers, file) };
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

/** By its name, or by what stands in it, as Node tells `.js` files apart. */
function isCommonJS(file: string, text: string): boolean {
  const extension = extname(file);
  if (extension !== ".js") return extension === ".cjs";
  return /\bmodule\.exports\b|\bexports\.\w/.test(text) && !/^\s*(import|export)\b/m.test(text);
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
