import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";

/** Images by their numbers. They stay what they are: a device may keep them. */
export interface ByteImages {
  readonly length: number;
  /** [height, width, channels] of every image. */
  readonly shape: readonly [number, number, number];
  /** Bytes of an image, [height, width, channels]. */
  image(index: number): Uint8Array;
}

/** A window of an image, mirrored or not. */
export interface Placement {
  /** Which image, 0 to images.length - 1. */
  readonly image: number;
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

/** @throws RangeError but for a finite mean and a finite deviation > 0 of each channel */
export function checkNormalization(
  caller: string,
  { mean, deviation }: Pick<AugmentOptions, "mean" | "deviation">,
  channels: number,
): void {
  const areNumbers = [mean, deviation].every((one) => one?.length === channels && [...one].every(Number.isFinite));
  if (areNumbers && deviation.every((d) => d > 0)) return;
  throw new RangeError(
    `${caller}: expected a normalization by ${channels} means and ${channels} deviations > 0, one of each for each ` +
      `channel; found the means [${String(mean)}] and the deviations [${String(deviation)}]`,
  );
}

/** What the kernel "AugmentImages" is asked for, besides scale and shift of each channel. */
export interface AugmentRequest {
  readonly images: ByteImages;
  readonly placements: readonly Placement[];
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * Windows of images, mirrored or not, as normalized numbers: crop, flip, byte / 255, normalize.
 * @returns one for each placement, [placements, height, width, channels]
 * @throws RangeError for a placement in an image that there is not, or a normalization of other than the images' channels
 */
export function augment(images: ByteImages, placements: readonly Placement[], options: AugmentOptions): Tensor4D {
  const wrong = placements.find(({ image }) => !(Number.isInteger(image) && image >= 0 && image < images.length));
  if (wrong)
    throw new RangeError(`augment: there are images 0 to ${images.length - 1}, and no image ${String(wrong.image)}`);
  checkNormalization("augment", options, images.shape[2]);
  if (!hasKernel("AugmentImages")) return augmentReference(images, placements, options);
  const [height, width] = images.shape;
  const [outHeight, outWidth] = options.size ?? [height, width];
  return tf.tidy(() => {
    const inputs = {
      scale: tf.tensor1d(options.deviation.map((d) => 1 / (255 * d))),
      shift: tf.tensor1d(options.deviation.map((d, c) => -options.mean[c]! / d)),
    };
    const request: AugmentRequest = { images, placements, outHeight, outWidth };
    return runKernel("AugmentImages", inputs, request as unknown as tf.NamedAttrMap)[0] as Tensor4D;
  });
}

/** Some images one after the other. */
export function gather(
  images: ByteImages,
  indices: ArrayLike<number>,
  into: Uint8Array = new Uint8Array(indices.length * imageSize(images)),
): Uint8Array {
  const size = imageSize(images);
  for (let i = 0; i < indices.length; i++) into.set(images.image(indices[i]!), i * size);
  return into;
}

/** Which images some placements are in. */
export const imagesOf = (placements: readonly Placement[]): Uint32Array =>
  Uint32Array.from(placements, ({ image }) => image);

/** Bytes of an image. */
export const imageSize = ({ shape: [height, width, channels] }: ByteImages): number => height * width * channels;

/** The same, composed of TensorFlow.js's operations. */
export function augmentReference(
  images: ByteImages,
  placements: readonly Placement[],
  { mean, deviation, size }: AugmentOptions,
): Tensor4D {
  const [height, width, channels] = images.shape;
  const [outHeight, outWidth] = size ?? [height, width];
  return tf.tidy(() => {
    const bytes = gather(images, imagesOf(placements));
    const all = tf.tensor4d(Float32Array.from(bytes), [placements.length, height, width, channels]);
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
