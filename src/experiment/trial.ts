import type { LossName } from "../losses/index.js";
import { check, numberWhere, oneOf, optional, positive, probability } from "../options.js";
import type { RebalanceName } from "../rebalance/index.js";
import { Textual } from "../show/index.js";
import { percent } from "../show/number.js";
import { PRETRAINER_NAMES, type PretrainerName } from "./pretrainer-name.js";

/** The long-tailed sets that trials are about, by the paper's names. */
export const SETS = {
  cifar10: "CIFAR-10-LT",
  cifar100: "CIFAR-100-LT",
  svhn: "SVHN-LT",
  stickers: "Stickers-LT",
  "plain-stickers": "Plain-Stickers-LT",
} as const;
export type SetName = keyof typeof SETS;

/** D_U of a trial. */
export interface UnlabeledSpec {
  readonly rhoU: number;
  /** Size over that of D_L. */
  readonly multiple: number;
  /** Share that shows the classes of D_L. */
  readonly relevance: number;
}

/** What a trial is, as plain data. */
export interface TrialSpec {
  readonly set: SetName;
  readonly rho: number;
  readonly profile: "exponential" | "step";
  /** Share of the labeled images of each class that are used. */
  readonly labeled: number;
  readonly loss: LossName;
  readonly rebalance: RebalanceName;
  readonly ssp?: PretrainerName;
  readonly unlabeled?: UnlabeledSpec;
  /** How D_U is used. */
  readonly semi: "self-training" | "mean-teacher" | "vat";
}

/** Changes one thing of a trial. */
export type Part = (spec: TrialSpec) => TrialSpec;

/**
 * What is trained and measured: a long-tailed set and a method, at no particular scale and with no particular seed.
 * `cifar10LT({ rho: 100 }).with(ldam, drw, unlabeled({ rhoU: 100 }))`. Immutable.
 */
export class Trial extends Textual {
  constructor(readonly spec: TrialSpec) {
    super();
  }

  /** The same with parts changed, from left to right. */
  with(...parts: readonly Part[]): Trial {
    return new Trial(parts.reduce((spec, part) => part(spec), this.spec));
  }

  /** The set, as the paper's tables name it: "CIFAR-10-LT, ρ = 100". */
  get set(): string {
    const { set, rho, profile, labeled } = this.spec;
    const share = labeled === 1 ? "" : `, ${percent(labeled)} % of the labels`;
    return `${SETS[set]}, ${profile === "step" ? "step, " : ""}ρ = ${rho}${share}`;
  }

  /** The method, as the paper's tables name it: "LDAM-DRW + D_U@5x, ρ_U = 100". */
  get method(): string {
    const { ssp, unlabeled, semi } = this.spec;
    const pretrained = ssp === undefined ? "" : ssp === "rotation" ? " + SSP" : ` + SSP (${ssp})`;
    if (!unlabeled) return `${learner(this.spec)}${pretrained}`;
    const { multiple, rhoU, relevance } = unlabeled;
    const way = { "self-training": "", "mean-teacher": ", Mean Teacher", vat: ", VAT" }[semi];
    const relevant = relevance === 1 ? "" : `, ${Number((100 * relevance).toFixed(4))} % relevant`;
    return `${learner(this.spec)}${pretrained} + D_U@${multiple}x, ρ_U = ${rhoU}${relevant}${way}`;
  }

  toString(): string {
    return `${this.set}: ${this.method}`;
  }

  protected override summary(): string {
    return this.toString();
  }
}

function learner({ loss, rebalance }: TrialSpec): string {
  const name = { "cross-entropy": "CE", focal: "Focal", ldam: "LDAM" }[loss];
  return {
    none: name,
    reweight: `CB-${name}`,
    resample: `${name} (resampled)`,
    drw: `${name}-DRW`,
    drs: `${name}-DRS`,
    balanced: `${name} (balanced)`,
    "class-aware": `${name} (class-aware)`,
  }[rebalance];
}

export interface SetOptions {
  /** Largest class / smallest. Default 100. */
  readonly rho?: number;
  /** Default "exponential". */
  readonly profile?: "exponential" | "step";
}

function longTail(set: SetName) {
  return (options: SetOptions = {}): Trial => {
    check(`${set}LT`, options, {
      rho: optional(numberWhere("a finite number >= 1", (v) => v >= 1)),
      profile: optional(oneOf("exponential", "step")),
    });
    const { rho = 100, profile = "exponential" } = options;
    const plain = { labeled: 1, loss: "cross-entropy", rebalance: "none", semi: "self-training" } as const;
    return new Trial({ set, rho, profile, ...plain });
  };
}

/** Cross-entropy on CIFAR-10-LT: what `with` changes. */
export const cifar10LT = longTail("cifar10");
/** Cross-entropy on CIFAR-100-LT: what `with` changes. */
export const cifar100LT = longTail("cifar100");
/** Cross-entropy on SVHN-LT: what `with` changes. */
export const svhnLT = longTail("svhn");
/** Cross-entropy on a long tail of stickers: what `with` changes. */
export const stickersLT = longTail("stickers");
/** Cross-entropy on a long tail of plain stickers: what `with` changes. */
export const plainStickersLT = longTail("plain-stickers");

const loss =
  (name: TrialSpec["loss"]): Part =>
  (spec) => ({ ...spec, loss: name });
const rebalance =
  (name: RebalanceName): Part =>
  (spec) => ({ ...spec, rebalance: name });

/** LDAM, with its cosine head. */
export const ldam = loss("ldam");
/** The focal loss in the authors' form, gamma 1. */
export const focal = loss("focal");
/** Weights by effective numbers from the start: CB-CE, CB-Focal. */
export const reweight = rebalance("reweight");
/** The authors' resampling by effective numbers. */
export const resample = rebalance("resample");
/** Weights by effective numbers from where the learning rate falls first. */
export const drw = rebalance("drw");
/** The authors' resampling from where the learning rate falls first. */
export const drs = rebalance("drs");

/** Self-supervised pre-training on the same long-tailed images. Default "rotation", the paper's for CIFAR. */
export function ssp(method: PretrainerName = "rotation"): Part {
  check("ssp", { method }, { method: oneOf(...PRETRAINER_NAMES) });
  return (spec) => ({ ...spec, ssp: method });
}

/** D_U. @throws RangeError for an option out of range */
export function unlabeled(options: { rhoU: number; multiple?: number; relevance?: number }): Part {
  const least1 = numberWhere("a finite number >= 1", (v) => v >= 1);
  check("unlabeled", options, { rhoU: least1, multiple: optional(positive), relevance: optional(probability) });
  const { rhoU, multiple = 5, relevance = 1 } = options;
  return (spec) => ({ ...spec, unlabeled: { rhoU, multiple, relevance } });
}

/** D_U is used by Mean Teacher instead of self-training. */
export const meanTeacher: Part = (spec) => ({ ...spec, semi: "mean-teacher" });
/** D_U is used by VAT instead of self-training. */
export const vat: Part = (spec) => ({ ...spec, semi: "vat" });

/** Only this share of the labeled images of each class, in (0, 1]. @throws RangeError */
export function labels(share: number): Part {
  check("labels", { share }, { share: numberWhere("a number in (0, 1]", (v) => v > 0 && v <= 1) });
  return (spec) => ({ ...spec, labeled: share });
}
