import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type typescript from "typescript";
import { packageFolder } from "./folders.js";
import { ts } from "./typescript.js";

/** Options that decide what code does, not only which is accepted. */
const EMIT = [
  "useDefineForClassFields",
  "experimentalDecorators",
  "emitDecoratorMetadata",
  "jsx",
  "jsxFactory",
  "jsxFragmentFactory",
  "jsxImportSource",
] as const;

/**
 * Options for cells: lenient as tslab's, present-day module resolution, and of the nearest tsconfig.json `paths`, `baseUrl`,
 * `types`, what decides what class fields, decorators and JSX become, and of `strict` the null checks, without which unions do
 * not narrow as in the project's own files.
 */
export function compilerOptions(folder: string): typescript.CompilerOptions {
  const { getDefaultTypeRoots } = ts as unknown as {
    getDefaultTypeRoots: (folder: string, host: typescript.System) => string[] | undefined;
  };
  const typeRoots = getDefaultTypeRoots(folder, ts.sys);
  const options: typescript.CompilerOptions & { disableTopLevelAwait: boolean } = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    types: ["node"],
    typeRoots: [...(typeRoots ?? []), join(packageFolder, "node_modules", "@types"), nodeTypesRoot()],
    allowImportingTsExtensions: true,
    allowArbitraryExtensions: true,
    checkJs: false,
    sourceMap: true,
    disableTopLevelAwait: false,
  };
  // An absent rootDir lets cells import from folders beside and above the notebook's.
  Object.assign(options, { rootDir: undefined });
  const config = ts.findConfigFile(folder, (name) => ts.sys.fileExists(name));
  if (config) {
    const parsed = ts.getParsedCommandLineOfConfigFile(
      config,
      {},
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    const { paths, baseUrl, types, strict, strictNullChecks = strict } = parsed?.options ?? {};
    const pathsBasePath = (parsed?.options as { pathsBasePath?: string } | undefined)?.pathsBasePath ?? dirname(config);
    Object.assign(options, paths && { paths, pathsBasePath }, baseUrl && { baseUrl });
    Object.assign(options, types && { types: [...new Set([...types, "node"])] });
    // Only together do the two let `const rows = []` grow into an array of what is pushed; see errorsOf for what is forgiven.
    if (strictNullChecks) Object.assign(options, { strictNullChecks, noImplicitAny: true });
    Object.assign(options, emitOptions(parsed?.options ?? {}));
  }
  return options;
}

/** Those of `options` that decide what code does, as they are set or as they follow from others. */
export function emitOptions(options: typescript.CompilerOptions): typescript.CompilerOptions {
  const emit = Object.fromEntries(
    EMIT.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  // All is compiled for the Node that runs it; of an older target remains what it means for class fields.
  if (options.target !== undefined && options.target < ts.ScriptTarget.ES2022)
    emit["useDefineForClassFields"] ??= false;
  return emit;
}

/** `@types` folder that holds @types/node, wherever npm put it. */
function nodeTypesRoot(): string {
  for (let at = packageFolder; ; at = dirname(at)) {
    const root = join(at, "node_modules", "@types");
    if (existsSync(join(root, "node", "package.json"))) return root;
    if (dirname(at) === at) return join(packageFolder, "node_modules", "@types");
  }
}
