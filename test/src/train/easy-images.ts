import { Examples } from "../../../src/data/index.js";
import { stream } from "../../../src/random/index.js";

const SIDE = 16;
const PATTERNS: readonly ((y: number, x: number) => boolean)[] = [
  (y) => y % 8 < 4,
  (_y, x) => x % 8 < 4,
  (y, x) => y % 8 < 4 === x % 8 < 4,
  () => false,
];

/**
 * Images that are told apart quickly: stripes this way, stripes that way, chequers, nothing, dark on light or light on dark,
 * tinted, lighter above than below; 16 x 16.
 * @param counts of each class
 */
export function easyImages(counts: readonly number[], seed: number): Examples {
  const labels = counts.flatMap((count, c) => new Array<number>(count).fill(c));
  const random = stream(seed, "easy images");
  const bytes = new Uint8Array(labels.length * SIDE * SIDE * 3);
  labels.forEach((label, i) => {
    const [dy, dx, contrast] = [random.integer(8), random.integer(8), random.integer(2) ? 60 : -60];
    const tint = [0, 1, 2].map(() => random.integer(60));
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++)
        tint.forEach((value, c) => {
          const pattern = PATTERNS[label]!(y + dy, x + dx) ? contrast : 0;
          bytes[((i * SIDE + y) * SIDE + x) * 3 + c] = 120 + value - 3 * y + pattern + random.integer(15);
        });
  });
  return Examples.of({
    ...{ name: "easy images", shape: [labels.length, SIDE, SIDE, 3] as const, bytes, labels: Uint16Array.from(labels) },
    classes: ["level stripes", "upright stripes", "chequers", "nothing"],
  });
}
