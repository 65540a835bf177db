/** An image on its way to a network. */
export interface FloatImage {
  /** From 0 to 1, row by row from the top, each pixel's channels together. Operations change them in place. */
  readonly values: Float32Array;
  /** [height, width, channels]; colours are red, green, blue. */
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** @throws RangeError unless there is a value for each channel of each pixel, and one channel (grey) or three */
export function checkFloatImage(caller: string, { values, shape }: FloatImage): void {
  const [height, width, channels] = shape;
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`${caller}: expected an image with 1 or 3 channels, found ${channels}`);
  if (values.length !== height * width * channels || values.length === 0)
    throw new RangeError(`${caller}: expected the values of [${shape.join(", ")}], found ${values.length}`);
}
