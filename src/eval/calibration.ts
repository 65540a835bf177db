import { check, count, optional } from "../options.js";
import type { Groups } from "../tail/index.js";
import { checkClasses, groupsRule } from "./labels.js";
import { predictionsOf } from "./probabilities.js";

/** Mean confidence (probability of the predicted class) beside accuracy; null where there are no images. */
export interface Reliability {
  readonly images: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

/** A bar of a reliability diagram: images of a confidence in (from, to], each as a float32. */
export interface ReliabilityBin extends Reliability {
  readonly from: number;
  readonly to: number;
}

/** Whether probabilities mean what they say. */
export interface Calibration extends Reliability {
  /** Expected calibration error: mean |accuracy - confidence| of the bins, weighted by their images (Guo et al. 2017). */
  readonly expectedError: number;
  /** Maximum calibration error: the largest |accuracy - confidence| of a bin that has images. */
  readonly maximumError: number;
  /** The reliability diagram. */
  readonly bins: ReliabilityBin[];
  /** Of images by their true class, in label order. */
  readonly perClass: Reliability[];
  /** Of images by the group of their true class; undefined without `groups`. */
  readonly groups?: Record<keyof Groups, Reliability>;
  /** Mean -ln p of the true class, in nats; Infinity where one has probability 0. */
  readonly negativeLogLikelihood: number;
  /** Mean over images of the sum over classes of (p - truth)^2, in [0, 2] (Brier 1950). */
  readonly brierScore: number;
}

const rules = { classes: count, bins: optional(count), groups: optional(groupsRule) };

/**
 * Holds the confidence of predictions against how often they are right: the numbers of a reliability diagram.
 * @param probabilities of each class for each image, [images, classes], one row after another; each row adds up to 1
 * @param labels the true class of each image
 * @param options `classes`: how many; `bins`: of equal width, default 15; `groups`: of classes, such as `tail.groups(counts)`
 * @throws RangeError for no images, a wrong length, labels that are no classes, or rows that are no distributions
 */
export function calibration(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  options: { readonly classes: number; readonly bins?: number; readonly groups?: Groups },
): Calibration {
  check("calibration", options, rules);
  const { classes, bins: width = 15, groups } = options;
  const predictions = predictionsOf("calibration", probabilities, labels, classes);
  const all = new Tally();
  const bins = Array.from({ length: width }, () => new Tally());
  const perClass = Array.from({ length: classes }, () => new Tally());
  let [logs, squares] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const confidence = predictions.confidences[i]!;
    const right = predictions.classes[i] === label;
    const bin = bins[binOf(confidence, width)]!;
    for (const tally of [all, bin, perClass[label]!]) tally.add(confidence, right);
    logs -= Math.log(probabilities[i * classes + label]!);
    for (let c = 0; c < classes; c++) squares += (probabilities[i * classes + c]! - (c === label ? 1 : 0)) ** 2;
  }
  const group = (name: keyof Groups): Reliability => {
    checkClasses("calibration", name, groups![name], classes);
    return Tally.sum(groups![name].map((c) => perClass[c]!)).reliability();
  };
  return {
    ...all.reliability(),
    expectedError: bins.reduce((sum, bin) => sum + bin.gap * bin.images, 0) / all.images,
    maximumError: Math.max(...bins.map((bin) => bin.gap)),
    bins: bins.map((bin, at) => ({ from: at / width, to: (at + 1) / width, ...bin.reliability() })),
    perClass: perClass.map((tally) => tally.reliability()),
    ...(groups && { groups: { many: group("many"), medium: group("medium"), few: group("few") } }),
    negativeLogLikelihood: logs / all.images,
    brierScore: squares / all.images,
  };
}

/** The bin, of so many, of a float32: 0.6, which is a little more as one, is the end of the sixth of ten, and not the seventh's. */
function binOf(confidence: number, bins: number): number {
  const above = Math.max(0, Math.ceil(confidence * bins) - 1);
  return above > 0 && confidence <= Math.fround(above / bins) ? above - 1 : above;
}

class Tally {
  images = 0;
  private confidence = 0;
  private right = 0;

  static sum(tallies: readonly Tally[]): Tally {
    const total = new Tally();
    for (const tally of tallies) {
      total.images += tally.images;
      total.confidence += tally.confidence;
      total.right += tally.right;
    }
    return total;
  }

  add(confidence: number, right: boolean): void {
    this.images++;
    this.confidence += confidence;
    if (right) this.right++;
  }

  /** |accuracy - confidence|; 0 without images. */
  get gap(): number {
    return this.images === 0 ? 0 : Math.abs(this.right - this.confidence) / this.images;
  }

  reliability(): Reliability {
    const { images, confidence, right } = this;
    if (images === 0) return { images, confidence: null, accuracy: null };
    return { images, confidence: confidence / images, accuracy: right / images };
  }
}
