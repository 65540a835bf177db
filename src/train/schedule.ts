import {
  check,
  count,
  flag,
  numberWhere,
  oneOf,
  optional,
  positive,
  probability,
  withDefaults,
  type Rule,
} from "../options.js";
import { suggestion } from "../nearest.js";

/** The learning rate falls in steps: the recipe of the paper's CIFAR and SVHN runs. Epochs count from 0. */
export interface StepSchedule {
  readonly name: "steps";
  /** Before it falls. Default 0.1. */
  readonly rate?: number;
  /** Epochs of warm-up, in which the rate grows linearly. Default a fortieth of all (5 of 200). */
  readonly warmup?: number;
  /** Whether it grows from epoch to epoch, as the authors have it (the default), or from step to step. */
  readonly warmupBy?: "epoch" | "step";
  /** The epochs at which it falls. Default at 80 % and 90 % of all (160 and 180 of 200). */
  readonly at?: readonly number[];
  /** What it is multiplied by each time. Default 0.01. */
  readonly factor?: number;
}

/** Half a cosine, from the rate to 0 (ImageNet-LT, iNaturalist, MoCo). */
export interface CosineSchedule {
  readonly name: "cosine";
  /** Default 0.1. */
  readonly rate?: number;
  /** Default 0. */
  readonly warmup?: number;
  /** Whether it falls from epoch to epoch, as the authors have it (the default), or from step to step. */
  readonly by?: "epoch" | "step";
  /** Whether it falls before the first epoch already, as in the authors' ImageNet-LT code: the last epoch has rate 0. Default false. */
  readonly fallFirst?: boolean;
}

/**
 * "paper": steps with the defaults, falls at 160 and 180 of 200 epochs. "paper-2020": only at 160, which is what the authors'
 * code did until April 2021, when the second fall could not be reached (issue 16 there).
 */
export type ScheduleSpec = "paper" | "paper-2020" | "cosine" | StepSchedule | CosineSchedule;

/** A schedule with everything that its defaults left open. */
export type ResolvedSchedule = Required<StepSchedule> | Required<CosineSchedule>;

const epochNumber = numberWhere("a number >= 0", (v) => v >= 0);
const falls: Rule = {
  range: "an ascending array of epochs, integers >= 0",
  accepts: (v) =>
    Array.isArray(v) && v.every((at, i) => Number.isInteger(at) && at >= 0 && (i === 0 || at > (v[i - 1] as number))),
};
const by = optional(oneOf("epoch", "step"));
const rules = {
  steps: {
    name: oneOf("steps"),
    rate: optional(positive),
    warmup: optional(epochNumber),
    warmupBy: by,
    at: optional(falls),
    factor: optional(positive),
  },
  cosine: {
    name: oneOf("cosine"),
    rate: optional(positive),
    warmup: optional(epochNumber),
    by,
    fallFirst: optional(flag),
  },
};

/** A schedule with all its defaults. @param epochs of the run @throws RangeError for an unknown name or option, or a value out of range */
export function resolveSchedule(spec: ScheduleSpec, epochs: number): ResolvedSchedule {
  check("schedule", { epochs }, { epochs: count });
  const given = typeof spec === "string" ? named(spec, epochs) : spec;
  if (!Object.hasOwn(rules, given.name))
    throw new RangeError(
      `schedule: there is no "${given.name}". ${suggestion(String(given.name), Object.keys(rules))}`,
    );
  check("schedule", given, rules[given.name]);
  if (given.name === "cosine")
    return withDefaults<Required<CosineSchedule>>({ rate: 0.1, warmup: 0, by: "epoch", fallFirst: false }, given);
  const at = [...new Set([0.8, 0.9].map((share) => Math.round(share * epochs)))].filter((epoch) => epoch < epochs);
  const defaults = { rate: 0.1, warmup: epochs / 40, warmupBy: "epoch", factor: 0.01, at } as const;
  return withDefaults<Required<StepSchedule>>(defaults, given);
}

function named(name: string, epochs: number): StepSchedule | CosineSchedule {
  if (name === "paper") return { name: "steps" };
  if (name === "paper-2020") return { name: "steps", at: [Math.round(0.8 * epochs)] };
  if (name === "cosine") return { name: "cosine" };
  throw new RangeError(`schedule: there is no "${name}". ${suggestion(name, ["paper", "paper-2020", "cosine"])}`);
}

/** Schedules that were looked at: the rate is asked for at every step. */
const known = new WeakSet<object>();

/** @throws RangeError for what `resolveSchedule` did not make */
function requireResolved(caller: string, schedule: ResolvedSchedule): void {
  if (known.has(schedule)) return;
  const given = schedule as Partial<Record<string, unknown>> | null | undefined;
  const own = Object.entries(Object.hasOwn(rules, given?.name as string) ? rules[schedule.name] : {});
  if (own.length === 0 || own.some(([key, rule]) => !rule.accepts(given![key])))
    throw new RangeError(
      `${caller}: expected what resolveSchedule(spec, epochs) makes of a name or of options, found ${JSON.stringify(given)}`,
    );
  known.add(schedule);
}

/**
 * The epoch, from 0, at which deferred re-balancing begins: where the rate falls first, else at 80 %.
 * @throws RangeError for what `resolveSchedule` did not make, or epochs that are no integer >= 1
 */
export function firstFall(schedule: ResolvedSchedule, epochs: number): number {
  requireResolved("firstFall", schedule);
  check("firstFall", { epochs }, { epochs: count });
  const falls = schedule.name === "steps" ? schedule.at : [];
  const fall = falls.find((at) => at < epochs) ?? Math.round(0.8 * epochs);
  return Math.min(fall, epochs - 1); // in the shortest runs, the last epoch
}

const momentRules = { epoch: epochNumber, fraction: probability, epochs: count };

/**
 * The learning rate of a step.
 * @param moment `epoch`, from 0; `fraction` of it that is over when the step begins, in [0, 1]; `epochs` of the run
 * @throws RangeError for what `resolveSchedule` did not make, or a part of `moment` that is missing or out of range
 */
export function learningRate(
  schedule: ResolvedSchedule,
  moment: { readonly epoch: number; readonly fraction: number; readonly epochs: number },
): number {
  requireResolved("learningRate", schedule);
  check("learningRate", moment, momentRules);
  const { epoch, fraction, epochs } = moment;
  const { rate, warmup } = schedule;
  const smooth = epoch + fraction;
  if (schedule.name === "steps") {
    const grown = schedule.warmupBy === "epoch" ? epoch + 1 : smooth;
    const growth = warmup > 0 && epoch < warmup ? Math.min(1, grown / warmup) : 1;
    const fallen = schedule.at.filter((at) => epoch >= at).length;
    return rate * growth * schedule.factor ** fallen;
  }
  if (epoch < warmup) return rate * Math.min(1, (schedule.by === "epoch" ? epoch + 1 : smooth) / warmup);
  const time = (schedule.by === "epoch" ? epoch : smooth) + (schedule.fallFirst ? 1 : 0);
  const share = Math.min(1, (time - warmup) / Math.max(1e-9, epochs - warmup)); // beyond 1 the cosine would rise
  return (rate * (1 + Math.cos(Math.PI * share))) / 2;
}
