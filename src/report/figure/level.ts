import { significant } from "../../show/number.js";
import type { Digits } from "./digits.js";
import { INK } from "./style.js";

/** The numbers that a heat map's colours stand for: z[row][column] at (x[column], y[row]). */
export interface ColorMap {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly z: readonly (readonly (number | null)[])[];
}

/** A Plotly annotation. */
export interface LevelLabel {
  readonly x: number;
  readonly y: number;
  readonly [key: string]: unknown;
}

/** The line along which a map has the value `at`. */
export function levelLine(map: ColorMap, at: number): Record<string, unknown> {
  return {
    type: "contour",
    ...map,
    autocontour: false,
    contours: { start: at, end: at, size: 1, coloring: "lines" },
    colorscale: [
      [0, INK],
      [1, INK],
    ],
    line: { width: 1.5 },
    showscale: false,
    showlegend: false,
    hoverinfo: "skip",
  };
}

/** The level's name, on the line; Plotly's own labels could only show the number that the colours stand for. */
export function levelLabel(map: ColorMap, at: number, text: string, digits: Digits): LevelLabel[] {
  const rows = map.z.flatMap((row, j) => crossings(row, at).map((i) => ({ i, j })));
  const columns = map.x.flatMap((_, i) =>
    crossings(
      map.z.map((row) => row[i] ?? null),
      at,
    ).map((j) => ({ i, j })),
  );
  const points = rows.length > 0 ? rows : columns;
  const middle = points[Math.floor(points.length / 2)];
  if (!middle) return [];
  const place = { xref: "x", yref: "y", x: between(map.x, middle.i, digits.x), y: between(map.y, middle.j, digits.y) };
  return [{ ...place, text, showarrow: false, font: { size: 12 }, bgcolor: "rgba(255,255,255,0.8)", borderpad: 1 }];
}

/** Where a row of values passes `at`, as fractional indices. */
function crossings(values: readonly (number | null)[], at: number): number[] {
  return values.flatMap((left, index) => {
    const right = values[index + 1] ?? null;
    if (left === null || right === null || left < at === right < at) return [];
    return [index + (at - left) / (right - left)];
  });
}

/** The position at a fractional index. */
function between(positions: readonly number[], index: number, digits: number): number {
  const [left = 0, right = left] = positions.slice(Math.floor(index));
  return significant(left + (right - left) * (index % 1), digits);
}
