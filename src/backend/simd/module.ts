import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const FOLDER = new URL(import.meta.url.endsWith(".ts") ? "../../../dist/src/backend/simd/" : "./", import.meta.url);

let compiled: WebAssembly.Module | undefined;
let relaxed = false;

/** The compiled kernels: with fused multiply-add (relaxed SIMD) where the engine has it, else plain SIMD. */
export function kernelModule(): WebAssembly.Module {
  if (compiled) return compiled;
  relaxed = process.env["LONGTAIL_RELAXED_SIMD"] !== "0" && hasRelaxedSimd();
  const file = new URL(relaxed ? "relaxed.wasm" : "plain.wasm", FOLDER);
  if (!existsSync(file))
    throw new Error(
      `${fileURLToPath(file)} is missing: in a clone of longtail "npm run build" makes it; a bundler is to leave longtail out (external)`,
    );
  return (compiled = new WebAssembly.Module(readFileSync(file)));
}

/** Whether the kernels in use are those with fused multiply-add. */
export function usesRelaxedSimd(): boolean {
  kernelModule();
  return relaxed;
}

/** Node 20 has relaxed SIMD behind a flag; later ones without, and some complain of the flag. */
function hasRelaxedSimd(): boolean {
  // (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))
  const probe = Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b, 3, 2, 1, 0],
    ...[10, 13, 1, 11, 0, 0x20, 0, 0x20, 0, 0x20, 0, 0xfd, 0x85, 2, 0x0b],
  );
  if (WebAssembly.validate(probe)) return true;
  if (process.versions.node.split(".")[0] !== "20") return false;
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(probe);
}
