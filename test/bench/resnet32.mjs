/**
 * ResNet-32 for images of 32 x 32 pixels (He et al. 2016, shortcuts of kind A), trained by stochastic gradient descent with
 * momentum, as test/fixtures/engine/make_resnet32.py has it in PyTorch: same numbers to begin with, same steps.
 */
import * as tf from "@tensorflow/tfjs";

const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 2e-4;
const EPSILON = 1e-5;
const STAGES = [16, 32, 64];
const BLOCKS = 5;
const CLASSES = 10;

/** A hash (lowbias32) of a stream's number and an index. */
export function integers(stream, count) {
  return Uint32Array.from({ length: count }, (_, index) => {
    let x = Math.imul(index, 0x85ebca6b) + Math.imul(stream, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return x ^ (x >>> 16);
  });
}

/** Numbers, uniform from centre - bound to centre + bound. */
export function numbers(stream, shape, bound, centre = 0) {
  const uniform = integers(stream, tf.util.sizeFromShape(shape));
  return tf.tensor(
    Float32Array.from(uniform, (x) => centre + (x / 2 ** 31 - 1) * bound),
    shape,
  );
}

/** A batch of images [count, size, size, 3] and their classes, one-hot. */
export function batch(index, count, size = 32) {
  const classes = integers(20_000 + index, count).map((x) => x % CLASSES);
  return {
    images: numbers(10_000 + index, [count, size, size, 3], Math.sqrt(3)),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(classes)), CLASSES).toFloat()),
  };
}

/**
 * The network's variables: what is trained, its momentum, and the running moments of each normalization.
 * @param fused longtail's fused operations, to compute with them; default: TensorFlow.js's own operations
 */
export function variables(fused) {
  const parameters = [];
  const running = [];
  const add = (shape, bound, centre) =>
    parameters.push(tf.tidy(() => tf.variable(numbers(parameters.length, shape, bound, centre))));
  const convolution = (inputs, outputs) => {
    add([3, 3, inputs, outputs], Math.sqrt(6 / (9 * inputs)));
    add([outputs], 0.2, 1);
    add([outputs], 0.2);
    running.push({ mean: tf.variable(tf.zeros([outputs]), false), variance: tf.variable(tf.ones([outputs]), false) });
  };
  convolution(3, STAGES[0]);
  let inputs = STAGES[0];
  for (const planes of STAGES)
    for (let layer = 0; layer < 2 * BLOCKS; layer++) {
      convolution(inputs, planes);
      inputs = planes;
    }
  add([inputs, CLASSES], Math.sqrt(1 / inputs));
  add([CLASSES], 0.2);
  const velocities = parameters.map((one) => tf.variable(tf.zerosLike(one), false));
  return { parameters, velocities, running, fused };
}

/** The network itself: logits of images. Training normalizes by the batch's own moments, and keeps their running means. */
export function model(state, images, training) {
  return state.fused ? fusedModel(state, images, training) : composedModel(state, images, training);
}

function fusedModel({ parameters, running, fused }, images, training) {
  let [parameter, normalization] = [0, 0];
  const take = () => parameters.slice(parameter, (parameter += 3));
  const layers = (count, run) => {
    const moments = running.slice(normalization, (normalization += count));
    const made = run(training ? undefined : moments);
    if (training) {
      const size = made.y.size / made.y.shape[3];
      const pairs = made.statistics.flatMap(({ mean, variance }, i) => [
        { average: moments[i].mean, now: mean },
        { average: moments[i].variance, now: variance, factor: size / (size - 1) },
      ]);
      fused.follow(pairs, 0.1);
    }
    return made.y;
  };
  let x = layers(1, (moments) => {
    const [filter, gamma, beta] = take();
    const options = { inputGradient: false, ...(moments && { statistics: moments[0] }) };
    const { y, statistics } = fused.convBatchNorm({ x: images, filter, gamma, beta }, options);
    return { y, statistics: [statistics] };
  });
  for (const planes of STAGES)
    for (let block = 0; block < BLOCKS; block++) {
      const stride = block === 0 && planes > STAGES[0] ? 2 : 1;
      x = layers(2, (statistics) => {
        const [filter1, gamma1, beta1] = take();
        const [filter2, gamma2, beta2] = take();
        const inputs = { x, filter1, gamma1, beta1, filter2, gamma2, beta2 };
        return fused.residualBlock(inputs, { stride, ...(statistics && { statistics }) });
      });
    }
  const [matrix, shift] = parameters.slice(parameter);
  return fused.globalAveragePool(x).matMul(matrix).add(shift);
}

function composedModel({ parameters, running }, images, training) {
  let [parameter, normalization] = [0, 0];
  const convolution = (x, stride = 1) => {
    const [filter, scale, shift] = parameters.slice(parameter, (parameter += 3));
    const moments = running[normalization++];
    const y = tf.conv2d(x, filter, stride, 1);
    if (!training) return tf.batchNorm(y, moments.mean, moments.variance, shift, scale, EPSILON);
    const { mean, variance } = tf.moments(y, [0, 1, 2]);
    keep(moments, { mean, variance }, y.size / y.shape[3]);
    return tf.batchNorm(y, mean, variance, shift, scale, EPSILON);
  };
  let x = convolution(images).relu();
  for (const planes of STAGES)
    for (let block = 0; block < BLOCKS; block++) {
      const narrows = block === 0 && planes > STAGES[0];
      const y = convolution(convolution(x, narrows ? 2 : 1).relu());
      if (narrows) x = shortcut(x, planes);
      x = x.add(y).relu();
    }
  const [matrix, shift] = parameters.slice(parameter);
  return x.mean([1, 2]).matMul(matrix).add(shift);
}

/** Kind A: every other pixel, and channels of zeros on both sides. */
function shortcut(x, planes) {
  const more = planes / 4;
  return tf.avgPool(x, 1, 2, "valid").pad([
    [0, 0],
    [0, 0],
    [0, 0],
    [more, more],
  ]);
}

/** Running moments, as PyTorch keeps them: of the variance without bias. */
function keep(moments, now, count) {
  follow(moments.mean, now.mean, 1);
  follow(moments.variance, now.variance, count / (count - 1));
}

function follow(average, now, factor) {
  tf.tidy(() => average.assign(average.mul(0.9).add(now.mul(0.1 * factor))));
}

/** Mean cross entropy of a batch. */
export function loss(state, { images, labels }, training) {
  const logits = model(state, images, training);
  if (state.fused) return state.fused.crossEntropy(logits, tf.argMax(labels, 1));
  return tf.losses.softmaxCrossEntropy(labels, logits);
}

/** Loss of a batch in training, and its gradient by each parameter. */
export function gradients(state, data) {
  const { value, grads } = tf.variableGrads(() => loss(state, data, true), state.parameters);
  return { value, gradients: state.parameters.map(({ name }) => grads[name]) };
}

/** One step of training; returns the loss before it, as a number, or as a tensor where the device is not to be waited for. */
export function step(state, data, asTensor = false) {
  return tf.tidy(() => {
    const { value, gradients: all } = gradients(state, data);
    if (state.fused) {
      const options = { learningRate: LEARNING_RATE, momentum: MOMENTUM, weightDecay: WEIGHT_DECAY };
      state.fused.sgd(state.parameters, all, state.velocities, options);
      return asTensor ? value : value.dataSync()[0];
    }
    state.parameters.forEach((parameter, i) => {
      const velocity = state.velocities[i];
      velocity.assign(velocity.mul(MOMENTUM).add(all[i]).add(parameter.mul(WEIGHT_DECAY)));
      parameter.assign(parameter.sub(velocity.mul(LEARNING_RATE)));
    });
    return asTensor ? value : value.dataSync()[0];
  });
}

export function dispose({ parameters, velocities, running }) {
  tf.dispose([parameters, velocities, running]);
}
