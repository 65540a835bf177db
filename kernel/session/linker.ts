import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { constants, Script } from "node:vm";
import type { LocalModule } from "../compiler/modules.js";
import { RUNTIME } from "../compiler/names.js";
import { importMeta } from "./meta.js";
import type { Tracebacks } from "./traceback.js";

export type Namespace = Record<string, unknown>;
type Setter = (module: Namespace) => void;
/** By name in the scope: the export, `*` for all of them, and what sets the name. */
type Bindings = Record<string, [name: string, bind: (value: unknown) => void]>;
type Graph = { entry: string; modules: LocalModule[] };

/** A local module in the System format: `setters` receive the namespaces of its imports, `execute` runs its body. */
interface Declaration {
  setters?: ((module: Namespace) => void)[];
  execute?: () => unknown;
}

interface Linked {
  readonly version: string;
  readonly namespace: Namespace;
  /** Called whenever an export changes: bindings are live. */
  readonly importers: Set<Setter>;
  declaration: Declaration;
  readonly dependencies: Linked[];
  execution?: Promise<void>;
  /** The dependency whose execution this one's waits for. */
  waitsFor?: Linked | undefined;
}

/**
 * Loads what cells import. The user's own modules are linked here, again after each edit; everything else is Node's,
 * looked up from the importing folder first and among this package's own dependencies last.
 */
export class Linker {
  /** Names of the scope that follow an export of a local module; the functions end that. */
  private readonly live = new Map<string, () => void>();
  private readonly linked = new Map<string, Linked>();
  private readonly importers = new Map<string, (specifier: string) => Promise<Namespace>>();

  constructor(
    private readonly folder: string,
    private readonly packageFolder: string,
    private readonly compile: (specifier: string, fromFile: string | null) => Promise<Graph | null>,
    private readonly tracebacks: Tracebacks,
    private readonly runtime: () => object,
    /** Modules that the kernel itself provides. */
    private readonly provided: Record<string, Namespace>,
  ) {}

  /** For import statements: binds names of the scope, now and whenever a local module changes what they stand for. */
  async load(specifier: string, bindings: Bindings): Promise<void> {
    const graph = await this.resolve(specifier, null);
    const record = graph && (await this.link(graph));
    const namespace = record ? record.namespace : await this.external(specifier, this.folder);
    for (const [name] of Object.values(bindings))
      if (name !== "*" && !(name in namespace))
        throw new SyntaxError(
          `The module "${specifier}" has no export named "${name}"; it has: ${exportNames(namespace)}`,
        );
    for (const [local, [name, bind]] of Object.entries(bindings)) {
      const setter = (module: Namespace): void => bind(name === "*" ? module : module[name]);
      setter(namespace);
      if (!record) continue;
      record.importers.add(setter);
      this.live.set(local, () => record.importers.delete(setter));
    }
  }

  /** Leaves names alone that a cell declares again, whatever they were bound to. */
  release(names: readonly string[]): void {
    for (const name of names) {
      this.live.get(name)?.();
      this.live.delete(name);
    }
  }

  /** For `import()`. */
  async import(specifier: string, fromFile: string | null = null): Promise<Namespace> {
    const graph = await this.resolve(specifier, fromFile);
    if (graph) return (await this.link(graph)).namespace;
    return this.external(specifier, fromFile === null ? this.folder : dirname(fromFile));
  }

  private async resolve(specifier: string, fromFile: string | null): Promise<Graph | null> {
    if (specifier in this.provided || specifier.startsWith("node:")) return null;
    return this.compile(specifier, fromFile);
  }

  private async link({ entry, modules }: Graph): Promise<Linked> {
    const graph = new Map(modules.map((module) => [module.file, module]));
    const created = new Map<string, Linked>();
    try {
      const record = await this.instantiate(entry, graph, created);
      await this.execute(record);
      return record;
    } catch (error) {
      // Nobody has seen these modules: the next import starts afresh, and fails in the same way or not at all.
      for (const [file, record] of created) if (this.linked.get(file) === record) this.linked.delete(file);
      throw error;
    }
  }

  private async instantiate(
    file: string,
    graph: ReadonlyMap<string, LocalModule>,
    created: Map<string, Linked>,
  ): Promise<Linked> {
    const module = graph.get(file)!;
    const known = this.linked.get(file);
    if (known?.version === module.version) return known;
    this.tracebacks.add(file, { map: module.map, source: module.source, prefixLines: 0 });
    const { dependencies, declare } = this.register(module);
    const namespace = Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }) as Namespace;
    const record: Linked = {
      version: module.version,
      namespace,
      importers: new Set(),
      declaration: {},
      dependencies: [],
    };
    this.linked.set(file, record);
    created.set(file, record);
    const changed = (): void => record.importers.forEach((importer) => importer(namespace));
    const exporter = (name: string | Namespace, value?: unknown): unknown => {
      if (typeof name === "string") namespace[name] = value;
      else Object.assign(namespace, name);
      changed();
      return typeof name === "string" ? value : name;
    };
    const context = {
      import: (specifier: string) => this.import(specifier, file),
      meta: importMeta(file, this.packageFolder),
    };
    record.declaration = declare(exporter, context);
    for (const [index, specifier] of dependencies.entries()) {
      const setter = record.declaration.setters?.[index] ?? (() => undefined);
      const target = module.imports[specifier];
      if (!target) {
        setter(await this.external(specifier, dirname(file)));
        continue;
      }
      const dependency = await this.instantiate(target, graph, created);
      record.dependencies.push(dependency);
      dependency.importers.add(setter);
      setter(dependency.namespace);
    }
    return record;
  }

  /** Runs the registration script of a local module. */
  private register(module: LocalModule): {
    dependencies: string[];
    declare: (exporter: (name: string | Namespace, value?: unknown) => unknown, context: object) => Declaration;
  } {
    let registered: ReturnType<Linker["register"]> | undefined;
    const System = {
      register: (dependencies: string[], declare: ReturnType<Linker["register"]>["declare"]) => {
        registered = { dependencies, declare };
      },
    };
    // What CommonJS offers, as in cells: projects that are compiled to it use it in any file.
    const parameters = ["System", RUNTIME, "require", "__filename", "__dirname"];
    const values = [System, this.runtime(), createRequire(module.file), module.file, dirname(module.file)];
    const script = new Script(`(function (${parameters.join(", ")}) {\n${module.code}\n})`, {
      filename: module.file,
      lineOffset: -1 - module.headLines,
    });
    (script.runInThisContext() as (...parameters: unknown[]) => void)(...values);
    if (!registered) throw new Error(`${module.file}: expected the compiled module to register itself`);
    return registered;
  }

  private execute(record: Linked): Promise<void> {
    record.execution ??= this.evaluate(record);
    return record.execution;
  }

  private async evaluate(record: Linked): Promise<void> {
    await Promise.resolve(); // `execution` must be set before a cycle leads back here
    for (const dependency of record.dependencies) {
      if (isWaiting(dependency, record)) continue; // in a cycle: it goes on afterwards, as in ES modules
      record.waitsFor = dependency;
      await this.execute(dependency);
    }
    record.waitsFor = undefined;
    await record.declaration.execute?.();
  }

  private async external(specifier: string, folder: string): Promise<Namespace> {
    const provided = this.provided[specifier];
    if (provided) return provided;
    try {
      return this.interoperate(await this.importer(folder)(specifier), specifier, folder);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ERR_IMPORT_ATTRIBUTE_MISSING" || code === "ERR_IMPORT_ASSERTION_TYPE_MISSING")
        return { default: createRequire(join(folder, "cell.js"))(specifier) as unknown };
      if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${specifier.split("/")[0]!}`)) throw error;
      const own = await this.importer(this.packageFolder)(specifier).catch(() => {
        throw error;
      });
      return this.interoperate(own, specifier, this.packageFolder);
    }
  }

  /** `import()` as it works in a file of `folder`. */
  private importer(folder: string): (specifier: string) => Promise<Namespace> {
    let importer = this.importers.get(folder);
    if (!importer) {
      const script = new Script("(specifier) => import(specifier)", {
        filename: join(folder, "cell.js"),
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
      importer = script.runInThisContext() as (specifier: string) => Promise<Namespace>;
      this.importers.set(folder, importer);
    }
    return importer;
  }

  /** CommonJS packages as TypeScript's `esModuleInterop` sees them: every property a named export, `default` as they define it. */
  private interoperate(namespace: Namespace, specifier: string, folder: string): Namespace {
    const exports = namespace["default"];
    if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return namespace;
    const require = createRequire(join(folder, "cell.js"));
    let isCommonJS = false;
    try {
      isCommonJS = require.cache[require.resolve(specifier)]?.exports === exports;
    } catch {
      // not resolvable as CommonJS: an ES module
    }
    if (!isCommonJS) return namespace;
    if ("__esModule" in exports) return exports;
    const merged: Namespace = Object.create(null) as Namespace;
    const keys = new Set([...Object.keys(exports), ...Object.keys(namespace)]);
    keys.delete("module.exports"); // an alias of the default that newer versions of Node add
    for (const key of keys)
      Object.defineProperty(merged, key, {
        enumerable: true,
        get: () => (key !== "default" && key in exports ? (exports as Namespace)[key] : namespace[key]),
      });
    return merged;
  }
}

/** Whether the execution of `record` waits, by itself or through others, for that of `other`. */
function isWaiting(record: Linked, other: Linked): boolean {
  for (let at: Linked | undefined = record; at; at = at.waitsFor) if (at === other) return true;
  return false;
}

function exportNames(namespace: Namespace): string {
  const names = Object.keys(namespace);
  return names.length > 20
    ? `${names.slice(0, 20).join(", ")}, and ${names.length - 20} more`
    : names.join(", ") || "none";
}
