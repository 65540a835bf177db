import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernels } from "../kernel.js";
import { backGroupCount, weightGradient } from "./convolve.js";
import { backMeasure, convolveAndMeasure, count, float32s, geometry, named, normalize } from "./measured.js";
import type { Geometry } from "./plan.js";
import type { EpilogueFields } from "./stage.js";
import { affine, backNormalization, totalSums, withCoefficients } from "./statistics.js";

/** The shortcut of option A: `x`, subsampled, in the middle of the result's channels. */
function shortcut(x: number, g: Geometry): Partial<EpilogueFields> {
  return { x, channels: g.channels, height: g.height, width: g.width, stride: g.strideY };
}

/** Kernels of ../../fused/residual-block.ts, which says what they compute. */
export const residualBlock: Kernels = {
  ResidualBlock(backend, inputs, attrs) {
    const { x, filter1, gamma1, beta1, filter2, gamma2, beta2 } = named(inputs);
    const { stride, epsilon } = attrs as { stride: number; epsilon: number };
    const g1 = geometry(x, filter1, stride);
    return withCoefficients(backend, g1.outChannels, (k1) =>
      withCoefficients(backend, g1.outChannels, (k2) => {
        const first = { filter: filter1, gamma: gamma1, beta: beta1, epsilon };
        const second = { filter: filter2, gamma: gamma2, beta: beta2, epsilon };
        const source = { kind: "raw", x: backend.address(x) } as const;
        const [u1, mean1, variance1] = convolveAndMeasure(backend, g1, source, first, k1);
        const g2 = geometry(u1, filter2, 1);
        const middle = { kind: "normalized", x: backend.address(u1), ...k1 } as const;
        const [u2, mean2, variance2] = convolveAndMeasure(backend, g2, middle, second, k2);
        const y = normalize(backend, g2, u2, k2, { relu: true, ...shortcut(backend.address(x), g1) });
        return [y, mean1, variance1, mean2, variance2, u1, u2];
      }),
    );
  },

  ResidualBlockGradient(backend, inputs, attrs) {
    const { dy, y, x, u1, u2, filter1, gamma1, beta1, filter2, gamma2, mean1, variance1, mean2, variance2 } =
      named(inputs);
    const { stride, epsilon } = attrs as { stride: number; epsilon: number };
    const [g1, g2] = [geometry(x, filter1, stride), geometry(u1, filter2, 1)];
    const [first, second] = [float32s(backend, gamma1, mean1, variance1), float32s(backend, gamma2, mean2, variance2)];
    const [dx, dFilter1, dFilter2] = [
      backend.output(x.shape),
      backend.output(filter1.shape),
      backend.output(filter2.shape),
    ];
    const [dGamma1, dBeta1] = [backend.output(gamma1.shape), backend.output(gamma1.shape)];
    const address = (info: TensorInfo): number => backend.address(info);
    const channels = g1.outChannels;
    return backend.scratch(4 * count(g1) * channels, (middle) =>
      withCoefficients(backend, channels, (k1) =>
        withCoefficients(backend, channels, (k2) => {
          const [dGamma2, dBeta2] = backMeasure(backend, g2, dy, y, u2, { ...second, epsilon }, k2);
          affine(backend, first.gamma, backend.float32(beta1), first.mean, first.variance, epsilon, k1);
          const groups = backGroupCount(g2);
          backend.scratch(groups * channels * 16, (sums) => {
            const mask = { kind: "mask", u: address(u1), k0: k1.k0, k2: k1.k2, sums } as const;
            weightGradient(
              backend,
              g2,
              { kind: "normalized", x: address(u1), ...k1 },
              { kind: "maskedGradient", x: address(dy), y: address(y), u: address(u2), ...k2 },
              address(dFilter2),
              { filter: address(filter2), out: middle, epilogue: mask },
            );
            const totals = totalSums(backend, sums, groups, channels);
            const gradients = [backend.float32(dGamma1), backend.float32(dBeta1)] as const;
            backNormalization(backend, totals, count(g1), { ...first, epsilon }, k1, ...gradients);
          });
          const back = {
            ...shortcut(address(dy), { ...g2, strideY: stride }),
            kind: "shortcut",
            y: address(y),
          } as const;
          weightGradient(
            backend,
            g1,
            { kind: "raw", x: address(x) },
            { kind: "gradient", x: middle, u: address(u1), ...k1 },
            address(dFilter1),
            { filter: address(filter1), out: address(dx), epilogue: back },
          );
          return [dx, dFilter1, dGamma1, dBeta1, dFilter2, dGamma2, dBeta2];
        }),
      ),
    );
  },
};
