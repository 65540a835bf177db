/** The runs that show the paper's effects: what each trains on, from what, and by which loss. */
import * as tf from "@tensorflow/tfjs";
import * as fused from "longtail/backend/fused";
import { data, random, rebalance, tail } from "longtail";
import { dispose, network, predict, train, transfer } from "./network.mjs";

export const RHO = 100;
/** Images a step, with unlabeled ones too: doubling it then, as the authors do, left too few steps here. */
export const BATCH = 64;
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
 * @param options.epochs for every set: one of labeled and unlabeled images takes six times the steps, as in the paper
 * @param source { labeled(counts), unlabeled(counts), irrelevant(count), test } of data.Examples
 */
export function effects(source, { head, epochs, seed }) {
  const counts = tail.exponentialProfile({ classes: 10, head, rho: RHO });
  const labeled = source.labeled(counts);
  const normalization = data.normalizationOf(labeled);
  const classes = labeled.classes;

  const fit = (examples, method, { from } = {}) => {
    const isLdam = method === "LDAM-DRW";
    const net = network(10, seed, { cosine: isLdam });
    if (from) transfer(from, net);
    const lossOf = isLdam ? ldamDrw(examples.counts()) : crossEntropy();
    train(net, examples, { epochs, batchSize: BATCH, seed, normalization, lossOf });
    return net;
  };
  const scored = (net) => {
    const predictions = predict(net, source.test, normalization);
    const confusion = Array.from({ length: 10 }, () => new Array(10).fill(0));
    predictions.forEach((found, i) => confusion[source.test.labels[i]][found]++);
    return confusion;
  };
  const bases = new Map();
  const base = (method) => {
    if (!bases.has(method)) bases.set(method, fit(labeled, method));
    return bases.get(method);
  };
  const once = (net) => {
    const confusion = scored(net);
    dispose(net);
    return confusion;
  };
  const semi = (method, rhoU, relevance = 1) => {
    const { relevant, irrelevant } = tail.relevanceProfile({ labeled: counts, rhoU, relevance });
    const pools = [];
    if (relevance > 0) pools.push(source.unlabeled(relevant));
    if (irrelevant > 0) pools.push(source.irrelevant(irrelevant).relabel(new Uint16Array(irrelevant), classes));
    const unlabeled = pools.reduce((a, b) => a.concat(b));
    const pseudoLabels = predict(base(method), unlabeled, normalization);
    return once(fit(labeled.concat(unlabeled.relabel(pseudoLabels, classes)), method));
  };
  let rotationNet;
  const pretrained = () => {
    if (rotationNet) return rotationNet;
    rotationNet = network(4, seed + 1000);
    const prepare = rotated(random.stream(seed, "rotation"));
    train(rotationNet, labeled, {
      epochs,
      batchSize: BATCH,
      seed: seed + 1000,
      normalization,
      lossOf: crossEntropy(),
      prepare,
    });
    return rotationNet;
  };
  const balanced = (each) => source.labeled(new Array(10).fill(each));

  const runs = {
    "CE, balanced, as many images": () => once(fit(balanced(Math.floor(labeled.length / 10)), "CE")),
  };
  const methods = ["CE", "LDAM-DRW"];
  for (const method of methods) {
    runs[method] = () => scored(base(method));
    runs[`${method}, rotation first`] = () => once(fit(labeled, method, { from: pretrained() }));
  }
  for (const rhoU of [1, RHO])
    for (const method of methods) runs[`${method} + D_U@5x, rho_U ${rhoU}`] = () => semi(method, rhoU);
  for (const method of methods) runs[`${method} + D_U@5x, rho_U ${RHO}, 0 % relevant`] = () => semi(method, RHO, 0);
  for (const rhoU of [RHO / 2, 2 * RHO]) runs[`LDAM-DRW + D_U@5x, rho_U ${rhoU}`] = () => semi("LDAM-DRW", rhoU);
  for (const share of [20, 40, 60, 80])
    runs[`LDAM-DRW + D_U@5x, rho_U ${RHO}, ${share} % relevant`] = () => semi("LDAM-DRW", RHO, share / 100);
  return runs;
}
