import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type typescript from "typescript";
import { withoutAttributes } from "./attributes.js";
import { cellTransformer, type CellEmit } from "./cell.js";
import { errorsOf } from "./diagnostics.js";
import { packageFolder } from "./folders.js";
import { compilerOptions } from "./options.js";
import { ts } from "./typescript.js";

/** Declarations that the compiler's own library lacks. */
const LIBRARIES = ["es2023.d.ts", "node.d.ts"].map((file) => join(packageFolder, "kernel", "compiler", "lib", file));

/** The compiler's own `emit`, which can be told to write declarations in spite of types that they cannot spell. */
type ForcedEmit = (
  file: typescript.SourceFile,
  write: typescript.WriteFileCallback,
  cancellation: typescript.CancellationToken | undefined,
  declarationsOnly: boolean | undefined,
  transformers: typescript.CustomTransformers,
  forceDeclarations: boolean,
) => typescript.EmitResult;

/** JavaScript of the cell that was converted last, as the tuned compiler saw it pass. */
export interface Emitted extends CellEmit {
  code: string;
  map: string;
}

/** Types of the module that the kernel itself provides. */
const DISPLAY_TYPES: typescript.ResolvedModuleFull = {
  resolvedFileName: join(packageFolder, "dist", "kernel", "tslab.d.ts"),
  extension: ts.Extension.Dts,
  isExternalLibraryImport: true,
};

/** Result of looking a specifier up as the type checker does. */
export interface Resolution {
  readonly file: string;
  /** True where the file is one of the user's own sources, which the kernel compiles and links afresh after each edit. */
  readonly local: boolean;
}

/**
 * A copy of the TypeScript API for tslab's converter, with four things changed from outside:
 *
 * - a thin builder over `createProgram`: the published one walks every declaration file for each cell (60 of 85 ms after
 *   importing tfjs);
 * - module resolution as bundlers do it (package `exports`, tsconfig `paths`, any relative folder), with this package and
 *   what it depends on as a last resort;
 * - the emit of a cell goes through `cellTransformer`, with a source map;
 * - errors are those of `errorsOf`.
 */
export class CellCompiler {
  readonly api: typeof typescript;
  emitted: Emitted | undefined;
  private readonly watchers = new Map<string, typescript.FileWatcherCallback>();
  readonly options: typescript.CompilerOptions;
  private readonly cache: typescript.ModuleResolutionCache;
  private program: typescript.Program | undefined;

  constructor(folder: string) {
    this.options = compilerOptions(folder);
    this.cache = ts.createModuleResolutionCache(folder, (name) => name, this.options);
    const sys = Object.assign(Object.create(ts.sys) as typescript.System, {
      // No file system watchers: `refresh` looks at the few files that can change just before each conversion.
      watchFile: (path: string, callback: typescript.FileWatcherCallback) => {
        this.watchers.set(path, callback);
        return { close: () => this.watchers.delete(path) };
      },
      watchDirectory: () => ({ close: () => undefined }),
    });
    const changed = { getPreEmitDiagnosticsOfFiles: errorsOf }; // one of the fork's own functions
    this.api = {
      ...ts,
      ...changed,
      sys,
      createWatchCompilerHost: this.createHost.bind(this) as typeof ts.createWatchCompilerHost,
      // tslab turns the emitted module into CommonJS here; our emit is final already.
      transpileModule: (input, options) =>
        options.fileName === "custom.js" ? { outputText: input } : ts.transpileModule(input, options),
    };
  }

  /** Looks a specifier up from `fromFile`; undefined where nothing is found. */
  resolve(specifier: string, fromFile: string): Resolution | undefined {
    const found = this.resolveModule(specifier, fromFile).resolvedModule;
    if (!found) return undefined;
    const local = isUserFile(found.resolvedFileName) && !found.isExternalLibraryImport;
    return { file: found.resolvedFileName, local };
  }

  /** Tells the program which of the user's files have changed on disk since it read them. */
  refresh(): void {
    for (const file of this.program?.getSourceFiles() ?? []) {
      if (file.isDeclarationFile || file.fileName.endsWith("__tslab__.ts") || !isUserFile(file.fileName)) continue;
      const text = existsSync(file.fileName) ? withoutAttributes(readFileSync(file.fileName, "utf8")) : undefined;
      if (text === file.text) continue;
      const kind = text === undefined ? ts.FileWatcherEventKind.Deleted : ts.FileWatcherEventKind.Changed;
      this.watchers.get(file.fileName)?.(file.fileName, kind);
    }
  }

  private resolveModule(
    specifier: string,
    fromFile: string,
    host: typescript.ModuleResolutionHost = ts.sys,
  ): typescript.ResolvedModuleWithFailedLookupLocations {
    if (specifier === "tslab" && isUserFile(fromFile)) return { resolvedModule: DISPLAY_TYPES };
    const relative = /^[./]/.test(specifier);
    // What the user may write or move between two cells is looked up each time; packages are looked up once.
    const cache = relative && isUserFile(fromFile) ? undefined : this.cache;
    const found = ts.resolveModuleName(specifier, fromFile, this.options, host, cache);
    if (found.resolvedModule || relative || !isUserFile(fromFile)) return found;
    const installed = ts.resolveModuleName(specifier, fromFile, this.options, host);
    if (installed.resolvedModule) return installed;
    const own = ts.resolveModuleName(specifier, join(packageFolder, "cell.ts"), this.options, host, this.cache);
    return own.resolvedModule ? own : found;
  }

  private createHost(
    rootFiles: string[],
    options: typescript.CompilerOptions,
    sys: typescript.System,
    _createProgram: unknown,
    reportDiagnostic: typescript.DiagnosticReporter,
    reportStatus: typescript.WatchStatusReporter,
  ): typescript.WatchCompilerHostOfFilesAndCompilerOptions<typescript.BuilderProgram> {
    const merged = { ...options, ...this.options };
    const read = sys.readFile.bind(sys);
    sys.readFile = (path, encoding) => {
      const text = read(path, encoding);
      if (rootFiles.includes(path)) return text && withDeclaredExports(text);
      return text && isUserFile(path) ? withoutAttributes(text) : text;
    };
    const host = ts.createWatchCompilerHost(
      [...rootFiles, ...LIBRARIES],
      merged,
      sys,
      (roots, opts, compilerHost, previous, configDiagnostics, references) => {
        this.program = ts.createProgram({
          rootNames: roots ?? [],
          options: opts ?? merged,
          ...(compilerHost && { host: compilerHost }),
          ...(previous && { oldProgram: previous.getProgram() }),
          ...(configDiagnostics && { configFileParsingDiagnostics: configDiagnostics }),
          ...(references && { projectReferences: references }),
        });
        // Types that no declaration can spell (of an unexported interface, a class's private member) are no mistake in a cell.
        this.program.getDeclarationDiagnostics = () => [];
        return this.thinBuilder(this.program, rootFiles);
      },
      reportDiagnostic,
      reportStatus,
    );
    host.resolveModuleNameLiterals = (literals, containingFile) =>
      literals.map((literal) => this.resolveModule(literal.text, containingFile, sys));
    // Left to itself the watch program would also prepare to watch each folder it looked into (a fifth of the start).
    host.resolveTypeReferenceDirectiveReferences = (references, containingFile) =>
      references.map((reference) => {
        const name = typeof reference === "string" ? reference : reference.fileName.toLowerCase();
        return ts.resolveTypeReferenceDirective(name, containingFile, this.options, sys);
      });
    host.hasInvalidatedResolutions = isUserFile;
    return host;
  }

  /** What tslab's converter uses of a builder program, and nothing that costs time. */
  private thinBuilder(program: typescript.Program, cellFiles: readonly string[]): typescript.BuilderProgram {
    const bind = (
      ts as unknown as { bindSourceFile: (f: typescript.SourceFile, o: typescript.CompilerOptions) => void }
    ).bindSourceFile;
    for (const name of cellFiles) {
      const file = program.getSourceFile(name);
      if (file) bind(file, program.getCompilerOptions()); // tslab reads `locals` right after an update
    }
    const builder = {
      getProgram: () => program,
      getProgramOrUndefined: () => program,
      getSourceFile: (name: string) => program.getSourceFile(name),
      getSourceFiles: () => program.getSourceFiles(),
      getCompilerOptions: () => program.getCompilerOptions(),
      getCurrentDirectory: () => program.getCurrentDirectory(),
      getConfigFileParsingDiagnostics: () => [],
      getOptionsDiagnostics: () => [],
      getGlobalDiagnostics: () => [],
      getDeclarationDiagnostics: () => [],
      getSyntacticDiagnostics: (file?: typescript.SourceFile) => program.getSyntacticDiagnostics(file),
      getSemanticDiagnostics: (file?: typescript.SourceFile) => program.getSemanticDiagnostics(file),
      getAllDependencies: (file: typescript.SourceFile) => this.localDependencies(program, file),
      emit: (...args: Parameters<typescript.Program["emit"]>) => this.emit(program, ...args),
      releaseProgram: () => undefined,
      getState: () => ({}),
      saveEmitState: () => undefined,
      restoreEmitState: () => undefined,
      hasChangedEmitSignature: () => false,
      emitBuildInfo: () => ({ emitSkipped: true, diagnostics: [] }),
      close: () => undefined,
    };
    return builder;
  }

  /** The file and the user's own sources that it imports, directly or not. Declaration files are not followed. */
  private localDependencies(program: typescript.Program, start: typescript.SourceFile): string[] {
    const seen = new Set<string>();
    const visit = (file: typescript.SourceFile): void => {
      seen.add(file.fileName);
      const { imports = [] } = file as unknown as { imports?: readonly typescript.StringLiteralLike[] };
      for (const literal of imports) {
        const target = this.resolve(literal.text, file.fileName);
        if (!target?.local || seen.has(target.file)) continue;
        const next = program.getSourceFile(target.file);
        if (next) visit(next);
      }
    };
    visit(start);
    return [...seen];
  }

  private emit(
    program: typescript.Program,
    file?: typescript.SourceFile,
    write?: typescript.WriteFileCallback,
    cancellation?: typescript.CancellationToken,
    declarationsOnly?: boolean,
    transformers?: typescript.CustomTransformers,
  ): typescript.EmitResult {
    if (!file?.fileName.endsWith("__tslab__.ts") || !write) return { emitSkipped: true, diagnostics: [] };
    const cell: CellEmit = { names: [], untyped: [], hasAwait: false };
    let code = "";
    let map = "";
    const result = (program as { emit: ForcedEmit }).emit(
      file,
      (fileName, text) => {
        if (fileName.endsWith(".js.map")) map = text;
        else if (fileName.endsWith(".js")) code = text;
        // tslab compares with the names that its own options would give.
        else if (fileName.endsWith(".d.ts")) write("outDir/__tslab__.d.ts", text, false);
      },
      cancellation,
      declarationsOnly,
      { after: [cellTransformer(cell)], afterDeclarations: transformers?.afterDeclarations ?? [] },
      true,
    );
    write("outDir/__tslab__.js", code, false);
    this.emitted = { ...cell, code, map };
    return result;
  }
}

/**
 * tslab ends a cell with `export {` its symbols `}`, as the checker spells them: `__name` with one underscore more, `__global`
 * for `declare global`, a quoted name for `declare module "m"`. Only names that the cell declares can be exported.
 */
function withDeclaredExports(text: string): string {
  return text.replace(/(?<=\nexport \{)[^{}\n]*(?=\}$)/, (list) =>
    list
      .split(", ")
      .filter((key) => key !== "__global" && !key.startsWith('"'))
      .map((key) => ts.unescapeLeadingUnderscores(key as typescript.__String))
      .join(", "),
  );
}

/** True for cells and for the user's own sources: everything that may change while the kernel runs. */
function isUserFile(file: string): boolean {
  return !/\.d\.[cm]?ts$|[\\/]node_modules[\\/]/.test(file) || file.endsWith("__prev__.d.ts");
}
