import type { Kernels } from "../kernel.js";
import { gradientTotals, named, normalize } from "./measured.js";
import { withCoefficients } from "./statistics.js";

type FourArrays = [Float32Array, Float32Array, Float32Array, Float32Array];

export const batchNormGradient: Kernels = {
  /** Of ../../gradients.ts: with respect to x, mean, variance, scale and offset. */
  FusedBatchNormGradient(backend, inputs, attrs) {
    const { dy, x, mean, variance, scale } = named(inputs);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const made = Array.from({ length: 4 }, () => backend.output([channels]));
    const [dMean, dVariance, dScale, dOffset] = made.map((info) => backend.float32(info)) as FourArrays;
    const [means, variances] = [backend.float32(mean), backend.float32(variance)];
    const scales = backend.float32(scale);
    const totals = gradientTotals(backend, [batch * height, width, channels], dy, undefined, x);
    return withCoefficients(backend, channels, (k) => {
      const k0 = backend.memoryOfTensors.float32(k.k0, channels);
      backend.memoryOfTensors.float32(k.k2, channels).fill(0);
      for (let c = 0; c < channels; c++) {
        const deviation = 1 / Math.sqrt(variances[c]! + (attrs as { varianceEpsilon: number }).varianceEpsilon);
        const [sum, product] = [totals[c]!, totals[channels + c]! - means[c]! * totals[c]!];
        k0[c] = scales[c]! * deviation;
        dMean[c] = -k0[c]! * sum;
        dVariance[c] = -0.5 * k0[c]! * deviation * deviation * product;
        dScale[c] = product * deviation;
        dOffset[c] = sum;
      }
      const g = { batch, outHeight: height, outWidth: width, outChannels: channels };
      return [normalize(backend, g, dy, k, {}), ...made];
    });
  },
};
