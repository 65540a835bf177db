import type { Kernels } from "../kernel.js";

export const matmul: Kernels = {};
