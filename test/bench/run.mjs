/**
 * npm run bench [-- kernel|floor|engine|data|batches|tsne|gpu] [--rounds N] [--json]: the benchmarks, or those that are named;
 * "gpu" (or --device webgpu) only if it is, as it needs one.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BENCHMARKS = ["kernel", "floor", "engine", "data", "batches", "tsne"];
const args = process.argv.slice(2);
const named = args.join(" ").includes("--device webgpu")
  ? ["gpu"]
  : [...BENCHMARKS, "gpu"].filter((name) => args.includes(name));
for (const name of named.length > 0 ? named : BENCHMARKS) {
  const script = fileURLToPath(new URL(name === "gpu" ? "gpu/webgpu.mjs" : `${name}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
