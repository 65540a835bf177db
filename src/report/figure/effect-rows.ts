import { numbers } from "./effect.js";
import type { Effect } from "./effect.js";
import { wrap } from "./style.js";

type Json = Record<string, unknown>;

/** Pixels: a line of text, the room of a point, and between two effects. */
export const LINE = 16;
const POINT = 14;
export const GAP = 12;

const NAME_WIDTH = 50;

/** An effect and its place in the figure. */
export interface EffectRow {
  readonly effect: Effect;
  /** Of the point, below the top; negative. */
  readonly y: number;
  readonly texts: readonly Json[];
}

/** From the top down, one unit of y a pixel. */
export function laidOut(
  effects: readonly Effect[],
  top: number,
  decimals: number,
): { rows: EffectRow[]; height: number } {
  let at = top;
  const rows = effects.map((effect, index): EffectRow => {
    const texts: Json[] = [];
    const write = (text: string, more: Json = {}): void => {
      texts.push(label(text, -at, more));
      at += LINE;
    };
    if (effect.group !== undefined && effect.group !== effects[index - 1]?.group) write(`<b>${effect.group}</b>`);
    for (const line of wrap(effect.name, NAME_WIDTH)) write(line);
    write(numbers(effect, decimals), { font: { size: 11, color: "#555555" } });
    const y = -(at + POINT / 2);
    at += POINT + GAP;
    return { effect, y, texts };
  });
  return { rows, height: at };
}

function label(text: string, y: number, more: Json): Json {
  const place = { xref: "paper", x: 0, xanchor: "left", yref: "y", y, yanchor: "top", align: "left", borderpad: 0 };
  return { ...place, text, showarrow: false, font: { size: 12 }, bgcolor: "rgba(255,255,255,0.85)", ...more };
}
