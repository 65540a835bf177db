import type { Kernels } from "../kernel.js";
import { convolve, weightGradient } from "./convolve.js";
import { backMeasure, convolveAndMeasure, float32s, geometry, named, normalize, outShape } from "./measured.js";
import type { EpilogueFields } from "./stage.js";
import { affine, withCoefficients } from "./statistics.js";

/** Kernels of ../../fused/conv-batch-norm.ts, which says what they compute. */
export const convBatchNorm: Kernels = {
  ConvBatchNorm(backend, inputs, attrs) {
    const { x, filter, gamma, beta } = named(inputs);
    const { stride, epsilon, relu } = attrs as { stride: number; epsilon: number; relu: boolean };
    const g = geometry(x, filter, stride);
    return withCoefficients(backend, g.outChannels, (k) => {
      const weights = { filter, gamma, beta, epsilon };
      const source = { kind: "raw", x: backend.address(x) } as const;
      const [u, mean, variance] = convolveAndMeasure(backend, g, source, weights, k);
      return [normalize(backend, g, u, k, { relu }), mean, variance, u];
    });
  },

  ConvBatchNormGradient(backend, inputs, attrs) {
    const { dy, y, u, x, filter, gamma, mean, variance } = named(inputs);
    const { stride, epsilon, relu, needsX } = attrs as {
      stride: number;
      epsilon: number;
      relu: boolean;
      needsX: boolean;
    };
    const g = geometry(x, filter, stride);
    const batch = { ...float32s(backend, gamma, mean, variance), epsilon };
    return withCoefficients(backend, g.outChannels, (k) => {
      const [dGamma, dBeta] = backMeasure(backend, g, dy, relu ? y : undefined, u, batch, k);
      const [dx, dFilter] = [needsX ? backend.output(x.shape) : undefined, backend.output(filter.shape)];
      weightGradient(
        backend,
        g,
        { kind: "raw", x: backend.address(x) },
        {
          kind: relu ? "maskedGradient" : "gradient",
          x: backend.address(dy),
          y: backend.address(y),
          u: backend.address(u),
          ...k,
        },
        backend.address(dFilter),
        dx && { filter: backend.address(filter), out: backend.address(dx), epilogue: { kind: "none" } },
      );
      return [dFilter, dGamma, dBeta, ...(dx ? [dx] : [])];
    });
  },

  ConvBatchNormInference(backend, inputs, attrs) {
    const { x, filter, gamma, beta, mean, variance, shortcut: added } = named(inputs);
    const { stride, epsilon, relu, shortcutStride } = attrs as {
      stride: number;
      epsilon: number;
      relu: boolean;
      shortcutStride: number;
    };
    const g = geometry(x, filter, stride);
    const y = backend.output(outShape(g));
    const values = [gamma, beta, mean, variance].map((info) => backend.float32(info)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    withCoefficients(backend, g.outChannels, (k) => {
      affine(backend, ...values, epsilon, k);
      const [, height = 0, width = 0, channels = 0] = added?.shape ?? [];
      const cut = added && { x: backend.address(added), channels, height, width, stride: shortcutStride };
      const epilogue: EpilogueFields = { kind: "affine", relu, k0: k.k0, k2: k.k2, ...cut };
      const source = { kind: "raw", x: backend.address(x) } as const;
      convolve(backend, g, source, backend.address(filter), backend.address(y), epilogue);
    });
    return y;
  },
};
