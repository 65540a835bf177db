import { checkFloatImage, type FloatImage } from "./float-image.js";

/**
 * Blurs an image in place by a Gaussian of `sigma` pixels, cut off at four sigma; beyond its edges the image is mirrored,
 * the edge itself not repeated: torchvision's `gaussian_blur` with a kernel that wide. (MoCo's code lets Pillow approach
 * the Gaussian by three box blurs, which differ visibly below a sigma of 1.)
 * @param sigma > 0
 * @throws RangeError for another sigma
 */
export function gaussianBlur(image: FloatImage, sigma: number): FloatImage {
  checkFloatImage("gaussianBlur", image);
  if (!(sigma > 0 && sigma < Infinity))
    throw new RangeError(`gaussianBlur: sigma must be a finite number > 0 (got ${sigma})`);
  const { values, shape } = image;
  const [height, width, channels] = shape;
  const weights = halfKernel(sigma);
  const length = width * channels;
  const radius = weights.length - 1;
  const padded = new Float32Array((width + 2 * radius) * channels);
  const across = new Float32Array(values.length);
  const sums = new Float64Array(length);
  for (let row = 0; row < values.length; row += length) {
    for (let column = -radius, to = 0; column < width + radius; column++) {
      const from = row + mirrored(column, width) * channels;
      for (let c = 0; c < channels; c++) padded[to++] = values[from + c]!;
    }
    sums.fill(0);
    weights.forEach((weight, d) => addBoth(sums, weight, padded, (radius - d) * channels, (radius + d) * channels));
    across.set(sums, row);
  }
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    weights.forEach((weight, d) =>
      addBoth(sums, weight, across, mirrored(row - d, height) * length, mirrored(row + d, height) * length),
    );
    values.set(sums, row * length);
  }
  return image;
}

/** Weights of the pairs of pixels at distances 0 (twice the same pixel), 1, ...; times two they add up to 1. */
function halfKernel(sigma: number): Float64Array {
  const weights = Float64Array.from({ length: Math.floor(4 * sigma + 0.5) + 1 }, (_, d) =>
    d === 0 ? 0.5 : Math.exp(-0.5 * (d / sigma) ** 2),
  );
  const sum = weights.reduce((total, weight) => total + 2 * weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Adds to each sum what stands as far from `before` and from `after`, weighted. */
function addBoth(sums: Float64Array, weight: number, values: Float32Array, before: number, after: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += weight * (values[before + i]! + values[after + i]!);
}

/** Which of `count` stands at a place that may lie beyond them: ... 2 1 | 0 1 2 | 1 0 ... */
function mirrored(place: number, count: number): number {
  if (count === 1) return 0;
  let at = place;
  while (at < 0 || at >= count) at = at < 0 ? -at : 2 * (count - 1) - at;
  return at;
}
