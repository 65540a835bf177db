import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Loads all of the library that a benchmark may, with images read; mocks nothing, for what is loaded is what counts. */
const PROGRAM = `
await import("@tensorflow/tfjs");
await import("webgpu");
await import("@tensorflow/tfjs-backend-webgpu");
const { data, device } = await import("longtail");
await import("longtail/backend/fused");
await device.use("simd");
await data.load("cifar10", { split: "test" });
process.exit(0);
`;

/**
 * The files of node_modules that a process with the library loads, with the package.json of each package; relative to the
 * working folder, the package's. Of TensorFlow.js that is one file of a hundred in each package.
 */
export function loadedFiles() {
  // Node's own record of which scripts ran: it knows both kinds of modules.
  const folder = mkdtempSync(join(tmpdir(), "loaded-"));
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    execFileSync(process.execPath, ["--input-type=module", "--eval", PROGRAM], { env, stdio: "inherit" });
    const records = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
    const scripts = records.flatMap(({ result }) => result.map(({ url }) => url));
    const files = scripts.flatMap((url) => url.match(/\/(node_modules\/.*)/)?.[1] ?? []).map(decodeURIComponent);
    return new Set(files.flatMap((file) => [file, ...manifests(file)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The package.json files that decide how a file is found and read: of its package, and of folders in it. */
function manifests(file) {
  const found = [];
  for (let folder = dirname(file); folder !== "node_modules"; folder = dirname(folder))
    if (readdirSync(folder).includes("package.json")) found.push(join(folder, "package.json"));
  return found;
}
