/**
 * What the benchmarks need on a bare Linux machine with a GPU, in one folder and one archive of it: Node, Dawn, a Vulkan
 * loader, what of dist/ and node_modules is loaded, CIFAR-10, and the benchmarks themselves, all where they lie here.
 *
 *     npm run bundle:gpu -- [--vulkan FILE ...] [--out out/gpu] [--limit 60]
 *
 *     --vulkan FILE   the loader (libvulkan.so.1), or the .deb that has it (libvulkan1); default: this system's. Again for
 *                     each library that the driver there needs and that machine lacks
 *     --limit MIB     most that the archive may have
 *
 * There: `tar xf gpu.tar.xz && gpu/run.sh test/bench/gpu/check.mjs`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { data } from "longtail";
import { loadedFiles } from "./loaded-files.mjs";

const { values: options } = parseArgs({
  options: {
    vulkan: { type: "string", multiple: true, default: [] },
    out: { type: "string", default: "out/gpu" },
    limit: { type: "string", default: "60" },
  },
});
const given = options.vulkan.map((file) => resolve(file));
const out = resolve(options.out);
process.chdir(fileURLToPath(new URL("../../..", import.meta.url)));
rmSync(out, { recursive: true, force: true });

/** A file or folder, to the same place in the bundle; or elsewhere. */
function copy(from, to = from, filter = () => true) {
  cpSync(realpathSync(from), join(out, to), { recursive: true, filter });
}

const isCode = (file) => statSync(file).isDirectory() || [".js", ".wasm"].includes(extname(file));
copy("package.json");
copy("datasets/manifest.json");
copy("dist", "dist", isCode);
copy("test/bench", "test/bench", (file) => basename(file) !== "__pycache__");
copy("test/bench/gpu/run.sh", "run.sh");
copy("test/contracts");
copy("test/fixtures/engine/resnet32.json");

// What is loaded of node_modules, and what that in turn reads.
for (const file of loadedFiles()) copy(file);
copy("node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
copy("node_modules/webgpu/dist/linux-x64/dawn.node");

// As `load("cifar10")` finds them.
for (const split of ["train", "test"]) {
  const file = join(data.datasetsFolder(), "cifar10", `${split}.jpg32`);
  if (!existsSync(file))
    throw new Error(`${file}: expected CIFAR-10's ${split} images in JPEG re-encoding, found none`);
  copy(file, `images/cifar10/${split}.jpg32`);
}

copy(process.execPath, "bin/node");
// Half of what else is in there helps to debug it.
execFileSync("strip", [join(out, "bin/node")]);

/** A library, under the name that programs ask for: its file name up to the major version. */
function copyLibrary(file, folder = "lib") {
  copy(file, join(folder, basename(file).replace(/(\.so\.\d+).*/, "$1")));
}

function copyPackage(deb) {
  const unpacked = mkdtempSync(join(tmpdir(), "deb-"));
  execFileSync("dpkg-deb", ["-x", deb, unpacked]);
  for (const name of readdirSync(unpacked, { recursive: true }))
    if (/\.so\.\d+$/.test(name)) copyLibrary(join(unpacked, name));
  rmSync(unpacked, { recursive: true });
}

/** A library of this system; undefined where it has none. */
function systemLibrary(name) {
  const cache = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  return cache.match(new RegExp(`^\\s*${name.replaceAll(/[.+]/g, "\\$&")} \\(.*x86-64.*\\) => (.*)$`, "m"))?.[1];
}

for (const file of given) file.endsWith(".deb") ? copyPackage(file) : copyLibrary(file);
const loader = "libvulkan.so.1";
if (!existsSync(join(out, "lib", loader))) {
  const file = systemLibrary(loader);
  if (!file)
    throw new Error(`No ${loader} on this system: apt-get download libvulkan1, then --vulkan libvulkan1_*_amd64.deb`);
  copyLibrary(file);
}
// Vulkan without an X server, for a machine whose own libGLX_nvidia cannot be loaded: run.sh says when.
const headless = { file_format_version: "1.0.0", ICD: { library_path: "libEGL_nvidia.so.0", api_version: "1.3.0" } };
writeFileSync(join(out, "lib/nvidia-headless.json"), JSON.stringify(headless));
for (const name of ["libstdc++.so.6", "libgcc_s.so.1"]) copyLibrary(systemLibrary(name), "lib/fallback");
chmodSync(join(out, "run.sh"), 0o755);

const archive = `${out}.tar.xz`;
execFileSync("tar", ["-C", dirname(out), "-cJf", archive, basename(out)], {
  env: { ...process.env, XZ_OPT: "-9 -T0" },
});

const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1).padStart(7);
const size = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0)
    : statSync(path).size;
for (const name of readdirSync(out)) console.log(`${mebibytes(size(join(out, name)))} MiB  ${name}`);
console.log(`${mebibytes(size(out))} MiB  in all\n${mebibytes(statSync(archive).size)} MiB  ${archive}`);
if (statSync(archive).size > Number(options.limit) * 2 ** 20)
  throw new Error(`The archive is larger than ${options.limit} MiB`);
