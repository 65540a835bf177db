/**
 * A shape in the plane of a figure (x to the right, y up, the figure within -1 to 1), by its signed distance: negative
 * inside. `box` holds it: [left, bottom, right, top].
 */
export interface Shape {
  distance(x: number, y: number): number;
  readonly box: readonly [number, number, number, number];
}

export type Point = readonly [x: number, y: number];

/** An ellipse with half-axes rx and ry. The distance is exact on its edge and for circles, near enough elsewhere. */
export function ellipse(cx: number, cy: number, rx: number, ry: number): Shape {
  const smaller = Math.min(rx, ry);
  return {
    distance: (x, y) => {
      const u = (x - cx) / rx;
      const v = (y - cy) / ry;
      const k = Math.sqrt(u * u + v * v);
      const gradient = Math.sqrt((u * u) / (rx * rx) + (v * v) / (ry * ry));
      return gradient === 0 ? -smaller : (k * (k - 1)) / gradient;
    },
    box: [cx - rx, cy - ry, cx + rx, cy + ry],
  };
}

/** A convex polygon. */
export function polygon(...points: Point[]): Shape {
  let area = 0;
  points.forEach(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    area += x * nextY - nextX * y;
  });
  if (area < 0) points.reverse();
  // Of each edge: the normal that points outwards, and how far along it the edge lies.
  const edges = new Float64Array(3 * points.length);
  points.forEach(([x0, y0], i) => {
    const [x1, y1] = points[(i + 1) % points.length]!;
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [nx, ny] = [(y1 - y0) / length, (x0 - x1) / length];
    edges.set([nx, ny, nx * x0 + ny * y0], 3 * i);
  });
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return {
    distance: (x, y) => {
      let most = -Infinity;
      for (let i = 0; i < edges.length; i += 3) {
        const distance = edges[i]! * x + edges[i + 1]! * y - edges[i + 2]!;
        if (distance > most) most = distance;
      }
      return most;
    },
    box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
  };
}

/** A rectangle with half-sides hx and hy. */
export function rectangle(cx: number, cy: number, hx: number, hy: number): Shape {
  return {
    distance: (x, y) => Math.max(Math.abs(x - cx) - hx, Math.abs(y - cy) - hy),
    box: [cx - hx, cy - hy, cx + hx, cy + hy],
  };
}

/** A line from a to b, `radius` to each side, with round ends. */
export function line([ax, ay]: Point, [bx, by]: Point, radius: number): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy || 1;
  return {
    distance: (x, y) => {
      const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
      return Math.sqrt((x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2) - radius;
    },
    box: [Math.min(ax, bx) - radius, Math.min(ay, by) - radius, Math.max(ax, bx) + radius, Math.max(ay, by) + radius],
  };
}

/** The part of a shape above (or, for `up` = -1, below) the height y. */
export function half(shape: Shape, height: number, up: 1 | -1 = 1): Shape {
  const [left, bottom, right, top] = shape.box;
  return {
    distance: (x, y) => Math.max(shape.distance(x, y), up * (height - y)),
    box: up === 1 ? [left, Math.max(bottom, height), right, top] : [left, bottom, right, Math.min(top, height)],
  };
}

/** The edge of a shape, `radius` to each side. */
export function outline(shape: Shape, radius: number): Shape {
  const [left, bottom, right, top] = shape.box;
  return {
    distance: (x, y) => Math.abs(shape.distance(x, y)) - radius,
    box: [left - radius, bottom - radius, right + radius, top + radius],
  };
}

/** What lies in one of the shapes at least. */
export function union(...shapes: readonly Shape[]): Shape {
  const side = (at: 0 | 1 | 2 | 3, of: (...all: number[]) => number): number => of(...shapes.map(({ box }) => box[at]));
  return {
    distance: (x, y) => {
      let least = Infinity;
      for (const shape of shapes) least = Math.min(least, shape.distance(x, y));
      return least;
    },
    box: [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)],
  };
}

/** What lies in a shape and not in another. */
export function without(shape: Shape, other: Shape): Shape {
  return { distance: (x, y) => Math.max(shape.distance(x, y), -other.distance(x, y)), box: shape.box };
}
