import type { Stream } from "../../random/index.js";
import { centre, type Points } from "./points.js";

/** Standard deviation of the first coordinate at the start: so small that all points attract all. */
const SPREAD = 1e-4;
const STEPS = 300;

/** Normal numbers of standard deviation 0.0001, [count, 2]. */
export function randomPositions(count: number, stream: Stream): Float64Array {
  return stream.fillNormal(new Float64Array(2 * count)).map((value) => value * SPREAD);
}

/**
 * The first two principal components, scaled so that the first has a standard deviation of 0.0001 (Kobak and Berens 2019).
 * Where the points lie in fewer dimensions, the missing component is random.
 * @param points of mean 0
 * @returns [count, 2]
 */
export function principalPositions({ values, count, dimension }: Points, stream: Stream): Float64Array {
  const positions = randomPositions(count, stream);
  const axes: Float64Array[] = [];
  let first = 0;
  for (let component = 0; component < 2; component++) {
    const axis = principalAxis(values, dimension, axes, stream);
    const scores = project(values, dimension, axis);
    const deviation = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0) / count);
    if (component === 0) first = deviation;
    // Below that it is rounding errors, which the scores of the first component would drown.
    if (deviation <= 1e-7 * first) break;
    for (let i = 0; i < count; i++) positions[2 * i + component] = (SPREAD / first) * scores[i]!;
    axes.push(axis);
  }
  centre(positions, 2);
  return positions;
}

/** The direction of the largest variance that is orthogonal to `others`, by power iteration; its largest part is positive. */
function principalAxis(
  values: Float64Array,
  dimension: number,
  others: readonly Float64Array[],
  stream: Stream,
): Float64Array {
  let axis = stream.fillNormal(new Float64Array(dimension));
  normalize(axis, others);
  for (let step = 0; step < STEPS; step++) {
    const scores = project(values, dimension, axis);
    const next = new Float64Array(dimension);
    for (let at = 0, i = 0; at < values.length; at += dimension, i++)
      for (let d = 0; d < dimension; d++) next[d]! += scores[i]! * values[at + d]!;
    if (!normalize(next, others)) break;
    const change = 1 - dot(axis, next);
    axis = next;
    if (change < 1e-14) break;
  }
  const largest = axis.reduce((best, part) => (Math.abs(part) > Math.abs(best) ? part : best), 0);
  return largest < 0 ? axis.map((part) => -part) : axis;
}

/** Makes a vector orthogonal to `others` and of length 1, in place; false (and unchanged) where nothing is left of it. */
function normalize(vector: Float64Array, others: readonly Float64Array[]): boolean {
  for (const other of others) {
    const part = dot(vector, other);
    for (let d = 0; d < vector.length; d++) vector[d]! -= part * other[d]!;
  }
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 0)) return false;
  for (let d = 0; d < vector.length; d++) vector[d]! /= length;
  return true;
}

function project(values: Float64Array, dimension: number, axis: Float64Array): Float64Array {
  const scores = new Float64Array(values.length / dimension);
  for (let i = 0; i < scores.length; i++) {
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += values[i * dimension + d]! * axis[d]!;
    scores[i] = sum;
  }
  return scores;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
