/**
 * npm run bench [-- kernel|floor|engine|data|batches|tsne|replay|gpu] [--rounds N] [--json]: the benchmarks, or those that are named;
 * "replay" and "gpu" (or --device webgpu) only if they are, as they need Dawn, and a GPU.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BENCHMARKS = ["kernel", "floor", "engine", "data", "batches", "tsne"];
const args = process.argv.slice(2);
const named = args.join(" ").includes("--device webgpu")
  ? ["gpu"]
  : [...BENCHMARKS, "replay", "gpu"].filter((name) => args.includes(name));
for (const name of named.length > 0 ? named : BENCHMARKS) {
  const file = { gpu: "gpu/webgpu.mjs", replay: "gpu/replay.mjs" }[name] ?? `${name}.mjs`;
  const script = fileURLToPath(new URL(file, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
