import { checkFloatImage, type FloatImage } from "./float-image.js";

/** How bright a colour is, in torchvision's four digits: white is 0.9999. */
export function brightness(red: number, green: number, blue: number): number {
  return 0.2989 * red + 0.587 * green + 0.114 * blue;
}

/** Takes the colour out of an image in place; its channels become equal (torchvision's `rgb_to_grayscale`). */
export function greyscale(image: FloatImage): FloatImage {
  checkFloatImage("greyscale", image);
  const { values, shape } = image;
  if (shape[2] === 1) return image;
  for (let at = 0; at < values.length; at += 3) {
    const grey = brightness(values[at]!, values[at + 1]!, values[at + 2]!);
    values[at] = grey;
    values[at + 1] = grey;
    values[at + 2] = grey;
  }
  return image;
}
