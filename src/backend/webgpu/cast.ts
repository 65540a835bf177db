import type { Kernels } from "./kernel.js";
import { sizeOf } from "./gpu.js";
import { Bindings, forEach, gridOf, type Program } from "./program.js";

/** Whole numbers as floating-point ones. */
function floats(size: number): Program & { readonly grid: [number, number] } {
  const grid = gridOf(size);
  const program = new Bindings().read("source", "i32").write("out", "f32").program(`
${forEach(grid)}
  if (i >= ${size}u) { return; }
  out[i] = f32(source[i]);
}`);
  return { ...program, grid };
}

/**
 * A cast to float32 that changes the numbers. TensorFlow.js's hands out the integers under the name of floats, and has each of its
 * own programs convert what it reads; ours, and copies of a buffer, would take their bits for a float's.
 */
export const cast: Kernels = {
  Cast({ gpu }, { x }, { dtype }) {
    const size = sizeOf(x);
    if (dtype !== "float32" || (x.dtype !== "int32" && x.dtype !== "bool") || size === 0) return undefined;
    const out = gpu.output(x.shape);
    gpu.runWhole(`floats ${size}`, () => floats(size), { source: x, out });
    return out;
  },
};
