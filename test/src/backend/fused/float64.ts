/** Residual networks' layers in double precision and plain loops, for gradient checks: NHWC, HWIO. */

export interface Array64 {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Convolution padded by half its kernel all round. */
export function conv(x: Array64, filter: Array64, stride: number): Array64 {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kh, kw, , wide] = filter.shape as [number, number, number, number];
  const [top, left] = [(kh - 1) / 2, (kw - 1) / 2];
  const [oh, ow] = [Math.floor((height - 1) / stride) + 1, Math.floor((width - 1) / stride) + 1];
  const values = new Float64Array(batch * oh * ow * wide);
  let at = 0;
  for (let b = 0; b < batch; b++)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++)
        for (let k = 0; k < wide; k++, at++)
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++) {
              const [iy, ix] = [y * stride + i - top, z * stride + j - left];
              if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
              for (let c = 0; c < channels; c++)
                values[at]! +=
                  x.values[((b * height + iy) * width + ix) * channels + c]! *
                  filter.values[((i * kw + j) * channels + c) * wide + k]!;
            }
  return { shape: [batch, oh, ow, wide], values };
}

/** Batch normalization by the batch's own statistics. */
export function batchNorm(u: Array64, gamma: Array64, beta: Array64, epsilon = 1e-5): Array64 {
  const channels = u.shape[3]!;
  const count = u.values.length / channels;
  const [mean, square] = [new Float64Array(channels), new Float64Array(channels)];
  u.values.forEach((value, i) => (mean[i % channels]! += value / count));
  u.values.forEach((value, i) => (square[i % channels]! += (value - mean[i % channels]!) ** 2 / count));
  const values = u.values.map((value, i) => {
    const c = i % channels;
    return ((value - mean[c]!) / Math.sqrt(square[c]! + epsilon)) * gamma.values[c]! + beta.values[c]!;
  });
  return { shape: u.shape, values };
}

export function relu(x: Array64): Array64 {
  return { shape: x.shape, values: x.values.map((value) => Math.max(0, value)) };
}

/** y plus x, subsampled and padded with channels of zeros (option A). */
export function addShortcut(y: Array64, x: Array64, stride: number): Array64 {
  const [batch, oh, ow, wide] = y.shape as [number, number, number, number];
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const values = y.values.slice();
  const side = (wide - channels) / 2;
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++)
        for (let c = 0; c < channels; c++)
          values[((b * oh + i) * ow + j) * wide + side + c]! +=
            x.values[((b * height + i * stride) * width + j * stride) * channels + c]!;
  return { shape: y.shape, values };
}

/**
 * Derivatives of sum(weights * f(inputs)) with respect to each number of each input, by central differences.
 * @param step 1e-6: truncation and rounding errors are then both near 1e-10
 */
export function differences(
  f: (...inputs: Array64[]) => Array64,
  inputs: readonly Array64[],
  weights: ArrayLike<number>,
  step = 1e-6,
): Float64Array[] {
  const total = (): number => f(...inputs).values.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  return inputs.map(({ values }) =>
    values.map((value, i) => {
      values[i] = value + step;
      const above = total();
      values[i] = value - step;
      const below = total();
      values[i] = value;
      return (above - below) / (2 * step);
    }),
  );
}
