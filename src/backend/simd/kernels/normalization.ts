import type { Kernels } from "../kernel.js";

export const normalization: Kernels = {};
