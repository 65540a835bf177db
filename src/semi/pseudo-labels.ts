import { requireExamples } from "../data/examples.js";
import type { Examples } from "../data/index.js";
import { confusionMatrix, type ConfusionMatrix } from "../eval/index.js";
import { predictRules, probabilities, requireScale, type ProbabilityOptions } from "../eval/predict.js";
import type { Network } from "../models/index.js";
import { check, optional, positive, probability } from "../options.js";
import { formatNumber, Tabular, type Grid } from "../show/index.js";

export interface PseudoLabelOptions extends ProbabilityOptions {
  /** Images whose largest probability is below it are left out. Default 0: none, as the authors (issue 24 there). */
  readonly threshold?: number;
}

/** Labels that a network gave to unlabeled images. Shows itself as a table of the classes. */
export class PseudoLabels extends Tabular {
  constructor(
    /** The images that were labeled, all of them. */
    readonly unlabeled: Examples,
    /** The class of the largest probability, of each. */
    readonly labels: Uint16Array,
    /** That probability. */
    readonly confidence: Float32Array,
    /** Positions of those that are confident enough, ascending. */
    readonly kept: Uint32Array,
    private readonly classes: readonly string[],
  ) {
    super();
  }

  /** The images that are kept, with their pseudo-labels. */
  get examples(): Examples {
    return this.unlabeled.relabel(this.labels, this.classes).select(this.kept);
  }

  /** How many were kept of each pseudo-label. */
  counts(): number[] {
    return this.examples.counts();
  }

  /**
   * Pseudo-labels of the kept images (columns) against their true classes (rows), which training never sees: precision of a
   * class is Theorem 1's p (or q). Only where the images show the classes that the network knows.
   * @throws RangeError otherwise
   */
  quality(): ConfusionMatrix {
    const truth = Array.from(this.kept, (at) => this.unlabeled.labels[at]!);
    const [theirs, ours] = [this.unlabeled.classes, this.classes].map((names) => names.join(", "));
    if (theirs !== ours)
      throw new RangeError(`quality: expected images of the classes that were learned, ${ours}, found ${theirs}`);
    const found = Array.from(this.kept, (at) => this.labels[at]!);
    return confusionMatrix(truth, found, { classes: this.classes });
  }

  protected override grid(): Grid {
    const sums = this.classes.map(() => ({ labeled: 0, confidence: 0 }));
    this.labels.forEach((label, i) => {
      sums[label]!.labeled++;
      sums[label]!.confidence += this.confidence[i]!;
    });
    const kept = this.counts();
    return {
      caption: `${this.kept.length} of ${this.labels.length} images kept with their pseudo-labels`,
      columns: [
        { head: "pseudo-label", numeric: false },
        ...["images", "kept", "mean confidence"].map((head) => ({ head, numeric: true })),
      ],
      rows: sums.map(({ labeled, confidence }, c) => {
        const mean = labeled === 0 ? "–" : formatNumber(confidence / labeled, 3);
        return { cells: [this.classes[c]!, String(labeled), String(kept[c]!), mean] };
      }),
    };
  }
}

/**
 * Hard pseudo-labels (section 2.2): arg max of the network's probabilities, running statistics, no augmentation.
 * @param classes names of the network's classes, in label order
 * @throws RangeError for an option out of range, a cosine head without `scale`, or another number of classes than the network has;
 * DivergenceError where logits are NaN; the signal's reason
 */
export async function pseudoLabel(
  network: Network,
  unlabeled: Examples,
  classes: readonly string[],
  options: PseudoLabelOptions,
): Promise<PseudoLabels> {
  requireExamples("pseudoLabel", unlabeled);
  const { threshold = 0, ...rest } = options;
  check("pseudoLabel", options, { ...predictRules, scale: optional(positive), threshold: optional(probability) });
  requireScale("pseudoLabel", network, rest.scale);
  if (classes.length !== network.classes)
    throw new RangeError(
      `pseudoLabel: expected names of the network's ${network.classes} classes, found ${classes.length}`,
    );
  const found = await probabilities(network, unlabeled, rest);
  const labels = new Uint16Array(unlabeled.length);
  const confidence = new Float32Array(unlabeled.length);
  const width = network.classes;
  for (let i = 0; i < unlabeled.length; i++) {
    let best = 0;
    for (let c = 1; c < width; c++) if (found[i * width + c]! > found[i * width + best]!) best = c;
    labels[i] = best;
    confidence[i] = found[i * width + best]!;
  }
  const kept = Uint32Array.from(labels.keys()).filter((i) => confidence[i]! >= threshold);
  return new PseudoLabels(unlabeled, labels, confidence, kept, classes);
}
