import type { Stream } from "../../random/index.js";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./adjust.js";
import type { FloatImage } from "./float-image.js";
import { between } from "./range.js";

/** How far each adjustment may go: factors from max(0, 1 - x) to 1 + x, hue from -x to x turns. 0: not at all. */
export interface JitterStrength {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

/** What is done to one image. */
export interface Jitter {
  /** Which adjustment comes when: 0 brightness, 1 contrast, 2 saturation, 3 hue. */
  readonly order: Uint8Array;
  /** Factors of the first three, turns of the last. */
  readonly amounts: readonly [brightness: number, contrast: number, saturation: number, hue: number];
}

/** Draws what torchvision's `ColorJitter` draws: an order, then four amounts. */
export function randomJitter(stream: Stream, { brightness, contrast, saturation, hue }: JitterStrength): Jitter {
  const order = stream.shuffle(Uint8Array.of(0, 1, 2, 3));
  const factor = (strength: number): number => between([Math.max(0, 1 - strength), 1 + strength], stream.uniform());
  return {
    order,
    amounts: [factor(brightness), factor(contrast), factor(saturation), between([-hue, hue], stream.uniform())],
  };
}

const ADJUSTMENTS = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue];
const NOTHING = [1, 1, 1, 0];

/** Adjusts brightness, contrast, saturation and hue in the order given, in place. */
export function colourJitter(image: FloatImage, { order, amounts }: Jitter): FloatImage {
  for (const which of order) if (amounts[which] !== NOTHING[which]) ADJUSTMENTS[which]!(image, amounts[which]!);
  return image;
}
