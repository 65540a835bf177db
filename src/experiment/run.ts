import { definition } from "../models/index.js";
import { check, seed as seedRule } from "../options.js";
import { exponentialProfile, stepProfile } from "../tail/index.js";
import { runId, type Configuration } from "../train/configuration.js";
import { resolveRecipe } from "../train/recipe.js";
import { HEADS, type LongTailedOptions } from "./long-tailed.js";
import type { PretrainerName } from "./pretrainer-name.js";
import { changesWith, dataOf, imagesOf, scaleOf, type Scale, type ScaleName } from "./scale.js";
import { Trial, type TrialSpec } from "./trial.js";

/** What is done in a run. */
export type RunTask = PretrainerName | "fit" | TrialSpec["semi"];

/** One training, with everything it depends on. Plain data: two runs with equal ids give equal results. */
export interface Run {
  readonly id: string;
  /** The same without the seeds: runs that differ only in their seeds share it. */
  readonly series: string;
  readonly label: string;
  readonly scale: string;
  readonly seed: number;
  readonly task: RunTask;
  readonly data: LongTailedOptions;
  /** The resolved recipe, and the method's options. */
  readonly options: Configuration;
  /** Whose network it begins with, or whose pseudo-labels it learns from. */
  readonly needs?: Run;
  /** Training images times epochs: how long it takes, relative to others of the same network. */
  readonly work: number;
}

export interface Place {
  readonly scale: ScaleName | Scale;
  /** Of all random numbers of the run. */
  readonly seed: number;
}

const placeRules = {
  scale: { range: "the name of a scale, or a Scale", accepts: () => true }, // scaleOf says what else is wrong with it
  seed: seedRule,
};

/**
 * The run of a trial, and, within it, those it needs: pre-training before training, training before pseudo-labels. Equal ones
 * have equal ids, whichever trial they were planned for.
 * @throws RangeError where the scale has nothing in place of the trial's set; for an unknown option, or a seed that is no safe integer
 */
export function plan(trial: Trial, place: Place): Run {
  check("plan", place, placeRules);
  const { scale: given, seed } = place;
  const scale = scaleOf(given);
  const { name } = scale;
  const instead = imagesOf(trial.spec, scale);
  const spec = { ...trial.spec, set: instead.name };
  const { unlabeled, ssp, ...labeled } = spec;
  const alone = dataOf(labeled, instead, seed);
  const pretraining = ssp && pretrain(ssp, labeled, alone, scale);
  const { semi } = spec;
  const supervised = (): Run =>
    make({
      ...{ label: new Trial({ ...labeled, ...(ssp && { ssp }) }).toString(), scale: name, seed, task: "fit" },
      ...{ data: alone, options: recipe(spec, scale, seed, {}) },
      ...(pretraining && { needs: pretraining }),
    });
  if (!unlabeled) return supervised();
  const changes = changesWith(scale, unlabeled);
  const needs = semi === "self-training" ? supervised() : pretraining;
  return make({
    ...{ label: new Trial(spec).toString(), scale: name, seed, task: semi },
    ...{ data: dataOf(spec, instead, seed), options: recipe(spec, scale, seed, changes) },
    ...(needs && { needs }),
  });
}

function pretrain(method: PretrainerName, spec: TrialSpec, data: Run["data"], scale: Scale): Run {
  const { seed = 0 } = data;
  const { model, epochs, batchSize, schedule, augmentation } = scale.recipe;
  // What is contrasted has a rate of its own.
  const rate = method === "rotation" || method === "jigsaw" ? { schedule, augmentation } : {};
  const own = method === "moco" ? mocoOf(scale, data) : {};
  return make({
    ...{ label: `${new Trial(spec).set}: ${method}`, scale: scale.name, seed, task: method },
    ...{ data, options: { model, epochs, batchSize, ...rate, ...own, seed, evaluateEvery: epochs } },
  });
}

/** A queue of more keys than there are images holds older views of the very image that is to be told from others. */
function mocoOf({ moco, recipe: { batchSize = 128 } }: Scale, data: Run["data"]): Configuration {
  if (!moco) return {};
  const batches = Math.floor(Math.min(moco.queue, images(data)) / batchSize);
  return { ...moco, queue: batchSize * Math.max(1, batches) };
}

function recipe(spec: TrialSpec, scale: Scale, seed: number, changes: object): Configuration {
  const { loss, rebalance } = spec;
  const { evaluateEvery } = scale;
  return { ...resolveRecipe({ ...scale.recipe, ...changes, loss, rebalance, seed }), evaluateEvery };
}

function make(given: Omit<Run, "id" | "series" | "work">): Run {
  return { ...idsFor(given), ...given, work: images(given.data) * (given.options["epochs"] as number) };
}

function idsFor({ task, data, options, needs }: Pick<Run, "task" | "data" | "options" | "needs">) {
  const what = { task, data, options };
  const named = definition(String(options["model"]));
  const unseeded = { task, data: { ...data, seed: undefined }, options: { ...options, seed: undefined } };
  return {
    id: runId({ ...what, ...named, needs: needs?.id }),
    series: runId({ ...unseeded, ...named, needs: needs?.series }),
  };
}

/**
 * Whether what comes from elsewhere is a run whose ids, and those of a run that it needs, belong to what it says: they name
 * folders, and what comes out is recorded by them.
 */
export function isGenuine(given: unknown): given is Run {
  const run = given as Partial<Run> | null;
  if (typeof run?.options !== "object" || run.options === null) return false;
  const { id, series } = idsFor(run as Run);
  return run.id === id && run.series === series && (run.needs === undefined || isGenuine(run.needs));
}

const CLASSES = { stickers: 10, "plain-stickers": 10, cifar10: 10, cifar100: 100, svhn: 10 };

function images({ name, profile, head = HEADS[name], rho = 100, rhoU, multiple = 5 }: LongTailedOptions): number {
  const counts = (profile === "step" ? stepProfile : exponentialProfile)({ classes: CLASSES[name], head, rho });
  const labeled = counts.reduce((sum, n) => sum + n, 0);
  return labeled * (rhoU === undefined ? 1 : 1 + multiple);
}

/** A run and all it needs, what is needed first. */
export function lineage(run: Run): Run[] {
  return run.needs ? [...lineage(run.needs), run] : [run];
}
