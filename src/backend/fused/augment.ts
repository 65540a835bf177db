import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";

/** Images as bytes, NHWC one after the other. */
export interface ByteImages {
  readonly bytes: Uint8Array;
  /** [count, height, width, channels] */
  readonly shape: readonly [number, number, number, number];
}

/** Where the window of an image lies, and whether it is mirrored. */
export interface Placement {
  /** Of the window's upper left corner in the image; outside it lie zeros (black). */
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

export interface AugmentOptions {
  /** Of each channel, of values from 0 to 1, [channels]: results are (value - mean) / deviation. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Size of the windows. Default: that of the images. */
  readonly size?: readonly [height: number, width: number];
}

/** A window of each image, mirrored or not, as normalized numbers: crop, flip, byte / 255, normalize. */
export function augment(images: ByteImages, placements: readonly Placement[], options: AugmentOptions): Tensor4D {
  if (!hasKernel("AugmentImages")) return augmentReference(images, placements, options);
  const [count, height, width, channels] = images.shape;
  const [outHeight, outWidth] = options.size ?? [height, width];
  return tf.tidy(() => {
    const words = placements.flatMap(({ top, left, mirrored }) => [top, left, mirrored ? 1 : 0]);
    const inputs = {
      // "bool" is TensorFlow.js's only type of one byte a number.
      images: tf.tensor4d(images.bytes, [count, height, width, channels], "bool"),
      placement: tf.tensor2d(words, [count, 3], "int32"),
      scale: tf.tensor1d(options.deviation.map((d) => 1 / (255 * d))),
      shift: tf.tensor1d(options.deviation.map((d, c) => -options.mean[c]! / d)),
    };
    return runKernel("AugmentImages", inputs, { outHeight, outWidth })[0] as Tensor4D;
  });
}

/** The same, composed of TensorFlow.js's operations. */
export function augmentReference(
  images: ByteImages,
  placements: readonly Placement[],
  { mean, deviation, size }: AugmentOptions,
): Tensor4D {
  const [count, height, width, channels] = images.shape;
  const [outHeight, outWidth] = size ?? [height, width];
  return tf.tidy(() => {
    const all = tf.tensor4d(Float32Array.from(images.bytes), [count, height, width, channels]);
    const windows = placements.map(({ top, left, mirrored }, i) => {
      const margin = (at: number, length: number, outLength: number): [number, number] => [
        Math.max(0, -at),
        Math.max(0, at + outLength - length),
      ];
      const image = tf.slice4d(all, [i, 0, 0, 0], [1, height, width, channels]);
      const [up, down] = margin(top, height, outHeight);
      const [before, after] = margin(left, width, outWidth);
      const padded = tf.pad4d(image, [
        [0, 0],
        [up, down],
        [before, after],
        [0, 0],
      ]);
      const window = tf.slice4d(padded, [0, top + up, left + before, 0], [1, outHeight, outWidth, channels]);
      return mirrored ? tf.reverse4d(window, 2) : window;
    });
    const unit = tf.div(tf.concat4d(windows, 0), 255);
    return tf.div<Tensor4D>(tf.sub(unit, tf.tensor1d([...mean])), tf.tensor1d([...deviation]));
  });
}
