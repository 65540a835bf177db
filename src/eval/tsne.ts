import {
  abortSignal,
  callback,
  check,
  count,
  having,
  numberWhere,
  oneOf,
  optional,
  positive,
  type Rule,
} from "../options.js";
import { stream as openStream, type Stream } from "../random/index.js";
import { conditionalAffinities, jointAffinities } from "./tsne/affinities.js";
import { Descent } from "./tsne/descent.js";
import { divergence } from "./tsne/divergence.js";
import { Gradient } from "./tsne/gradient.js";
import { principalPositions, randomPositions } from "./tsne/initial.js";
import { nearestNeighbours } from "./tsne/neighbours.js";
import { Pauses } from "./tsne/pauses.js";
import { centre, pointsOf, type PointsLike } from "./tsne/points.js";

export interface TsneOptions {
  /** Numbers a point; required for flat arrays. */
  readonly dimension?: number;
  /** About how many neighbours a point has; 2 to (points - 1) / 3. Default 30. */
  readonly perplexity?: number;
  /** How coarse repulsion is, 0 (exact, a time that grows with the square of the points) to 0.7. Default 0.5. */
  readonly theta?: number;
  /** Default 1000; at least `exaggerationIterations`. */
  readonly iterations?: number;
  /** What affinities are multiplied by at first, so that clusters find together; from 1. Default 12. */
  readonly earlyExaggeration?: number;
  /** For how many iterations; momentum is 0.5 up to there and 0.8 from there on. Default 250. */
  readonly exaggerationIterations?: number;
  /** Default "auto": points / earlyExaggeration / 4, at least 50 (Belkina et al. 2019, as scikit-learn has it). */
  readonly learningRate?: number | "auto";
  /** Positions at the start. Default "pca", which keeps the layout of the whole; "random" is that of the 2008 paper. */
  readonly initial?: "pca" | "random";
  /** Where random numbers come from; default random.stream(0, "t-SNE"). "pca" hardly needs it. */
  readonly stream?: Stream;
  /** Told how many iterations are done: about ten times a second, and at the end. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it early: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Points in the plane. */
export interface Projection {
  /** x and y of each point, [points, 2]; of mean 0. */
  readonly positions: Float32Array;
  /** KL(P || Q) in nats, without exaggeration; what the points' neighbourhoods lose. Comparable at equal data and perplexity. */
  readonly divergence: number;
}

const rules: Record<keyof TsneOptions, Rule> = {
  dimension: optional(count),
  perplexity: optional(numberWhere("a finite number >= 2", (v) => v >= 2)),
  theta: optional(numberWhere("a number in [0, 0.7]", (v) => v >= 0 && v <= 0.7)),
  iterations: optional(count),
  earlyExaggeration: optional(numberWhere("a finite number >= 1", (v) => v >= 1)),
  exaggerationIterations: optional(numberWhere("an integer >= 0", (v) => Number.isSafeInteger(v) && v >= 0)),
  learningRate: optional({
    range: '"auto" or a finite number > 0',
    accepts: (v) => v === "auto" || positive.accepts(v),
  }),
  initial: optional(oneOf("pca", "random")),
  stream: optional(having("normal", "fillNormal")),
  onProgress: optional(callback),
  signal: optional(abortSignal),
};

const reportEvery = 100;

/**
 * Barnes-Hut t-SNE into the plane (van der Maaten 2014): points that are near stay near. Distances between clusters and
 * sizes of clusters mean little. To compare sets, such as train and test, project them together, one after the other in one
 * array: positions of separate projections have nothing in common. Same points and options, same bits.
 * @param points rows of numbers, or a flat array with `dimension`; equal points come to lie near each other
 * @throws RangeError for an option out of range, points that are not finite numbers, or too few of them for the perplexity
 */
export async function tsne(points: PointsLike, options: TsneOptions = {}): Promise<Projection> {
  check("tsne", options, rules);
  const {
    perplexity = 30,
    theta = 0.5,
    iterations = 1000,
    earlyExaggeration = 12,
    exaggerationIterations = 250,
  } = options;
  const { learningRate = "auto", initial = "pca", stream = openStream(0, "t-SNE"), onProgress, signal } = options;
  if (iterations < exaggerationIterations) {
    throw new RangeError(
      `tsne: iterations must be at least exaggerationIterations (got ${iterations} and ${exaggerationIterations})`,
    );
  }
  const data = pointsOf(points, options.dimension);
  if (3 * perplexity > data.count - 1) {
    throw new RangeError(
      `tsne: perplexity must be at most (points - 1) / 3 = ${((data.count - 1) / 3).toFixed(1)} (got ${perplexity} for ` +
        `${data.count} points); give more points or a smaller perplexity`,
    );
  }
  const pauses = new Pauses(signal);
  const neighbours = await nearestNeighbours(data, Math.floor(3 * perplexity), pauses);
  const affinities = jointAffinities(neighbours, conditionalAffinities(neighbours, perplexity));
  await pauses.take();

  const positions = initial === "pca" ? principalPositions(data, stream) : randomPositions(data.count, stream);
  const rate = learningRate === "auto" ? Math.max(data.count / earlyExaggeration / 4, 50) : learningRate;
  let descent = new Descent(positions, rate);
  const gradient = new Gradient(affinities);
  const slope = new Float64Array(positions.length);
  let reported = performance.now();
  for (let done = 0; done < iterations; done++) {
    const early = done < exaggerationIterations;
    // Steps and gains of the exaggerated descent would overshoot; scikit-learn begins anew, too, and ends 1 % lower for it.
    if (done === exaggerationIterations) descent = new Descent(positions, rate);
    gradient.at(positions, { theta, exaggeration: early ? earlyExaggeration : 1 }, slope);
    descent.move(slope, early ? 0.5 : 0.8);
    centre(positions, 2);
    if (pauses.due) await pauses.take();
    if (onProgress && done > 0 && performance.now() - reported >= reportEvery) {
      onProgress(done, iterations);
      reported = performance.now();
    }
  }
  const result = divergence(affinities, positions);
  if (!Number.isFinite(result)) {
    throw new RangeError(`tsne: positions have grown without bound; give a learningRate below ${rate}, or "auto"`);
  }
  onProgress?.(iterations, iterations);
  return { positions: Float32Array.from(positions), divergence: result };
}
