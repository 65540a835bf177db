import type { Stream } from "../../random/index.js";
import type { Bitmap } from "../images/png.js";
import type { Box } from "../images/resample.js";
import type { ViewAugmentation } from "./augmentation.js";
import { colourJitter, randomJitter, type Jitter } from "./colour-jitter.js";
import { randomBox } from "./random-box.js";
import { between } from "./range.js";
import { resizedCrop } from "./resized-crop.js";
import type { FloatImage } from "./float-image.js";
import { gaussianBlur } from "./gaussian-blur.js";
import { greyscale } from "./greyscale.js";
import { horizontalFlip } from "./horizontal-flip.js";

/** All that chance decides about a view. */
export interface View {
  readonly box: Box;
  readonly flipped: boolean;
  /** Left out: colours stay. */
  readonly jitter?: Jitter | undefined;
  readonly grey: boolean;
  /** Of the blur. Left out: none. */
  readonly sigma?: number | undefined;
}

/**
 * Draws a view of an image of `size`. The draws of an image always come in this order, whether they are made use of or not,
 * so that an augmentation that is switched off leaves the others as they are: box, mirror, jitter, grey, blur.
 */
export function randomView(
  stream: Stream,
  size: readonly [height: number, width: number],
  augmentation: Required<ViewAugmentation>,
): View {
  const box = randomBox(stream, size, augmentation.scale, augmentation.ratio);
  const flipped = stream.uniform() < augmentation.flip;
  const jittered = stream.uniform() < augmentation.jitter;
  const jitter = randomJitter(stream, augmentation);
  const grey = stream.uniform() < augmentation.greyscale;
  const blurred = stream.uniform() < augmentation.blur;
  const sigma = between(augmentation.sigma, stream.uniform());
  return { box, flipped, jitter: jittered ? jitter : undefined, grey, sigma: blurred ? sigma : undefined };
}

/** Makes a view of an image, in place of what `result` held. */
export function makeView(image: Bitmap, { box, flipped, jitter, grey, sigma }: View, result: FloatImage): void {
  resizedCrop(image, box, result);
  if (flipped) horizontalFlip(result);
  if (jitter) colourJitter(result, jitter);
  if (grey) greyscale(result);
  if (sigma !== undefined) gaussianBlur(result, sigma);
}
