import type { Kernels } from "../kernel.js";

export const reduction: Kernels = {};
