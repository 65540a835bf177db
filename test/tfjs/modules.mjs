/**
 * Module hooks under which Node runs the ES modules that the TensorFlow.js packages publish for bundlers: paths without
 * ".js", a package without "type": "module". All who import TensorFlow.js then share one instance: specs and backends.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const PACKAGE = /^(@tensorflow\/tfjs-[\w-]+)(\/.*)?$/;
const PUBLISHED = /\/@tensorflow\/tfjs-[\w-]+\/dist\//;
const NAMED = "?named";

export function resolve(specifier, context, next) {
  const inside = PUBLISHED.test(context.parentURL ?? "");
  const [, name, path = "/dist/index"] = PACKAGE.exec(specifier) ?? [];
  if (name) return module(new URL(`.${path}`, pathToFileURL(require.resolve(`${name}/package.json`))));
  if (inside && specifier.startsWith(".")) return module(new URL(specifier, context.parentURL));
  if (inside) return { url: pathToFileURL(require.resolve(specifier)).href + NAMED, shortCircuit: true };
  return next(specifier, context);
}

export function load(url, context, next) {
  if (url.endsWith(NAMED)) return { format: "module", source: named(fileURLToPath(url)), shortCircuit: true };
  if (PUBLISHED.test(url)) return { format: "module", source: readFileSync(fileURLToPath(url)), shortCircuit: true };
  return next(url, context);
}

function module(url) {
  const path = fileURLToPath(url);
  const file = [path, `${path}.js`, `${path}/index.js`].find((one) => existsSync(one) && statSync(one).isFile());
  return { url: pathToFileURL(file ?? path).href, shortCircuit: true };
}

/** What a CommonJS module exports, by name: Node finds only those that its source names plainly. */
function named(file) {
  const names = Object.keys(require(file)).filter((name) => name !== "default" && /^[A-Za-z_$][\w$]*$/.test(name));
  return `
    import { createRequire } from "node:module";
    const all = createRequire(import.meta.url)(${JSON.stringify(file)});
    export default all;
    export const { ${names.join(", ")} } = all;`;
}
