import type { Kernels } from "../kernel.js";
import { named } from "./measured.js";

/** Kernels of ../../fused/global-average-pool.ts. */
export const globalAveragePool: Kernels = {
  GlobalAveragePool(backend, inputs) {
    const { x } = named(inputs);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const out = backend.output([batch, channels]);
    const addresses = [backend.address(x), backend.address(out)];
    backend.run("globalAveragePool", { items: batch, grain: 8 }, ...addresses, height * width, channels);
    return out;
  },

  GlobalAveragePoolGradient(backend, inputs, attrs) {
    const { dy } = named(inputs);
    const { height, width } = attrs as { height: number; width: number };
    const [batch, channels] = dy.shape as [number, number];
    const out = backend.output([batch, height, width, channels]);
    const addresses = [backend.address(dy), backend.address(out)];
    backend.run("globalAveragePoolGradient", { items: batch, grain: 8 }, ...addresses, height * width, channels);
    return out;
  },
};
