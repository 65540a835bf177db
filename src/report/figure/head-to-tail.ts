/**
 * Classes from the most training images to the fewest; ties in label order.
 *
 * @param images training images of each class, numbers >= 0
 * @throws RangeError for other numbers, or not one a class.
 */
export function headToTail(caller: string, images: readonly number[], classes: number): number[] {
  if (images.length !== classes || !images.every((n) => n >= 0 && n < Infinity)) {
    throw new RangeError(
      `${caller}: expected images to be one number >= 0 for each of ${classes} classes, found ${JSON.stringify(images)}`,
    );
  }
  return images.map((_, c) => c).sort((a, b) => images[b]! - images[a]! || a - b);
}
