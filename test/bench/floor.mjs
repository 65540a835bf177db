/**
 * How far the CPU engine's convolutions are from what this processor can do at most, on one thread: products at the peak of
 * SIMD, and what must be read and written at the bandwidth of memory.
 *
 *     npm run bench -- floor
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { cpus } from "node:os";
import asc from "assemblyscript/asc";

process.env["LONGTAIL_THREADS"] = "1";
const { backend, usesRelaxedSimd } = await import("../../dist/src/backend/simd/index.js");
const { convolve, weightGradient } = await import("../../dist/src/backend/simd/kernels/convolve.js");

/** Best of several, in ms. */
function best(run, times = 15) {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    const from = performance.now();
    run();
    least = Math.min(least, performance.now() - from);
  }
  return least;
}

/** GFLOPS of multiply-adds on registers alone: 12 sums at a time hide their latency. */
async function peak() {
  const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
  const madd = usesRelaxedSimd() ? "f32x4.relaxed_madd(a, b, S)" : "f32x4.add(f32x4.mul(a, b), S)";
  const source = `export function spin(n: i32): f32 {
    const a = f32x4.splat(0.999), b = f32x4.splat(0.001);
    let ${names.map((name) => `${name} = a`).join(", ")};
    for (let i = 0; i < n; i++) { ${names.map((name) => `${name} = ${madd.replace("S", name)};`).join(" ")} }
    return f32x4.extract_lane(${names.reduce((sum, name) => `f32x4.add(${sum}, ${name})`)}, 0);
  }`;
  const folder = mkdtempSync(join(tmpdir(), "floor-"));
  const file = join(folder, "spin.wasm");
  const { error, stderr } = await asc.main(
    [
      "spin.ts",
      "--outFile",
      relative(process.cwd(), file),
      "-O3",
      "--runtime",
      "stub",
      "--enable",
      "simd,relaxed-simd",
    ],
    { readFile: (name) => (name === "spin.ts" ? source : null) },
  );
  if (error) throw new Error(stderr.toString());
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file))).exports;
  rmSync(folder, { recursive: true });
  // Often: at first it is compiled without optimization.
  const rounds = 2e5;
  return (rounds * 12 * 8) / best(() => spin(rounds), 500) / 1e6;
}

/** GB/s of reading three large tensors side by side. */
function bandwidth() {
  const rows = 16_384;
  const [a, b, c] = Array.from({ length: 3 }, () => backend.output([rows, 32, 32]));
  const addresses = [a, b, c].map((info) => backend.address(info));
  return backend.scratch(64 * 32 * 16, (sums) => {
    const time = best(() => backend.run("gradientSums", { items: 64 }, ...addresses, rows, 32, 32, 64, sums), 5);
    for (const { dataId } of [a, b, c]) backend.disposeData(dataId);
    return (3 * 4 * rows * 32 * 32) / time / 1e6;
  });
}

const [gflops, gigabytes] = [await peak(), bandwidth()];
console.log(
  `${cpus()[0].model}, one thread, Node ${process.version}: ${gflops.toFixed(0)} GFLOPS of multiply-adds, ${gigabytes.toFixed(1)} GB/s read\n`,
);
console.log(
  "| 3x3, batch 128 | floor: products | floor: memory | measured | of the floor |\n| --- | ---: | ---: | ---: | ---: |",
);
for (const [size, channels] of [
  [32, 16],
  [16, 32],
  [8, 64],
]) {
  const g = {
    ...{ batch: 128, height: size, width: size, channels, kernelHeight: 3, kernelWidth: 3, strideY: 1, strideX: 1 },
    ...{ dilationY: 1, dilationX: 1, top: 1, left: 1, outHeight: size, outWidth: size, outChannels: channels },
  };
  const tensor = (count) => {
    const info = backend.output([count]);
    backend.float32(info).forEach((_, i, all) => (all[i] = Math.sin(i)));
    return backend.address(info);
  };
  const images = 128 * size * size * channels;
  const [x, y, dx, filter, dFilter] = [images, images, images, 9 * channels ** 2, 9 * channels ** 2].map(tensor);
  const raw = (address) => ({ kind: "raw", x: address });
  const back = { filter, out: dx, epilogue: { kind: "none" } };
  // Winograd's F(4x4, 3x3): 36 products for 16 results.
  const products = (2 * 36 * (images / 16) * channels) / gflops / 1e6;
  for (const [name, factor, moved, run] of [
    ["forward", 1, 2, () => convolve(backend, g, raw(x), filter, y)],
    ["both gradients", 2, 3, () => weightGradient(backend, g, raw(x), raw(y), dFilter, back)],
  ]) {
    const [least, memory, time] = [factor * products, (moved * 4 * images) / gigabytes / 1e6, best(run)];
    const share = Math.max(least, memory) / time;
    const cells = [least, memory, time].map((value) => `${value.toFixed(2)} ms`);
    console.log(`| ${size}x${size}x${channels} ${name} | ${cells.join(" | ")} | ${(100 * share).toFixed(0)} % |`);
  }
}
process.exit(0);
