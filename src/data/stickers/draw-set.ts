import type { Stream } from "../../random/index.js";
import { shownSet, type ImageSet } from "../image-set.js";
import type { Draw } from "./figure.js";
import { drawScene, SCENES, type Difficulty } from "./scene.js";

/** What a drawn set is made of. */
interface DrawnSet {
  readonly name: string;
  readonly classes: readonly (readonly [name: string, draw: Draw])[];
  /** Images of each class. */
  readonly counts: readonly number[];
  /** Each class and image has one of its own, split off by name and number: the first n of a class are the same, whatever n. */
  readonly stream: Stream;
  /** Height and width. */
  readonly size: number;
  /** Default that of any scene. */
  readonly difficulty?: Difficulty;
}

/** Draws a set, class after class. */
export function drawSet({ name, classes, counts, stream, size, difficulty = SCENES.any }: DrawnSet): ImageSet {
  const count = counts.reduce((a, b) => a + b, 0);
  const length = size * size * 3;
  const bytes = new Uint8Array(count * length);
  const pixels = new Uint8ClampedArray(bytes.buffer);
  const labels = new Uint16Array(count);
  let at = 0;
  classes.forEach(([className, draw], label) => {
    const images = stream.split(className);
    for (let i = 0; i < counts[label]!; i++, at++) {
      drawScene(images.split(String(i)), draw, size, pixels.subarray(at * length, (at + 1) * length), difficulty);
      labels[at] = label;
    }
  });
  return shownSet({ name, bytes, shape: [count, size, size, 3], labels, classes: classes.map(([name]) => name) });
}
