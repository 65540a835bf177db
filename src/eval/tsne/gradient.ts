import type { Affinities } from "./affinities.js";
import { Repulsion } from "./repulsion.js";

export interface GradientOptions {
  readonly theta: number;
  /** What P is multiplied by. */
  readonly exaggeration: number;
}

/** The gradient of `divergence`, with repulsion by a quadtree (van der Maaten 2014, equations 9 to 11). */
export class Gradient {
  private readonly repulsion: Repulsion;
  private readonly forces: Float64Array;

  constructor(private readonly affinities: Affinities) {
    this.repulsion = new Repulsion(affinities.count);
    this.forces = new Float64Array(2 * affinities.count);
  }

  /** @param out [count, 2], set to 4 sum_j (exaggeration p_ij - q_ij) w_ij (y_i - y_j) */
  at(positions: Float64Array, { theta, exaggeration }: GradientOptions, out: Float64Array): void {
    const { forces } = this;
    const z = this.repulsion.at(positions, theta, forces);
    for (let at = 0; at < out.length; at++) out[at] = (-4 / z) * forces[at]!;
    this.attract(positions, 2 * exaggeration, out);
  }

  /** Adds scale sum_j (p_ij + p_ji) w_ij (y_i - y_j). */
  private attract(positions: Float64Array, scale: number, out: Float64Array): void {
    const { count, starts, others, values } = this.affinities;
    for (let i = 0; i < count; i++) {
      const x = positions[2 * i]!;
      const y = positions[2 * i + 1]!;
      let fx = 0;
      let fy = 0;
      for (let at = starts[i]!, end = starts[i + 1]!; at < end; at++) {
        const j = 2 * others[at]!;
        const dx = x - positions[j]!;
        const dy = y - positions[j + 1]!;
        const pull = (scale * values[at]!) / (1 + dx * dx + dy * dy);
        fx += pull * dx;
        fy += pull * dy;
        out[j]! -= pull * dx;
        out[j + 1]! -= pull * dy;
      }
      out[2 * i]! += fx;
      out[2 * i + 1]! += fy;
    }
  }
}
