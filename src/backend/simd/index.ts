/**
 * The CPU engine: a TensorFlow.js backend called "simd", made of WebAssembly SIMD kernels on threads.
 * Importing this registers it; `tf.setBackend("simd")` makes it the one in use.
 */
import { register } from "./register.js";

export { SimdBackend } from "./backend.js";
export { NAME } from "./register.js";
export { usesRelaxedSimd } from "./module.js";

/** The registered backend. */
export const backend = register();
