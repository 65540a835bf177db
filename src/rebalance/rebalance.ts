import { check, level, numberWhere, oneOf, optional, withDefaults, type Rule } from "../options.js";
import { suggestion } from "../nearest.js";
import { countLabels } from "../tail/index.js";
import { effectiveNumberWeights } from "./effective-number.js";
import type { Sampler } from "./sampler.js";
import {
  balancedSampler,
  classAwareSampler,
  deferredSampler,
  effectiveNumberSampler,
  uniformSampler,
} from "./samplers.js";

/**
 * How a run evens out its classes:
 * - "none": all images alike ("CE (Uniform)")
 * - "resample": the authors' class-balanced resampling by effective numbers; their README has Table 2's CB-CE + SSP as "CE (Balanced)", which is
 *   this by their code
 * - "reweight": class-balanced weights by effective numbers, in the loss: CB-CE and CB-Focal as the paper says, and `experiment.table2` runs them
 * - "drw", "drs": the same weights or resampling, deferred until the learning rate falls. Cao et al. 2019 weigh by 1 / images of the class in
 *   their paper (algorithm 1), by effective numbers in their code, which the authors' follows, and this
 * - "balanced": every class equally often, in expectation
 * - "class-aware": as ImageNet-LT and iNaturalist have it
 */
export type RebalanceName = "none" | "resample" | "reweight" | "drw" | "drs" | "balanced" | "class-aware";

export interface RebalanceOptions {
  /** How: see `RebalanceName`. */
  readonly name: RebalanceName;
  /** Of the effective numbers, in [0, 1). Default 0.9999. "none", "balanced" and "class-aware" pay no heed to it. */
  readonly beta?: number;
  /**
   * The epoch, from 0, at which "drw" and "drs" begin. Default: where the learning rate falls first (160 of 200). The others pay no
   * heed to it: "reweight" and "resample" begin with the first epoch.
   */
  readonly from?: number;
}

export type RebalanceSpec = RebalanceName | RebalanceOptions;
export type ResolvedRebalance = Required<RebalanceOptions>;

/** A schedule of what is shown and how it weighs; composes with any loss. */
export interface Rebalance {
  readonly sampler: Sampler;
  /** Class weights of an epoch (from 0) that add up to the number of classes; undefined: all 1. */
  weights(epoch: number): readonly number[] | undefined;
}

const NAMES: readonly RebalanceName[] = ["none", "resample", "reweight", "drw", "drs", "balanced", "class-aware"];
const epoch: Rule = numberWhere("an integer >= 0", (v) => Number.isInteger(v) && v >= 0);

/** Without an epoch "drw" and "drs" would never begin, or at one that belongs to other runs. */
function requireFrom(caller: string, { name, from }: ResolvedRebalance): void {
  if ((name === "drw" || name === "drs") && !epoch.accepts(from))
    throw new RangeError(
      `${caller}: from, the epoch at which "${name}" begins, must be ${epoch.range} (got ${from}); ` +
        "train.firstFall(schedule, epochs) says where the learning rate falls first",
    );
}

/**
 * A re-balancing by its name alone or with options, with everything that its defaults left open.
 * @param from default for the epoch of "drw" and "drs": `train.firstFall(schedule, epochs)`
 * @throws RangeError for an unknown name or option, or a value out of range
 */
export function resolveRebalance(spec: RebalanceSpec, from: number): ResolvedRebalance {
  const given = typeof spec === "string" ? { name: spec } : spec;
  if (!NAMES.includes(given.name))
    throw new RangeError(`rebalance: there is no "${given.name}". ${suggestion(String(given.name), NAMES)}`);
  check("rebalance", given, { name: oneOf(...NAMES), beta: optional(level), from: optional(epoch) });
  const resolved = withDefaults<ResolvedRebalance>({ beta: 0.9999, from }, given);
  requireFrom("rebalance", resolved);
  return resolved;
}

/**
 * What re-balancing does to the images of a set: which an epoch shows, and how their classes weigh.
 * @param labels the class of each image that samplers choose from
 * @param classes how many classes there are
 * @param counts images of each class that weights go by, where others are trained on too. Default: those of `labels`
 * @throws RangeError for what `resolveRebalance` did not make, no labels, or one that is not below `classes`
 */
export function makeRebalance(
  resolved: ResolvedRebalance,
  labels: ArrayLike<number>,
  classes: number,
  counts?: readonly number[],
): Rebalance {
  const { name, beta, from } = resolved;
  if (!NAMES.includes(name))
    throw new RangeError("makeRebalance: expected what resolveRebalance(spec, from) makes of a name or of options");
  requireFrom("makeRebalance", resolved);
  const uniform = uniformSampler(labels, { classes });
  const none = (): undefined => undefined;
  const resampled = (): Sampler => effectiveNumberSampler(labels, { classes, beta });
  const weighted = (): number[] => effectiveNumberWeights(counts ?? countLabels(labels, classes), beta);
  switch (name) {
    case "none":
      return { sampler: uniform, weights: none };
    case "resample":
      return { sampler: resampled(), weights: none };
    case "drs":
      return {
        sampler: from === 0 ? resampled() : deferredSampler({ first: uniform, then: resampled(), at: from }),
        weights: none,
      };
    case "balanced":
      return { sampler: balancedSampler(labels, { classes }), weights: none };
    case "class-aware":
      return { sampler: classAwareSampler(labels, { classes }), weights: none };
    case "reweight":
    case "drw": {
      const weights = weighted();
      return { sampler: uniform, weights: (now) => (name === "reweight" || now >= from ? weights : undefined) };
    }
  }
}
