import type { Stream } from "../../random/index.js";
import type { Paint } from "./paint.js";
import type { Shape } from "./shape.js";

/** A painted shape; parts lie one over the other. */
export interface Part {
  readonly shape: Shape;
  readonly paint: Paint;
}

/** What draws a class: parts from the lowest to the topmost, no two figures alike. It looks to the right. */
export type Draw = (stream: Stream) => Part[];

export const DARK: Paint = { colour: [0.08, 0.08, 0.1] };
export const LIGHT: Paint = { colour: [0.95, 0.95, 0.92] };
