/**
 * A small ResNet for 32 x 32 images (a convolution of stride 2, then one basic block in each of three stages of 16, 32 and 64
 * channels), trained by the paper's recipe on a short schedule of our own. Linear or cosine classifier.
 */
import * as tf from "@tensorflow/tfjs";
import * as fused from "longtail/backend/fused";
import { data, random } from "longtail";

const STAGES = [16, 32, 64];
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 2e-4;

/** New weights: Kaiming normal, fan in, as the authors begin. */
export function network(classes, seed, { cosine = false } = {}) {
  const stream = random.stream(seed, "init");
  const parameters = [];
  const running = [];
  const normal = (shape, deviation) => {
    const values = stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))).map((x) => x * deviation);
    parameters.push(tf.tidy(() => tf.variable(tf.tensor(values, shape))));
  };
  const constant = (fill, length) => tf.tidy(() => tf.variable(fill([length]), false));
  const convolution = (inputs, outputs) => {
    normal([3, 3, inputs, outputs], Math.sqrt(2 / (9 * inputs)));
    parameters.push(
      tf.tidy(() => tf.variable(tf.ones([outputs]))),
      tf.tidy(() => tf.variable(tf.zeros([outputs]))),
    );
    running.push({ mean: constant(tf.zeros, outputs), variance: constant(tf.ones, outputs) });
  };
  convolution(3, STAGES[0]);
  let inputs = STAGES[0];
  for (const planes of STAGES) {
    convolution(inputs, planes);
    convolution(planes, planes);
    inputs = planes;
  }
  normal([inputs, classes], Math.sqrt(2 / inputs));
  if (!cosine) parameters.push(tf.tidy(() => tf.variable(tf.zeros([classes]))));
  const velocities = parameters.map((one) => tf.tidy(() => tf.variable(tf.zerosLike(one), false)));
  return { parameters, velocities, running, cosine };
}

/** Everything but the classifier, from a network trained for something else. */
export function transfer(from, to) {
  const backbone = 3 * (1 + 2 * STAGES.length);
  // Copies: assigned as they are, both networks would share their numbers, and training one would change the other.
  const copy = (own, other) => tf.tidy(() => own.assign(other.mul(1)));
  for (let i = 0; i < backbone; i++) copy(to.parameters[i], from.parameters[i]);
  to.running.forEach((moments, i) => {
    copy(moments.mean, from.running[i].mean);
    copy(moments.variance, from.running[i].variance);
  });
}

export function dispose({ parameters, velocities, running }) {
  tf.dispose([parameters, velocities, running]);
}

function logitsOf({ parameters, running, cosine }, images, training) {
  let [p, n] = [0, 0];
  const take = () => parameters.slice(p, (p += 3));
  const layers = (count, run) => {
    const moments = running.slice(n, (n += count));
    const { y, statistics } = run(training ? undefined : moments);
    if (training) statistics.forEach((now, i) => keep(moments[i], now, y.size / y.shape[3]));
    return y;
  };
  let x = layers(1, (moments) => {
    const [filter, gamma, beta] = take();
    const options = { inputGradient: false, stride: 2, ...(moments && { statistics: moments[0] }) };
    const { y, statistics } = fused.convBatchNorm({ x: images, filter, gamma, beta }, options);
    return { y, statistics: [statistics] };
  });
  for (const planes of STAGES)
    x = layers(2, (statistics) => {
      const [filter1, gamma1, beta1] = take();
      const [filter2, gamma2, beta2] = take();
      const inputs = { x, filter1, gamma1, beta1, filter2, gamma2, beta2 };
      return fused.residualBlock(inputs, { stride: planes > STAGES[0] ? 2 : 1, ...(statistics && { statistics }) });
    });
  const features = fused.globalAveragePool(x);
  const [matrix, shift] = parameters.slice(p);
  if (!cosine) return features.matMul(matrix).add(shift);
  const unit = (t, axis) => t.div(t.square().sum(axis, true).add(1e-12).sqrt());
  return unit(features, 1).matMul(unit(matrix, 0));
}

function keep(moments, now, count) {
  const follow = (average, value, factor) =>
    tf.tidy(() => average.assign(average.mul(0.9).add(value.mul(0.1 * factor))));
  follow(moments.mean, now.mean, 1);
  follow(moments.variance, now.variance, count / (count - 1));
}

/** Warm-up, then `rate`, a tenth of it from 70 % of the steps on, a hundredth from 90 %: our own, for few steps. */
export function learningRate(progress, rate) {
  if (progress < 0.05) return (rate * progress) / 0.05;
  return progress < 0.7 ? rate : progress < 0.9 ? rate / 10 : rate / 100;
}

/**
 * One step on a batch.
 * @param options.lossOf (logits, labels) -> scalar
 */
export function step(net, { images, labels }, { lossOf, rate }) {
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => lossOf(logitsOf(net, images, true), labels), net.parameters);
    const gradients = net.parameters.map(({ name }) => grads[name]);
    const options = { learningRate: rate, momentum: MOMENTUM, weightDecay: WEIGHT_DECAY };
    fused.sgd(net.parameters, gradients, net.velocities, options);
  });
}

/**
 * @param examples data.Examples
 * @param options.lossOf (logits, labels, progress) -> scalar
 * @param options.prepare changes a batch's images and labels; default none
 */
export function train(net, examples, { epochs, batchSize, seed, normalization, lossOf, prepare, rate = 0.05 }) {
  const shuffle = random.stream(seed, "shuffle");
  const augment = random.stream(seed, "augment");
  const steps = epochs * Math.ceil(examples.length / batchSize);
  let done = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const all = Uint32Array.from({ length: examples.length }, (_, i) => i);
    const positions = shuffle.split(`epoch ${epoch}`).shuffle(all);
    const augmentation = { stream: augment.split(`epoch ${epoch}`) };
    for (const batch of data.batches(examples, { normalization, positions, batchSize, augmentation })) {
      if (batch.positions.length < 2) break; // no variance to normalize by
      const progress = done++ / steps;
      const options = {
        lossOf: (logits, labels) => lossOf(logits, labels, progress),
        rate: learningRate(progress, rate),
      };
      tf.tidy(() => step(net, prepare ? prepare(batch) : batch, options));
    }
  }
}

/** The class with the largest logit, of each example. */
export function predict(net, examples, normalization) {
  const predictions = new Uint16Array(examples.length);
  for (const { images, positions } of data.batches(examples, { normalization, batchSize: 500 })) {
    const found = tf.tidy(() => logitsOf(net, images, false).argMax(1).dataSync());
    positions.forEach((position, i) => (predictions[position] = found[i]));
  }
  return predictions;
}
