import type { Kernels } from "../kernel.js";

export const layout: Kernels = {};
