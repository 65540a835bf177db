import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as tfjs from "@tensorflow/tfjs";
import type { KernelBackend } from "@tensorflow/tfjs-core";
import { ADDON, type Build } from "./build.js";

/** Packages that tfjs-node imports and that must be the ones that are in use here, not others of the same name. */
export const HANDED_OVER = ["@tensorflow/tfjs", "@tensorflow/tfjs-core"];
/** Where they find them while they are loaded. */
const KEY = "longtail.tfjs";

/** Writes a package that is the TensorFlow.js of whoever loads the build. */
export function handOver(folder: string, name: string): void {
  const target = join(folder, "node_modules", name);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "index.js"), `module.exports = globalThis[Symbol.for(${JSON.stringify(KEY)})];\n`);
}

/** Loads a build and registers its backend and kernels as "tensorflow", as tfjs-node's own index does. */
export async function loadBuild({ folder }: Build): Promise<void> {
  const { default: tf } = (await import("@tensorflow/tfjs")) as unknown as { default: TensorFlowJs };
  const require = createRequire(join(folder, "index.js"));
  const key = Symbol.for(KEY);
  const global = globalThis as unknown as Record<symbol, unknown>;
  global[key] = tf;
  try {
    require("@tensorflow/tfjs-node/dist/register_all_kernels");
    const { NodeJSKernelBackend } = require("@tensorflow/tfjs-node/dist/nodejs_kernel_backend") as TfjsNode;
    const binding: unknown = require(join(folder, ADDON));
    tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3);
  } finally {
    delete global[key];
  }
}

/** All of it as one object: it is a CommonJS module. */
type TensorFlowJs = typeof tfjs;

interface TfjsNode {
  readonly NodeJSKernelBackend: new (binding: unknown, packageName: string) => KernelBackend;
}
