/** The runs that show the paper's effects: what each trains on, from what, and by which loss. */
import * as tf from "@tensorflow/tfjs";
import * as fused from "longtail/backend/fused";
import { data, random, rebalance, tail } from "longtail";
import { dispose, network, predict, train, transfer } from "./network.mjs";

export const RHO = 100;
/** When deferred re-weighting begins: with the first fall of the learning rate. */
const DEFERRED = 0.7;

const crossEntropy = () => (logits, labels) => fused.crossEntropy(logits, labels);

/** LDAM (largest margin 0.5, s = 30), with deferred re-weighting (beta 0.9999). */
function ldamDrw(counts) {
  const largest = Math.min(...counts.filter((n) => n > 0)) ** -0.25;
  const margins = tf.tensor1d(counts.map((n) => (n > 0 ? (0.5 * n ** -0.25) / largest : 0)));
  const weights = tf.tensor1d(rebalance.effectiveNumberWeights(counts, 0.9999));
  return (logits, labels, progress) =>
    fused.crossEntropy(logits, labels, { margins, scale: 30, ...(progress >= DEFERRED && { weights }) });
}

/** One rotation an image, a quarter each (counter-clockwise); the label is how often it was turned. */
function rotated(stream) {
  return ({ images }) => {
    const count = images.shape[0];
    const turns = stream.shuffle(Int32Array.from({ length: count }, (_, i) => i % 4));
    let turned = images;
    let mixed = tf.zerosLike(images);
    for (let k = 0; k < 4; k++) {
      const mask = tf.tensor4d(
        Float32Array.from(turns, (turn) => (turn === k ? 1 : 0)),
        [count, 1, 1, 1],
      );
      mixed = mixed.add(turned.mul(mask));
      turned = turned.transpose([0, 2, 1, 3]).reverse(1);
    }
    return { images: mixed, labels: tf.tensor1d(turns, "int32") };
  };
}

/**
 * The sets of one seed.
 * @param source { labeled(counts), unlabeled(counts), irrelevant(count), test } of data.Examples
 */
export function effects(source, { head, steps, seed }) {
  const counts = tail.exponentialProfile({ classes: 10, head, rho: RHO });
  const labeled = source.labeled(counts);
  const normalization = data.normalizationOf(labeled);
  const classes = labeled.classes;
  let base;

  const fit = (examples, { lossOf = crossEntropy(), cosine = false, from } = {}) => {
    const net = network(10, seed, { cosine });
    if (from) transfer(from, net);
    train(net, examples, { steps, seed, normalization, lossOf });
    return net;
  };
  const scored = (net) => {
    const predictions = predict(net, source.test, normalization);
    const confusion = Array.from({ length: 10 }, () => new Array(10).fill(0));
    predictions.forEach((found, i) => confusion[source.test.labels[i]][found]++);
    dispose(net);
    return confusion;
  };
  const pseudoLabelled = (unlabeled) => {
    base ??= fit(labeled);
    return labeled.concat(unlabeled.relabel(predict(base, unlabeled, normalization), classes));
  };
  const semi = (rhoU, relevance = 1) => {
    const { relevant, irrelevant } = tail.relevanceProfile({ labeled: counts, rhoU, relevance });
    const pools = [];
    if (relevance > 0) pools.push(source.unlabeled(relevant));
    if (irrelevant > 0) pools.push(source.irrelevant(irrelevant).relabel(new Uint16Array(irrelevant), classes));
    return scored(fit(pseudoLabelled(pools.reduce((a, b) => a.concat(b)))));
  };
  let rotationNet;
  const pretrained = () => {
    if (rotationNet) return rotationNet;
    rotationNet = network(4, seed + 1000);
    const prepare = rotated(random.stream(seed, "rotation"));
    train(rotationNet, labeled, { steps, seed: seed + 1000, normalization, lossOf: crossEntropy(), prepare });
    return rotationNet;
  };

  return {
    "balanced, 10 x head images": () => scored(fit(source.labeled(new Array(10).fill(head)))),
    "balanced, as many images": () => scored(fit(source.labeled(new Array(10).fill(Math.floor(labeled.length / 10))))),
    CE: () => scored(fit(labeled)),
    "LDAM-DRW": () => scored(fit(labeled, { lossOf: ldamDrw(counts), cosine: true })),
    "CE + D_U@5x, rho_U 1": () => semi(1),
    "CE + D_U@5x, rho_U 100": () => semi(100),
    "CE, rotation first": () => scored(fit(labeled, { from: pretrained() })),
    "CE + D_U@5x, rho_U 100, 0 % relevant": () => semi(100, 0),
    "CE + D_U@5x, rho_U 50": () => semi(50),
    "CE + D_U@5x, rho_U 200": () => semi(200),
    "LDAM-DRW, rotation first": () =>
      scored(fit(labeled, { lossOf: ldamDrw(counts), cosine: true, from: pretrained() })),
    "CE + D_U@5x, rho_U 100, 20 % relevant": () => semi(100, 0.2),
    "CE + D_U@5x, rho_U 100, 40 % relevant": () => semi(100, 0.4),
    "CE + D_U@5x, rho_U 100, 60 % relevant": () => semi(100, 0.6),
    "CE + D_U@5x, rho_U 100, 80 % relevant": () => semi(100, 0.8),
  };
}
