import type { Stream } from "../../random/index.js";
import { between, chance } from "../stickers/chance.js";
import type { Draw } from "../stickers/figure.js";
import { hsv, PATTERNS, patternOf, shade, type Colour } from "../stickers/paint.js";
import { SHAPES } from "./shapes.js";

const hued =
  (hue: number) =>
  (stream: Stream): Colour =>
    hsv(hue + between(stream, -0.03, 0.03), between(stream, 0.6, 1), between(stream, 0.55, 1));

const COLOURS: Readonly<Record<string, (stream: Stream) => Colour>> = {
  red: hued(0),
  blue: hued(0.6),
  yellow: hued(0.15),
  purple: hued(0.79),
  green: hued(0.35),
  grey: (stream) => hsv(0, between(stream, 0, 0.08), between(stream, 0.3, 0.85)),
};

const COATS = [undefined, ...PATTERNS] as const;
const NAMED = { plain: "", stripes: "striped ", spots: "spotted ", checks: "checked " };
const [names, colours] = [Object.keys(SHAPES), Object.keys(COLOURS)];

/** How many classes there are. */
export const CLASS_COUNT = names.length * colours.length * COATS.length;

/**
 * Class number i: every shape in every colour with every pattern, "red striped star". Neighbours in number differ in all
 * three, so that few classes have little in common, and those that are alike lie anywhere between head and tail.
 */
export function emblemClass(i: number): { readonly name: string; readonly draw: Draw } {
  const [at, round] = [i % names.length, Math.floor(i / names.length)];
  const [shapeName, colourName] = [names[at]!, colours[(at + round) % colours.length]!];
  const kind = COATS[(at + Math.floor(round / colours.length)) % COATS.length];
  const shape = SHAPES[shapeName]!;
  return {
    name: `${colourName} ${NAMED[kind ?? "plain"]}${shapeName}`,
    draw(stream) {
      const colour = COLOURS[colourName]!(stream);
      if (kind === undefined) return [{ shape, paint: { colour } }];
      const second = shade(colour, chance(stream, 0.5) ? 0.4 : 1.8);
      return [{ shape, paint: { colour, second, pattern: patternOf(stream, kind) } }];
    },
  };
}
