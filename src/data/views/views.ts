import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { checkNormalization } from "../../backend/fused/augment.js";
import { check, checkArray, count, having, optional } from "../../options.js";
import type { Stream } from "../../random/index.js";
import { requireExamples, type Examples } from "../examples.js";
import type { Normalization } from "../normalization.js";
import { augmentationRules, mocoAugmentation, type ViewAugmentation } from "./augmentation.js";
import { checkFloatImage, type FloatImage } from "./float-image.js";
import { makeView, randomView, type View } from "./view.js";

export interface ViewsOptions extends ViewAugmentation {
  /** Where the random choices come from. */
  readonly stream: Stream;
  /** Such as `data.normalizationOf(examples)`. */
  readonly normalization: Normalization;
  /** Of the views. Default that of the images. */
  readonly size?: readonly [height: number, width: number];
}

const rules = {
  stream: having("uniform", "integer", "shuffle"),
  normalization: having("mean", "deviation"),
  size: optional({
    range: "[height, width], integers >= 1",
    accepts: (v) => Array.isArray(v) && v.length === 2 && v.every((n) => count.accepts(n)),
  }),
  ...augmentationRules,
};

/**
 * One view of each of some examples, as contrastive learning looks at them, normalized: a part of the image brought to one
 * size, mirrored or not, its colours jittered or taken out, blurred or not. Two calls in a row give two views of the same
 * images: `views(examples, positions, { stream, normalization, ...simclrAugmentation })`.
 *
 * Operations are torchvision's, in floating point throughout, where torchvision on Pillow's images rounds to bytes after
 * each. They run on the CPU: the same stream gives the same bits on every device.
 * @param positions which examples, in order; one may come more than once
 * @returns [positions, height, width, channels]; to be disposed of by the caller
 * @throws RangeError for an option out of range, a position that there is not, or no positions at all; for images with
 * other than 1 or 3 channels, or a normalization with another number
 */
export function views(examples: Examples, positions: ArrayLike<number>, options: ViewsOptions): Tensor4D {
  const drawn = drawViews(examples, positions, options);
  return tf.tensor4d(makeViews(drawn), [positions.length, ...drawn.size, examples.shape[2]]);
}

/** What chance has decided about views, and the images to make them of: plain data, for another thread too. */
export interface DrawnViews {
  readonly views: readonly View[];
  /** Of the images, one after the other. */
  readonly bytes: Uint8Array;
  readonly shape: Examples["shape"];
  readonly size: readonly [height: number, width: number];
  readonly normalization: Normalization;
}

/** Draws what `views` makes. @throws RangeError as it does */
export function drawViews(examples: Examples, positions: ArrayLike<number>, options: ViewsOptions): DrawnViews {
  requireExamples("views", examples);
  check("views", options, rules);
  checkArray("views", "positions", positions);
  if (positions.length === 0) throw new RangeError("views: expected one or more positions, found none");
  const [imageHeight, imageWidth, channels] = examples.shape;
  const { stream, normalization, size = [imageHeight, imageWidth] } = options;
  const [height, width] = size;
  const augmentation = { ...mocoAugmentation, blur: Math.max(height, width) > 32 ? 0.5 : 0, ...given(options) };
  checkNormalization("views", normalization, channels);
  checkFloatImage("views", { values: new Float32Array(size[0] * size[1] * channels), shape: [...size, channels] });
  const bytes = new Uint8Array(positions.length * imageHeight * imageWidth * channels);
  const drawn = Array.from(positions, (position, i) => {
    bytes.set(examples.image(position), (i * bytes.length) / positions.length);
    return randomView(stream, [imageHeight, imageWidth], augmentation);
  });
  const plain = { mean: [...normalization.mean], deviation: [...normalization.deviation] };
  return { views: drawn, bytes, shape: examples.shape, size, normalization: plain };
}

/** Makes the views that were drawn, normalized: [views, height, width, channels]. */
export function makeViews({ views, bytes, shape, size: [height, width], normalization }: DrawnViews): Float32Array {
  const channels = shape[2];
  const normalize = normalizer(normalization);
  const [from, to] = [shape[0] * shape[1] * channels, height * width * channels];
  const values = new Float32Array(views.length * to);
  views.forEach((view, i) => {
    const result: FloatImage = { values: values.subarray(i * to, (i + 1) * to), shape: [height, width, channels] };
    makeView({ bytes: bytes.subarray(i * from, (i + 1) * from), shape }, view, result);
    normalize(result.values);
  });
  return values;
}

/** The options but those that are `undefined`, which stand for the defaults. */
function given(options: ViewsOptions): ViewsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ViewsOptions;
}

function normalizer({ mean, deviation }: Normalization): (values: Float32Array) => void {
  const channels = mean.length;
  const scale = deviation.map((d) => 1 / d);
  const shift = deviation.map((d, c) => -mean[c]! / d);
  return (values) => {
    for (let c = 0; c < channels; c++) {
      const [factor, summand] = [scale[c]!, shift[c]!];
      for (let at = c; at < values.length; at += channels) values[at] = values[at]! * factor + summand;
    }
  };
}
