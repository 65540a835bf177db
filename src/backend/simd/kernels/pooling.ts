import type { Kernels } from "../kernel.js";

export const pooling: Kernels = {};
