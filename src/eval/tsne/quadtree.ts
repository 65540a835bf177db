/** Halvings of the square around all points: points that are closer than 1/65536 of its side share a leaf. */
const LEVELS = 16;
/** A leaf's points are cheaper one by one than as smaller cells. */
const LEAF = 8;
/** Codes of 32 bits and numbers of points fit into the 53 bits of a double. */
const MAX_POINTS = 2 ** 21;

/**
 * The quadtree of Barnes and Hut (1986) in flat arrays. Points are sorted along a Z-order curve, which makes each cell a
 * range of them; nodes stand in depth-first order, so that a walk goes on to the next node, or skips a subtree.
 */
export class Quadtree {
  private readonly keys: Float64Array;
  private readonly codes: Uint32Array;
  /** Which point is the i-th on the curve. */
  readonly order: Int32Array;
  /** Positions on the curve, [count, 2]. */
  readonly sorted: Float64Array;
  /** Of each node: centre of mass (x, y), points, squared side; [nodes, 4]. */
  readonly cells: Float64Array;
  /** Of each node: the least rectangle around its points (left, right, bottom, top); [nodes, 4]. */
  readonly bounds: Float64Array;
  /** The first node behind each node's subtree. */
  readonly next: Int32Array;
  /** The first of each node's points on the curve. */
  readonly first: Int32Array;
  /** How many nodes there are; set by `build`, as all else. */
  nodes = 0;

  /** @param count points, 1 to 2,097,152 */
  constructor(readonly count: number) {
    if (count > MAX_POINTS) throw new RangeError(`tsne: expected at most ${MAX_POINTS} points, found ${count}`);
    this.keys = new Float64Array(count);
    this.codes = new Uint32Array(count);
    this.order = new Int32Array(count);
    this.sorted = new Float64Array(2 * count);
    // Inner nodes have two children or more.
    this.cells = new Float64Array(4 * (2 * count));
    this.bounds = new Float64Array(4 * (2 * count));
    this.next = new Int32Array(2 * count);
    this.first = new Int32Array(2 * count);
  }

  /** @param positions [count, 2] */
  build(positions: Float64Array): void {
    const { count, keys, codes, order, sorted } = this;
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < count; i++) {
      const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < bottom) bottom = y;
      if (y > top) top = y;
    }
    const side = Math.max(right - left, top - bottom);
    const scale = side > 0 ? (2 ** LEVELS - 1) / side : 0;
    for (let i = 0; i < count; i++) {
      const code = spread((positions[2 * i]! - left) * scale) + 2 * spread((positions[2 * i + 1]! - bottom) * scale);
      keys[i] = code * MAX_POINTS + i;
    }
    keys.sort();
    for (let at = 0; at < count; at++) {
      const code = Math.floor(keys[at]! / MAX_POINTS);
      const i = keys[at]! - code * MAX_POINTS;
      codes[at] = code;
      order[at] = i;
      sorted[2 * at] = positions[2 * i]!;
      sorted[2 * at + 1] = positions[2 * i + 1]!;
    }
    this.nodes = 0;
    this.grow(0, count, 0);
  }

  /** Adds the node of the points in [start, end), which share the first `level` digits of their codes; returns it. */
  private grow(start: number, end: number, level: number): number {
    const { codes, cells, sorted, bounds, next, first } = this;
    const node = this.nodes++;
    const at = 4 * node;
    first[node] = start;
    let [x, y] = [0, 0];
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    if (end - start > LEAF && codes[start] !== codes[end - 1]) {
      // Cells of one child are left out.
      let shift = 2 * (LEVELS - 1 - level);
      while (codes[start]! >>> shift === codes[end - 1]! >>> shift) shift -= 2;
      for (let from = start; from < end;) {
        const digits = codes[from]! >>> shift;
        let to = from + 1;
        while (to < end && codes[to]! >>> shift === digits) to++;
        const child = 4 * this.grow(from, to, LEVELS - shift / 2);
        x += cells[child]! * (to - from);
        y += cells[child + 1]! * (to - from);
        left = Math.min(left, bounds[child]!);
        right = Math.max(right, bounds[child + 1]!);
        bottom = Math.min(bottom, bounds[child + 2]!);
        top = Math.max(top, bounds[child + 3]!);
        from = to;
      }
    } else {
      for (let i = start; i < end; i++) {
        x += sorted[2 * i]!;
        y += sorted[2 * i + 1]!;
        left = Math.min(left, sorted[2 * i]!);
        right = Math.max(right, sorted[2 * i]!);
        bottom = Math.min(bottom, sorted[2 * i + 1]!);
        top = Math.max(top, sorted[2 * i + 1]!);
      }
    }
    bounds[at] = left;
    bounds[at + 1] = right;
    bounds[at + 2] = bottom;
    bounds[at + 3] = top;
    const side = Math.max(right - left, top - bottom);
    cells[at] = x / (end - start);
    cells[at + 1] = y / (end - start);
    cells[at + 2] = end - start;
    cells[at + 3] = side * side;
    next[node] = this.nodes;
    return node;
  }
}

/** The 16 bits of a whole part, at every other place of 32. */
function spread(coordinate: number): number {
  let bits = coordinate & 0xffff;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}
