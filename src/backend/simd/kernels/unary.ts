import type { Kernels } from "../kernel.js";

export const unary: Kernels = {};
