import { checkFloatImage, type FloatImage } from "./float-image.js";

/** Mirrors an image in place: left becomes right. */
export function horizontalFlip(image: FloatImage): FloatImage {
  checkFloatImage("horizontalFlip", image);
  const { values, shape } = image;
  const [, width, channels] = shape;
  for (let row = 0; row < values.length; row += width * channels)
    for (let i = row, j = row + (width - 1) * channels; i < j; i += channels, j -= channels)
      for (let c = 0; c < channels; c++) {
        const held = values[i + c]!;
        values[i + c] = values[j + c]!;
        values[j + c] = held;
      }
  return image;
}
