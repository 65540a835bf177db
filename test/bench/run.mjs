/** npm run bench [-- kernel|floor|engine|data|batches|tsne] [--rounds N] [--json]: the benchmarks, or the one that is named. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BENCHMARKS = ["kernel", "floor", "engine", "data", "batches", "tsne"];
const args = process.argv.slice(2);
const named = BENCHMARKS.filter((name) => args.includes(name));
for (const name of named.length > 0 ? named : BENCHMARKS) {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
