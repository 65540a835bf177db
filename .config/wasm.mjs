// Compiles the SIMD kernels (AssemblyScript) to WebAssembly: once with plain SIMD, once with fused multiply-add. Skips what
// is newer than its sources.
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "src/backend/simd/assembly");
const out = join(root, "dist/src/backend/simd");
const age = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = Math.max(
  ...readdirSync(sources).map((name) => age(join(sources, name))),
  age(fileURLToPath(import.meta.url)),
);
const features = ["simd", "threads", "bulk-memory"];

process.chdir(root);
mkdirSync(out, { recursive: true });
for (const [name, enable] of [
  ["plain", features],
  ["relaxed", [...features, "relaxed-simd"]],
]) {
  const file = join(out, `${name}.wasm`);
  if (age(file) > newest) continue;
  const { error, stderr } = await asc.main([
    ...["src/backend/simd/assembly/index.ts", "--outFile", `dist/src/backend/simd/${name}.wasm`],
    ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--memoryBase", "1024"],
    ...["--importMemory", "--sharedMemory", "--initialMemory", "2", "--maximumMemory", "65536"],
    ...["--enable", enable.join(",")],
  ]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
}
