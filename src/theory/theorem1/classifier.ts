import { check, finite, positive } from "../../options.js";
import { normalCdf, normalPdf, normalSf } from "../normal.js";

/** The two classes of Theorem 1, without the pseudo-labels. */
export interface Classes {
  mu1: number;
  mu2: number;
  /** Standard deviation of both classes, > 0. */
  sigma: number;
}

const classRules = { mu1: finite, mu2: finite, sigma: positive };

/**
 * The error probability of the classifier that predicts + on mu1's side of a threshold: sign(x - threshold) where
 * mu1 > mu2, as in the paper.
 */
export function risk(options: Classes & { threshold: number }): number {
  check("theorem1.risk", options, { ...classRules, threshold: finite });
  const { plus, minus } = positions(options);
  return (normalCdf(plus) + normalSf(minus)) / 2;
}

/** The smallest error probability of any classifier: that of the midpoint (mu1 + mu2)/2. */
export function bayesRisk(options: Classes): number {
  check("theorem1.bayesRisk", options, classRules);
  return normalSf(Math.abs(options.mu1 - options.mu2) / (2 * options.sigma));
}

/** What a real base classifier, one that thresholds x, does to the estimator. */
export interface ThresholdClassifier {
  recallPlus: number;
  recallMinus: number;
  /** Share of class + among the points that it calls +: the theorem's p. NaN, as what follows from it, where it calls none so. */
  precisionPlus: number;
  /** Share of class - among the points that it calls -: the theorem's q. NaN likewise. */
  precisionMinus: number;
  /** Share of points that it calls +. */
  pseudoPositiveShare: number;
  /** Where the estimator converges as the number of unlabeled points grows. */
  limit: number;
  /** The theorem's centre with this classifier's precisions. */
  centre: number;
  /** The centre if p and q are misread as recalls: moved to the wrong side. */
  centreFromRecalls: number;
}

/**
 * The population limit for a base classifier sign(x - threshold). It is not the theorem's centre: the theorem lets
 * pseudo-labels err independently of x, whereas a threshold cuts both classes off at the same point.
 */
export function thresholdClassifier(options: Classes & { threshold: number }): ThresholdClassifier {
  check("theorem1.thresholdClassifier", options, { ...classRules, threshold: finite });
  const { mu1, mu2, sigma } = options;
  const { plus, minus } = positions(options);
  const recallPlus = normalSf(plus);
  const recallMinus = normalCdf(minus);
  const calledPlus = recallPlus + normalSf(minus);
  const calledMinus = recallMinus + normalCdf(plus);
  const precisionPlus = recallPlus / calledPlus;
  const precisionMinus = recallMinus / calledMinus;
  // A normal density cut at z keeps the mean mu * mass ± sigma * density(z), away from the cut.
  const edge = (mu1 < mu2 ? -1 : 1) * sigma * (normalPdf(plus) + normalPdf(minus));
  const meanPlus = (mu1 * recallPlus + mu2 * normalSf(minus) + edge) / calledPlus;
  const meanMinus = (mu1 * normalCdf(plus) + mu2 * recallMinus - edge) / calledMinus;
  const centre = (a: number, b: number) => (mu1 + mu2) / 2 + ((a - b) * (mu1 - mu2)) / 2;
  return {
    recallPlus,
    recallMinus,
    precisionPlus,
    precisionMinus,
    pseudoPositiveShare: calledPlus / 2,
    limit: (meanPlus + meanMinus) / 2,
    centre: centre(precisionPlus, precisionMinus),
    centreFromRecalls: centre(recallPlus, recallMinus),
  };
}

/** The threshold in standard deviations from each class's mean, positive towards class +. */
function positions({ mu1, mu2, sigma, threshold }: Classes & { threshold: number }): { plus: number; minus: number } {
  const side = mu1 < mu2 ? -1 : 1;
  return { plus: (side * (threshold - mu1)) / sigma, minus: (side * (threshold - mu2)) / sigma };
}
