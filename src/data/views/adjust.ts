import { checkFloatImage, type FloatImage } from "./float-image.js";
import { brightness } from "./greyscale.js";

/**
 * Multiplies an image's values, in place; what leaves 0 to 1 is cut off (torchvision's `adjust_brightness`).
 * @param factor >= 0: 0 is black, 1 changes nothing
 * @throws RangeError for another factor
 */
export function adjustBrightness(image: FloatImage, factor: number): FloatImage {
  checkFactor("adjustBrightness", image, factor);
  const { values } = image;
  for (let i = 0; i < values.length; i++) values[i] = unit(factor * values[i]!);
  return image;
}

/**
 * Brings an image's values nearer to its mean brightness, or farther from it, in place (torchvision's `adjust_contrast`).
 * @param factor >= 0: 0 is one grey, 1 changes nothing
 * @throws RangeError for another factor
 */
export function adjustContrast(image: FloatImage, factor: number): FloatImage {
  checkFactor("adjustContrast", image, factor);
  const rest = (1 - factor) * meanBrightness(image);
  const { values } = image;
  for (let i = 0; i < values.length; i++) values[i] = unit(factor * values[i]! + rest);
  return image;
}

/**
 * Brings each pixel nearer to the grey that is as bright, or farther from it, in place (torchvision's
 * `adjust_saturation`). Images with one channel stay as they are.
 * @param factor >= 0: 0 is grey, 1 changes nothing
 * @throws RangeError for another factor
 */
export function adjustSaturation(image: FloatImage, factor: number): FloatImage {
  checkFactor("adjustSaturation", image, factor);
  const { values, shape } = image;
  if (shape[2] === 1) return image;
  for (let at = 0; at < values.length; at += 3) {
    const red = values[at]!;
    const green = values[at + 1]!;
    const blue = values[at + 2]!;
    const rest = (1 - factor) * brightness(red, green, blue);
    values[at] = unit(factor * red + rest);
    values[at + 1] = unit(factor * green + rest);
    values[at + 2] = unit(factor * blue + rest);
  }
  return image;
}

/**
 * Turns each pixel's hue, in place, with its value and saturation (of HSV) as they are (torchvision's `adjust_hue`). Images
 * with one channel stay as they are.
 * @param turns of the colour circle: a third makes red green; whole turns change nothing
 * @throws RangeError unless it is a finite number
 */
export function adjustHue(image: FloatImage, turns: number): FloatImage {
  checkFloatImage("adjustHue", image);
  if (!Number.isFinite(turns)) throw new RangeError(`adjustHue: turns must be a finite number (got ${turns})`);
  const { values, shape } = image;
  if (shape[2] === 1) return image;
  const sixths = 6 * (turns - Math.floor(turns));
  for (let at = 0; at < values.length; at += 3) {
    const red = values[at]!;
    const green = values[at + 1]!;
    const blue = values[at + 2]!;
    const value = Math.max(red, green, blue);
    const chroma = value - Math.min(red, green, blue);
    if (chroma === 0) continue;
    // Where on the circle, in sixths: red 0, green 2, blue 4.
    let hue =
      value === red
        ? (green - blue) / chroma
        : value === green
          ? 2 + (blue - red) / chroma
          : 4 + (red - green) / chroma;
    hue += sixths;
    hue = hue < 0 ? hue + 6 : hue >= 6 ? hue - 6 : hue;
    // Each primary is full within a sixth of its place, and gone from two sixths on.
    values[at] = value - chroma * unit(2 - Math.abs(hue - 3));
    values[at + 1] = value - chroma * unit(Math.abs(hue - 2) - 1);
    values[at + 2] = value - chroma * unit(Math.abs(hue - 4) - 1);
  }
  return image;
}

function checkFactor(caller: string, image: FloatImage, factor: number): void {
  checkFloatImage(caller, image);
  if (!(factor >= 0 && factor < Infinity))
    throw new RangeError(`${caller}: factor must be a finite number >= 0 (got ${factor})`);
}

function meanBrightness({ values, shape }: FloatImage): number {
  let sum = 0;
  if (shape[2] === 1) for (const value of values) sum += value;
  else for (let at = 0; at < values.length; at += 3) sum += brightness(values[at]!, values[at + 1]!, values[at + 2]!);
  return (sum * shape[2]) / values.length;
}

function unit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
