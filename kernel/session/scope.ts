import { runInThisContext, Script } from "node:vm";
import { RUNTIME } from "../compiler/names.js";

/** Globals that libraries look for to find out where they run. A cell may use such a name without misleading them. */
const PROBED =
  "window self document navigator location define module exports importScripts XMLHttpRequest HTMLElement HTMLCanvasElement " +
  "Image ImageData ImageBitmap OffscreenCanvas WebGLRenderingContext WorkerGlobalScope requestAnimationFrame Deno Bun jest";

/** Parameters of the function that a cell becomes; a cell that declares such a name has it in the shared scope instead. */
const PARAMETERS = [RUNTIME, "require", "__filename", "__dirname"] as const;

export type CellFunction = (parameters: Record<(typeof PARAMETERS)[number], unknown>) => unknown;

/**
 * The top-level names of all cells: script-scope `let` bindings of the main context, which V8 reads as fast as any other
 * variable, and which closures of earlier cells share with later cells.
 *
 * A name that libraries use too (`process`, `performance`, `window`) must not be hidden from them: such names live on an
 * object that only cells see, by `with`.
 */
export class Scope {
  private readonly names = new Set<string>();
  private readonly shadows = Object.create(null) as Record<string, unknown>;
  private readonly reserved = new Set<string>(PROBED.split(" "));

  constructor() {
    for (let at: object = globalThis; at; at = Object.getPrototypeOf(at) as object)
      for (const name of Object.getOwnPropertyNames(at)) this.reserved.add(name);
  }

  declare(names: readonly string[]): void {
    const added = names.filter((name) => !this.names.has(name));
    const plain = added.filter((name) => !this.reserved.has(name));
    if (plain.length > 0) runInThisContext(`let ${plain.join(", ")};`, { filename: "declarations" });
    for (const name of added) {
      this.names.add(name);
      if (this.reserved.has(name)) this.shadows[name] = undefined;
    }
  }

  /** Compiles the body of a cell. Line 1 of `body` is line 1 of the script. */
  compile(body: string, filename: string, { isAsync }: { isAsync: boolean }): CellFunction {
    const parameters = PARAMETERS.filter((name) => !this.names.has(name));
    const head = `${isAsync ? "async " : ""}function (${parameters.join(", ")}) { "use strict";`;
    // Names looked up through `with` are slow (0.3 us each): only cells that mention one pay for it.
    const hasShadows = Object.keys(this.shadows).some((name) => body.includes(name));
    const open = hasShadows ? `(function (__shadows) { with (__shadows) { return ${head}` : `(${head}`;
    const script = new Script(`${open}\n${body}\n}${hasShadows ? " } })" : ")"}`, { filename, lineOffset: -1 });
    const compiled = script.runInThisContext() as (...values: unknown[]) => unknown;
    const cell = hasShadows ? (compiled(this.shadows) as typeof compiled) : compiled;
    return (values) =>
      Reflect.apply(
        cell,
        undefined,
        parameters.map((name) => values[name]),
      );
  }

  /** Values of all names, of which some may be undefined yet. */
  values(): unknown[] {
    return [...this.names].map((name) => this.value(name));
  }

  /** The value of a name, of a cell or a global one; undefined where it has none. */
  value(name: string): unknown {
    if (name in this.shadows) return this.shadows[name];
    if (this.names.has(name)) return runInThisContext(name) as unknown;
    return (globalThis as Record<string, unknown>)[name];
  }
}
