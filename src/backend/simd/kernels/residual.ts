import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Inputs, Kernels } from "../kernel.js";
import { backGroupCount, convolve, groupCount, weightGradient } from "./convolve.js";
import { withWords, type Geometry } from "./plan.js";
import { epilogueWords, type EpilogueFields } from "./stage.js";
import {
  affine,
  backNormalization,
  normalization,
  totalSums,
  withCoefficients,
  type Coefficients,
} from "./statistics.js";

/** A convolution padded by half its kernel all round, as residual networks have it. */
function geometry(x: TensorInfo, filter: TensorInfo, stride: number): Geometry {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outChannels] = filter.shape as [number, number, number, number];
  const [top, left] = [(kernelHeight - 1) >> 1, (kernelWidth - 1) >> 1];
  return {
    ...{ batch, height, width, channels, kernelHeight, kernelWidth, strideY: stride, strideX: stride },
    ...{ dilationY: 1, dilationX: 1, top, left, outChannels },
    outHeight: Math.floor((height + 2 * top - kernelHeight) / stride) + 1,
    outWidth: Math.floor((width + 2 * left - kernelWidth) / stride) + 1,
  };
}

const count = (g: Geometry): number => g.batch * g.outHeight * g.outWidth;
const outShape = (g: Geometry): number[] => [g.batch, g.outHeight, g.outWidth, g.outChannels];

/** The shortcut of option A: `x`, subsampled, in the middle of the result's channels. */
function shortcut(x: number, g: Geometry): Partial<EpilogueFields> {
  return { x, channels: g.channels, height: g.height, width: g.width, stride: g.strideY };
}

/** Convolution and the statistics of its result: fills `k` with what normalizes it. */
function convolveAndMeasure(
  backend: SimdBackend,
  g: Geometry,
  source: Parameters<typeof convolve>[2],
  { filter, gamma, beta, epsilon }: { filter: TensorInfo; gamma: TensorInfo; beta: TensorInfo; epsilon: number },
  k: Coefficients,
): [u: TensorInfo, mean: TensorInfo, variance: TensorInfo] {
  const [u, mean, variance] = [backend.output(outShape(g)), backend.output(gamma.shape), backend.output(gamma.shape)];
  const groups = groupCount(g);
  backend.scratch(groups * g.outChannels * 16, (sums) => {
    convolve(backend, g, source, backend.address(filter), backend.address(u), { kind: "sums", sums });
    const weights = { gamma: backend.float32(gamma), beta: backend.float32(beta), epsilon };
    const totals = totalSums(backend, sums, groups, g.outChannels);
    normalization(backend, totals, count(g), weights, k, backend.float32(mean), backend.float32(variance));
  });
  return [u, mean, variance];
}

/** y = k0 * u + k2 + shortcut, and ReLU. */
function normalize(
  backend: SimdBackend,
  g: Pick<Geometry, "batch" | "outHeight" | "outWidth" | "outChannels">,
  u: TensorInfo,
  k: Coefficients,
  finish: Partial<EpilogueFields>,
): TensorInfo {
  const y = backend.output(u.shape);
  withWords(backend, [epilogueWords({ ...finish, kind: "affine", k0: k.k0, k2: k.k2 })], (epilogue) =>
    backend.run(
      "normalize",
      { items: g.batch * g.outHeight, grain: Math.ceil(65_536 / (g.outWidth * g.outChannels)) },
      ...[backend.address(u), backend.address(y), g.outHeight, g.outWidth, g.outChannels, epilogue],
    ),
  );
  return y;
}

/** Sums over the batch of dy and of dy * u, each channel's: [2][channels]; dy counts only where y > 0, if there is a y. */
function gradientTotals(
  backend: SimdBackend,
  [rows, width, channels]: readonly [number, number, number],
  dy: TensorInfo,
  y: TensorInfo | undefined,
  u: TensorInfo,
): Float64Array {
  const groups = Math.min(rows, 64);
  return backend.scratch(groups * channels * 16, (sums) => {
    const addresses = [backend.address(dy), y ? backend.address(y) : 0, backend.address(u)];
    backend.run("gradientSums", { items: groups }, ...addresses, rows, width, channels, groups, sums);
    return totalSums(backend, sums, groups, channels);
  });
}

/** From the sums of dy and dy * u, the gradients of gamma and beta and the coefficients of du. */
function backMeasure(
  backend: SimdBackend,
  g: Geometry,
  dy: TensorInfo,
  y: TensorInfo | undefined,
  u: TensorInfo,
  batch: Parameters<typeof backNormalization>[3],
  k: Coefficients,
): [dGamma: TensorInfo, dBeta: TensorInfo] {
  const [dGamma, dBeta] = [backend.output([g.outChannels]), backend.output([g.outChannels])];
  const totals = gradientTotals(backend, [g.batch * g.outHeight, g.outWidth, g.outChannels], dy, y, u);
  backNormalization(backend, totals, count(g), batch, k, backend.float32(dGamma), backend.float32(dBeta));
  return [dGamma, dBeta];
}

const float32s = (backend: SimdBackend, gamma: TensorInfo, mean: TensorInfo, variance: TensorInfo) => ({
  gamma: backend.float32(gamma),
  mean: backend.float32(mean),
  variance: backend.float32(variance),
});

/** Kernels of ../../fused/residual-block.ts and ../../fused/conv-batch-norm.ts, which say what they compute. */
export const residual: Kernels = {
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
    const { stride, epsilon, relu } = attrs as { stride: number; epsilon: number; relu: boolean };
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
      const cut = added && {
        x: backend.address(added),
        channels,
        height,
        width,
        stride: Math.ceil(height / g.outHeight),
      };
      const epilogue: EpilogueFields = { kind: "affine", relu, k0: k.k0, k2: k.k2, ...cut };
      const source = { kind: "raw", x: backend.address(x) } as const;
      convolve(backend, g, source, backend.address(filter), backend.address(y), epilogue);
    });
    return y;
  },

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

  /** Of ../gradients.ts: with respect to x, mean, variance, scale and offset. */
  FusedBatchNormGradient(backend, inputs, attrs) {
    const { dy, x, mean, variance, scale } = named(inputs);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const made = Array.from({ length: 4 }, () => backend.output([channels]));
    const [dMean, dVariance, dScale, dOffset] = made.map((info) => backend.float32(info)) as FourArrays;
    const [means, variances] = [backend.float32(mean), backend.float32(variance)];
    const scales = scale ? backend.float32(scale) : new Float32Array(channels).fill(1);
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

type FourArrays = [Float32Array, Float32Array, Float32Array, Float32Array];

type Known =
  | ("x" | "filter" | "gamma" | "beta" | "dy" | "y" | "u" | "mean" | "variance")
  | ("filter1" | "gamma1" | "beta1" | "filter2" | "gamma2" | "beta2" | "u1" | "u2")
  | ("mean1" | "variance1" | "mean2" | "variance2");

/** Inputs whose presence the op that runs the kernel has made sure of. */
function named(inputs: Inputs): Record<Known, TensorInfo> & { shortcut?: TensorInfo; scale?: TensorInfo } {
  return inputs as never;
}
