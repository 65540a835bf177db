import type { Neighbours } from "./neighbours.js";

/** A sparse symmetric matrix P of which each pair is there once, with p_ij + p_ji; all add up to 1. */
export interface Affinities {
  readonly count: number;
  /** Pairs of point i stand from starts[i] to starts[i + 1]; [count + 1]. */
  readonly starts: Int32Array;
  /** The other point of each pair. */
  readonly others: Int32Array;
  readonly values: Float64Array;
}

/** Bisections end here where no width can give the perplexity: more points at the same place than it asks for. */
const BISECTIONS = 100;
const TOLERANCE = 1e-6;

/**
 * p_j|i = exp(-beta_i d_ij^2) / sum, [count, k], with the beta_i at which the distribution's perplexity 2^entropy is the
 * given one (van der Maaten 2014, equations 6 and 7: among the nearest neighbours only).
 * @param perplexity below k
 */
export function conditionalAffinities({ k, squares }: Neighbours, perplexity: number): Float64Array {
  const all = new Float64Array(squares.length);
  const wanted = Math.log(perplexity);
  for (let base = 0; base < squares.length; base += k) {
    let nearest = Infinity;
    let mean = 0;
    for (let at = base; at < base + k; at++) nearest = Math.min(nearest, squares[at]!);
    for (let at = base; at < base + k; at++) mean += (squares[at]! - nearest) / k;
    let beta = mean > 0 ? 1 / mean : 1;
    let [low, high] = [0, Infinity];
    for (let step = 0; step < BISECTIONS; step++) {
      // Distances from the nearest on: the same distribution, without an underflow of all its parts.
      let sum = 0;
      let energy = 0;
      for (let at = base; at < base + k; at++) {
        const square = squares[at]! - nearest;
        const weight = Math.exp(-beta * square);
        all[at] = weight;
        sum += weight;
        energy += weight * square;
      }
      for (let at = base; at < base + k; at++) all[at]! /= sum;
      const excess = Math.log(sum) + (beta * energy) / sum - wanted;
      if (Math.abs(excess) < TOLERANCE || mean === 0) break;
      if (excess > 0) low = beta;
      else high = beta;
      beta = high === Infinity ? 2 * beta : (low + high) / 2;
    }
  }
  return all;
}

/** p_ij = (p_j|i + p_i|j) / (2 count) (equation 8). */
export function jointAffinities({ k, indices }: Neighbours, conditional: Float64Array): Affinities {
  const count = indices.length / k;
  const incoming = incomingEdges(indices, count);
  const starts = new Int32Array(count + 1);
  const others = new Int32Array(indices.length);
  const values = new Float64Array(indices.length);
  /** Where the pair of the present point and another stands. */
  const places = new Int32Array(count).fill(-1);
  let end = 0;
  for (let i = 0; i < count; i++) {
    const start = end;
    const add = (j: number, p: number): void => {
      if (j < i) return; // stands with point j
      if (places[j]! < start) {
        others[end] = j;
        places[j] = end++;
      }
      values[places[j]!]! += p / count;
    };
    for (let at = i * k; at < (i + 1) * k; at++) add(indices[at]!, conditional[at]!);
    for (let at = incoming.starts[i]!; at < incoming.starts[i + 1]!; at++) {
      const edge = incoming.edges[at]!;
      add(Math.floor(edge / k), conditional[edge]!);
    }
    starts[i + 1] = end;
  }
  return { count, starts, others: others.slice(0, end), values: values.slice(0, end) };
}

/** The edges that end at each point, as positions in `indices`. */
function incomingEdges(indices: Int32Array, count: number): { starts: Int32Array; edges: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const j of indices) starts[j + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const ends = starts.slice();
  const edges = new Int32Array(indices.length);
  indices.forEach((j, edge) => (edges[ends[j]!++] = edge));
  return { starts, edges };
}
