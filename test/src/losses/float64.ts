import type { LossName, ResolvedLossSpec } from "../../../src/losses/index.js";
import { differences } from "../backend/fused/float64.js";

/** A batch as plain numbers. */
export interface Sample {
  readonly logits: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly counts: readonly number[];
  readonly weights?: readonly number[] | undefined;
}

type Exact = (sample: Sample, spec: never) => number;

function probability(row: readonly number[], label: number): number {
  return 1 / row.reduce((sum, z) => sum + Math.exp(z - row[label]!), 0);
}

function mean(terms: readonly number[], weights: readonly number[]): number {
  return terms.reduce((sum, t, i) => sum + t * weights[i]!, 0) / weights.reduce((a, b) => a + b, 0);
}

const weightsOf = ({ labels, weights }: Sample): number[] => labels.map((y) => weights?.[y] ?? 1);

function crossEntropy(sample: Sample): number {
  const entropies = sample.logits.map((row, i) => -Math.log(probability(row, sample.labels[i]!)));
  return mean(entropies, weightsOf(sample));
}

/** The losses in double precision, as their formulas are printed. */
const EXACT: Record<LossName, Exact> = {
  "cross-entropy": crossEntropy,
  focal(sample, { gamma, form }: { gamma: number; form: string }) {
    const terms = sample.logits.map((row, i) => {
      const [p, w] = [probability(row, sample.labels[i]!), weightsOf(sample)[i]!];
      return form === "authors" ? (1 - p ** w) ** gamma * -w * Math.log(p) : -w * (1 - p) ** gamma * Math.log(p);
    });
    return terms.reduce((a, b) => a + b, 0) / terms.length;
  },
  ldam(sample, { maxMargin, scale }: { maxMargin: number; scale: number }) {
    const quartics = sample.counts.map((n) => n ** -0.25);
    const largest = Math.max(...quartics.filter(Number.isFinite));
    const logits = sample.logits.map((row, i) =>
      row.map((z, c) => scale * (c === sample.labels[i] ? z - (maxMargin * quartics[c]!) / largest : z)),
    );
    return crossEntropy({ ...sample, logits });
  },
};

/** A loss and its gradient, by central differences. */
export function exact(spec: ResolvedLossSpec, sample: Sample): { value: number; gradient: Float64Array } {
  const classes = sample.counts.length;
  const loss = EXACT[spec.name];
  const at = (values: Float64Array): number => {
    const logits = sample.labels.map((_, i) => [...values.subarray(i * classes, (i + 1) * classes)]);
    return loss({ ...sample, logits }, spec as never);
  };
  const values = Float64Array.from(sample.logits.flat());
  const [gradient] = differences(
    (z) => ({ shape: [], values: Float64Array.of(at(z.values)) }),
    [{ shape: [sample.labels.length, classes], values }],
    [1],
  );
  return { value: at(values), gradient: gradient! };
}
