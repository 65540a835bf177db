import { readFileSync } from "node:fs";

type Share = number | null;

/** Points that make_reference.py and `clustered` make alike. */
interface Shape {
  count: number;
  dimension: number;
  clusters: number;
  spread: number;
}

/** What make_reference.py beside reference.json says. */
interface Reference {
  tsne: {
    perplexity: number;
    /** Of scikit-learn's twelve runs. */
    apart: Shape & { divergences: number[] };
    entangled: Shape & { divergences: number[] };
    /** The first run on the clusters that are apart: float32 [count, 2] in base64, and their KL. */
    positions: string;
    divergence: number;
  };
  predictions: {
    classes: number;
    images: number;
    counts: number[][];
    accuracy: number;
    balanced: number;
    macroF1: number;
    precision: Share[];
    recall: Share[];
    f1: Share[];
    support: number[];
  };
  probabilities: {
    classes: number;
    images: number;
    ece: number;
    mce: number;
    nll: number;
    brier: number;
    bins: [images: number, confidence: Share, accuracy: Share][];
    perClass: [images: number, confidence: number, accuracy: number][];
  };
}

export const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/eval/reference.json", import.meta.url), "utf8"),
) as Reference;

/** The numbers of make_reference.py. */
export function generator(state: number): () => number {
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Clusters around uniform centres, point i in cluster i % clusters. */
export function clustered({ count, dimension, clusters, spread }: Shape): number[][] {
  const u = generator(1);
  const centres = Array.from({ length: clusters }, () => Array.from({ length: dimension }, u));
  return Array.from({ length: count }, (_, i) =>
    centres[i % clusters]!.map((centre) => centre + spread * (u() + u() + u() + u() - 2)),
  );
}
