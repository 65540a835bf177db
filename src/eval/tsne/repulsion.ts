import { Quadtree } from "./quadtree.js";

/**
 * Repulsion, after Barnes and Hut. One walk through the tree serves all points of a leaf: what it meets is listed, and the
 * list is gone through for each point.
 */
export class Repulsion {
  private readonly tree: Quadtree;
  /** What acts on a leaf's points: x, y, how many points; [at most count, 3]. */
  private readonly sources: Float64Array;

  /** @param count points */
  constructor(count: number) {
    this.tree = new Quadtree(count);
    this.sources = new Float64Array(3 * count);
  }

  /**
   * Sets forces[i] to sum_j w_ij^2 (y_i - y_j), w_ij = 1 / (1 + |y_i - y_j|^2).
   * @param positions y, [count, 2]
   * @param theta a cell stands for its points where its side is below theta times its distance from the leaf; 0 to 0.7 (half a
   *   diagonal), above which a cell might stand for points that it shares with the leaf; 0 is exact
   * @param forces [count, 2]
   * @returns Z, the sum of w_ij over all i and j != i
   */
  at(positions: Float64Array, theta: number, forces: Float64Array): number {
    const { tree } = this;
    tree.build(positions);
    const { nodes, next, first, cells } = tree;
    let z = 0;
    for (let leaf = 0; leaf < nodes; leaf++) {
      if (next[leaf] !== leaf + 1) continue;
      const start = first[leaf]!;
      const end = start + cells[4 * leaf + 2]!;
      z += this.repel(start, end, this.list(leaf, theta * theta), forces);
    }
    return z;
  }

  /** Lists the cells and points that act on the points of a leaf; returns how many numbers. */
  private list(leaf: number, squareTheta: number): number {
    const { sources } = this;
    const { nodes, sorted, cells, bounds, next, first } = this.tree;
    const left = bounds[4 * leaf]!;
    const right = bounds[4 * leaf + 1]!;
    const bottom = bounds[4 * leaf + 2]!;
    const top = bounds[4 * leaf + 3]!;
    let length = 0;
    for (let node = 0; node < nodes;) {
      const cell = 4 * node;
      const x = cells[cell]!;
      const y = cells[cell + 1]!;
      const dx = x < left ? left - x : x > right ? x - right : 0;
      const dy = y < bottom ? bottom - y : y > top ? y - top : 0;
      if ((dx * dx + dy * dy) * squareTheta > cells[cell + 3]!) {
        sources[length] = x;
        sources[length + 1] = y;
        sources[length + 2] = cells[cell + 2]!;
        length += 3;
        node = next[node]!;
      } else {
        if (next[node] === node + 1) {
          const last = first[node]! + cells[cell + 2]!;
          for (let other = first[node]!; other < last; other++) {
            sources[length] = sorted[2 * other]!;
            sources[length + 1] = sorted[2 * other + 1]!;
            sources[length + 2] = 1;
            length += 3;
          }
        }
        node++;
      }
    }
    return length;
  }

  /** Forces of what is listed on the points in [start, end); returns their part of Z. */
  private repel(start: number, end: number, length: number, forces: Float64Array): number {
    const { sources } = this;
    const { sorted, order } = this.tree;
    let z = 0;
    for (let at = start; at < end; at++) {
      const x = sorted[2 * at]!;
      const y = sorted[2 * at + 1]!;
      let fx = 0;
      let fy = 0;
      let sum = 0;
      for (let source = 0; source < length; source += 3) {
        const dx = x - sources[source]!;
        const dy = y - sources[source + 1]!;
        const w = 1 / (1 + dx * dx + dy * dy);
        const mass = sources[source + 2]! * w;
        sum += mass;
        fx += mass * w * dx;
        fy += mass * w * dy;
      }
      const i = order[at]!;
      forces[2 * i] = fx;
      forces[2 * i + 1] = fy;
      z += sum - 1; // without itself
    }
    return z;
  }
}
