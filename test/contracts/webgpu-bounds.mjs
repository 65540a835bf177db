/**
 * Holds every index of our programs against the size of what it indexes, buffers and memory of workgroups, while the cases of
 * webgpu-parity.mjs run: WebGPU's own checks are off for speed (src/backend/webgpu/dawn.ts).
 *
 *     node test/contracts/webgpu-bounds.mjs [TEXT]      only cases whose name contains TEXT
 *
 * After the cases' lines, one of JSON for each index that was outside, and {"indices", "outside"}; exit 1 where one was.
 */
import { device } from "longtail";
import { indexed } from "../../dist/src/backend/webgpu/bounds.js";
import { Gpu } from "../../dist/src/backend/webgpu/gpu.js";
import { openedGpu } from "../../dist/src/backend/webgpu/register.js";

/** Of each index, one that was outside, and 1 more; else 0. */
const FOUND = "boundsFound";
const MOST = 2 ** 16;
const indices = [];

/** A program that notes which of its indices are outside. */
function watched(key, { code, names, ...rest }) {
  const sizes = new Map();
  for (const [, name] of code.matchAll(/var<storage, \w+> (\w+):/g)) sizes.set(name, `arrayLength(&${name})`);
  for (const [, name, size] of code.matchAll(/var<workgroup> (\w+): array<[^;]*, (\d+)>;/g))
    sizes.set(name, `${size}u`);
  const watch = (name, index) => {
    indices.push(`${key}: ${name}[${index}]`);
    return `inside(u32(${index}), ${sizes.get(name)}, ${indices.length - 1}u)`;
  };
  const inside = `
@group(0) @binding(${names.length}) var<storage, read_write> ${FOUND}: array<u32>;
fn inside(i: u32, size: u32, number: u32) -> u32 { if (i < size) { return i; } ${FOUND}[number] = i + 1u; return 0u; }
`;
  // Directives come first.
  const [head] = /^(?:\s*(?:enable|requires|diagnostic)[^;]*;)*/.exec(code);
  const body = indexed(code.slice(head.length), [...sizes.keys()], watch);
  return { ...rest, names: [...names, FOUND], code: head + inside + body };
}

const { compile, run } = Gpu.prototype;
Gpu.prototype.compile = function (key, make) {
  return compile.call(this, key, () => watched(key, make()));
};
Gpu.prototype.run = function (key, make, grid, buffers) {
  run.call(this, key, make, grid, { ...buffers, [FOUND]: found });
};

// In half precision its matrices would be tried before there is a buffer for what is found.
await device.use("webgpu", { precision: "single" });
const { gpu } = openedGpu();
const found = gpu.constant(new Int32Array(MOST), "int32");
// One buffer of each program is this script's.
const limits = {};
for (const name in gpu.device.limits) limits[name] = gpu.device.limits[name];
limits.maxStorageBuffersPerShaderStage--;
Object.defineProperty(gpu.device, "limits", { value: limits });

async function report() {
  const numbers = new Uint32Array(await gpu.backend.getBufferData(gpu.buffer(found)));
  let outside = 0;
  for (const [i, index] of indices.entries()) {
    if (numbers[i] === 0) continue;
    outside++;
    console.log(JSON.stringify({ index, outside: numbers[i] - 1 }));
  }
  console.log(JSON.stringify({ indices: indices.length, outside }));
  if (indices.length > MOST) throw new RangeError(`expected at most ${MOST} indices, found ${indices.length}`);
  return outside;
}

const { exit } = process;
process.exit = (code) =>
  void report().then(
    (outside) => exit(code || (outside > 0 ? 1 : 0)),
    (error) => (console.error(error), exit(1)),
  );
await import("./webgpu-parity.mjs");
