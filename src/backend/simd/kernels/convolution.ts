import type { Kernels } from "../kernel.js";

export const convolution: Kernels = {};
