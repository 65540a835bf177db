/** SVG path data as polylines: what a DOM that draws nothing needs to answer "how large?" and "how long?". */

/** A point [x, y] in user units. */
export type Point = readonly [x: number, y: number];

const ARITY: Record<string, number> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };
const CURVE_STEPS = 16;

/** The subpaths of `d` as polylines; curves and arcs in 16 chords, which plotly's rounded shapes cannot tell apart. */
export function polylines(d: string): Point[][] {
  const lines: Point[][] = [];
  let line: Point[] = [];
  let here: Point = [0, 0];
  let control: Point | undefined;
  const goTo = (points: readonly Point[]): void => {
    line.push(...points);
    here = points.at(-1) ?? here;
  };
  for (const { kind, values, relative } of commands(d)) {
    const [dx, dy] = relative ? here : [0, 0];
    const at = (i: number): Point => [dx + (values[i] ?? 0), dy + (values[i + 1] ?? 0)];
    const reflected: Point = control ? [2 * here[0] - control[0], 2 * here[1] - control[1]] : here;
    let nextControl: Point | undefined;
    switch (kind) {
      case "m":
        here = at(0);
        lines.push((line = [here]));
        break;
      case "h":
        goTo([[dx + (values[0] ?? 0), here[1]]]);
        break;
      case "v":
        goTo([[here[0], dy + (values[0] ?? 0)]]);
        break;
      case "z":
        goTo(line.slice(0, 1));
        break;
      case "c":
      case "s":
        nextControl = at(values.length - 4);
        goTo(curve([here, kind === "c" ? at(0) : reflected, nextControl, at(values.length - 2)]));
        break;
      case "q":
      case "t":
        nextControl = kind === "q" ? at(0) : reflected;
        goTo(curve([here, nextControl, at(values.length - 2)]));
        break;
      case "a":
        goTo(arc(here, values, at(5)));
        break;
      default:
        goTo([at(0)]);
    }
    control = nextControl;
  }
  return lines;
}

/** Length of a path, in user units. */
export function pathLength(d: string): number {
  return segments(d).reduce((sum, [from, to]) => sum + distance(from, to), 0);
}

/** The point `length` along a path; its ends for lengths before and beyond it. */
export function pointAtLength(d: string, length: number): Point {
  let left = Math.max(0, length);
  let last: Point = polylines(d)[0]?.[0] ?? [0, 0];
  for (const [from, to] of segments(d)) {
    const step = distance(from, to);
    if (left <= step && step > 0) {
      return [from[0] + ((to[0] - from[0]) * left) / step, from[1] + ((to[1] - from[1]) * left) / step];
    }
    left -= step;
    last = to;
  }
  return last;
}

function segments(d: string): [Point, Point][] {
  return polylines(d).flatMap((line) => line.slice(1).map((to, i): [Point, Point] => [line[i] ?? to, to]));
}

function distance(from: Point, to: Point): number {
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

/** Commands with one set of arguments each: repeated sets are split, and a second set after M draws a line. */
function* commands(d: string): Generator<{ kind: string; values: number[]; relative: boolean }> {
  for (const [, letter = "", list = ""] of d.matchAll(/([a-df-z])([^a-df-z]*)/gi)) {
    const relative = letter === letter.toLowerCase();
    let kind = letter.toLowerCase();
    const values = (list.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    const arity = ARITY[kind];
    if (arity === 0) yield { kind, values: [], relative };
    if (!arity) continue;
    for (let start = 0; start + arity <= values.length; start += arity) {
      yield { kind, values: values.slice(start, start + arity), relative };
      if (kind === "m") kind = "l";
    }
  }
}

/** A Bezier curve of any degree by de Casteljau's construction, without its first point. */
function curve(points: readonly Point[]): Point[] {
  return Array.from({ length: CURVE_STEPS }, (_, step) => {
    const t = (step + 1) / CURVE_STEPS;
    let level = points;
    while (level.length > 1) {
      level = level.slice(1).map(([x, y], i): Point => {
        const [fromX, fromY] = level[i] ?? [x, y];
        return [fromX + t * (x - fromX), fromY + t * (y - fromY)];
      });
    }
    return level[0] ?? [0, 0];
  });
}

/** An elliptical arc, without its first point: SVG 2, appendix B.2.4, from end points to a centre and two angles. */
function arc(from: Point, values: readonly number[], to: Point): Point[] {
  const [rx = 0, ry = 0, rotation = 0, large = 0, sweep = 0] = values;
  if (rx === 0 || ry === 0 || distance(from, to) === 0) return [to];
  const [cos, sin] = [Math.cos((rotation * Math.PI) / 180), Math.sin((rotation * Math.PI) / 180)];
  const [halfX, halfY] = [(from[0] - to[0]) / 2, (from[1] - to[1]) / 2];
  // On the unit circle: the two ends lie at +u and -u around their middle.
  const [ux, uy] = [(cos * halfX + sin * halfY) / rx, (cos * halfY - sin * halfX) / ry];
  const squared = ux * ux + uy * uy;
  const scale = Math.sqrt(Math.max(1, squared));
  const toCentre = Math.sqrt(Math.max(0, 1 / squared - 1)) * (large === sweep ? -1 : 1);
  const [cx, cy] = squared >= 1 ? [0, 0] : [toCentre * uy, -toCentre * ux];
  const start = Math.atan2(uy / scale - cy, ux / scale - cx);
  let turn = Math.atan2(-uy / scale - cy, -ux / scale - cx) - start;
  if (sweep && turn < 0) turn += 2 * Math.PI;
  if (!sweep && turn > 0) turn -= 2 * Math.PI;
  const [middleX, middleY] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  return Array.from({ length: CURVE_STEPS }, (_, step) => {
    const angle = start + (turn * (step + 1)) / CURVE_STEPS;
    const [x, y] = [scale * rx * (cx + Math.cos(angle)), scale * ry * (cy + Math.sin(angle))];
    return [middleX + cos * x - sin * y, middleY + sin * x + cos * y];
  });
}
