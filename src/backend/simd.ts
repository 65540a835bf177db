import type { Backend } from "./backend.js";

/** The CPU engine: TensorFlow.js over SIMD kernels on all cores. */
export const simd: Backend = {
  name: "simd",
  title: "SIMD kernels on threads (WebAssembly)",
  probe: () => ({ available: true }),
  async open() {
    await import("@tensorflow/tfjs"); // first: what it registers, the backend improves
    const { backend, usesRelaxedSimd } = await import("./simd/index.js");
    const { threads } = backend.pool;
    const simd = usesRelaxedSimd() ? "relaxed SIMD" : "SIMD";
    const place = threads === 1 ? "one thread" : `${threads} threads`;
    return { description: `WebAssembly with ${simd} on ${place}`, threads };
  },
};
