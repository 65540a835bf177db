import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { Examples, stickers } from "../../../src/data/index.js";
import { features, predict, probabilities, type PredictOptions } from "../../../src/eval/predict.js";
import { small, type Network } from "../../../src/models/index.js";

const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
const examples = Examples.of(stickers({ counts: 3 })); // 30
const options = { normalization };

/** All at once, normalized in plain JavaScript, in the mode of evaluation. */
function direct(network: Network, of = examples): { features: Float32Array; logits: Float32Array } {
  const pixels = Float32Array.from({ length: of.length * 3072 }, (_, i) => {
    const [at, c] = [Math.floor(i / 3072), i % 3];
    return (of.image(at)[i % 3072]! / 255 - normalization.mean[c]!) / normalization.deviation[c]!;
  });
  return tf.tidy(() => {
    const found = network.features(tf.tensor4d(pixels, [of.length, 32, 32, 3]), "eval");
    return { features: found.dataSync<"float32">(), logits: network.classify(found).dataSync<"float32">() };
  });
}

/** One whose running statistics are those of images. */
function trained(head: "linear" | "cosine" = "linear"): Network {
  const network = small({ classes: 10, head, seed: 3 });
  const input = tf.randomNormal<tf.Rank.R4>([8, 8, 8, 3], 0, 1, "float32", 5);
  for (let i = 0; i < 20; i++) tf.tidy(() => void network.logits(input, "train"));
  input.dispose();
  return network;
}

const softmax = (logits: ArrayLike<number>): number[] => {
  const all = Array.from(logits, Number);
  const powers = all.map((x) => Math.exp(x - Math.max(...all)));
  return powers.map((x) => x / powers.reduce((a, b) => a + b, 0));
};
const row = (values: Float32Array, at: number): Float32Array => values.subarray(10 * at, 10 * at + 10);

describe.each([
  ["simd", 30],
  ["cpu", 3],
] as const)("on %s", (device, count) => {
  beforeAll(() => use(device));

  test("predictions, probabilities and features are those of a direct computation; nothing is left on the device", async () => {
    const network = trained();
    const some = examples.select(Array.from({ length: count }, (_, i) => (9 * i) % 30));
    const exact = direct(network, some);
    const held = tf.memory().numTensors;
    const found = await predict(network, some, options);
    expect(found).toBeInstanceOf(Uint16Array);
    expect(found).toHaveLength(count);
    const [shares, inner] = [await probabilities(network, some, options), await features(network, some, options)];
    for (let at = 0; at < count; at++) {
      const logits = [...row(exact.logits, at)];
      expect(found[at]).toBe(logits.indexOf(Math.max(...logits)));
      softmax(logits).forEach((share, c) => expect(row(shares, at)[c]).toBeCloseTo(share, 4));
      expect(row(shares, at).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    expect(inner).toHaveLength(count * 64);
    inner.forEach((value, i) => expect(Math.abs(value - exact.features[i]!)).toBeLessThan(1e-3));
    expect(tf.memory().numTensors).toBe(held);
    network.dispose();
  });
});

describe("predict", () => {
  beforeAll(() => use("simd"));

  test("the size of batches changes nothing but roundings, and the network stays as it is", async () => {
    const network = trained("cosine");
    const digest = await network.digest();
    const whole = {
      classes: await predict(network, examples, options),
      shares: await probabilities(network, examples, { ...options, scale: 5 }),
      inner: await features(network, examples, options),
    };
    expect(new Set(whole.classes).size).toBeGreaterThan(1);
    for (const batchSize of [1, 7, 29, 30, 31, 1000]) {
      expect(await predict(network, examples, { ...options, batchSize })).toEqual(whole.classes);
      const shares = await probabilities(network, examples, { ...options, scale: 5, batchSize });
      shares.forEach((share, i) => expect(Math.abs(share - whole.shares[i]!)).toBeLessThan(1e-5));
      const inner = await features(network, examples, { ...options, batchSize });
      inner.forEach((value, i) => expect(Math.abs(value - whole.inner[i]!)).toBeLessThan(1e-4));
    }
    expect(await network.digest()).toBe(digest);
    network.dispose();
  });

  test("scale: a factor of the logits, as LDAM's cosines need one", async () => {
    const network = trained("cosine");
    const { logits } = direct(network);
    const [plain, sharp] = [
      await probabilities(network, examples, { ...options, scale: 1 }),
      await probabilities(network, examples, { ...options, scale: 30 }),
    ];
    for (let at = 0; at < 30; at++) {
      softmax(row(logits, at)).forEach((share, c) => expect(row(plain, at)[c]).toBeCloseTo(share, 4));
      softmax([...row(logits, at)].map((x) => 30 * x)).forEach((share, c) =>
        expect(row(sharp, at)[c]).toBeCloseTo(share, 3),
      );
    }
    network.dispose();
  });

  test("cosines without a scale have no probabilities; what takes the largest needs none", async () => {
    const network = trained("cosine");
    const attempt = probabilities(network, examples, options);
    await expect(attempt).rejects.toThrow(RangeError);
    await expect(attempt).rejects.toThrow(
      'probabilities: expected scale, the factor of the cosines that "small" gives with its cosine head, found none. Pass',
    );
    await expect(attempt).rejects.toThrow("(LDAM's default is scale: 30)");
    expect(await predict(network, examples, options)).toHaveLength(30);
    expect(await features(network, examples, options)).toHaveLength(30 * 64);
    network.dispose();
  });

  test("says how far it is", async () => {
    const network = trained();
    const seen: number[] = [];
    await predict(network, examples, { ...options, batchSize: 8, onProgress: (done) => void seen.push(done) });
    expect(seen).toEqual([8, 16, 24, 30]);
    network.dispose();
  });

  test("a signal ends it between two batches, with its reason; nothing is left on the device", async () => {
    const network = trained();
    const held = tf.memory().numTensors;
    for (const run of [predict, probabilities, features]) {
      const stop = new AbortController();
      const seen: number[] = [];
      const onProgress = (done: number): void => {
        seen.push(done);
        if (done === 16) stop.abort(new Error("enough"));
      };
      const stopped = run(network, examples, { ...options, batchSize: 8, signal: stop.signal, onProgress });
      await expect(stopped).rejects.toThrow("enough");
      expect(seen).toEqual([8, 16]);
      await expect(run(network, examples, { ...options, batchSize: 8, signal: stop.signal })).rejects.toThrow("enough");
      expect(tf.memory().numTensors).toBe(held);
    }
    network.dispose();
  });

  test("logits that are NaN are no class: an error, and nothing is left on the device", async () => {
    const network = trained();
    const held = tf.memory().numTensors;
    const { variable } = network.weights.find(({ name }) => name === "classifier/bias")!;
    tf.tidy(() => variable.assign(tf.tensor1d([...new Array<number>(9).fill(0), NaN]) as tf.Tensor<tf.Rank>));
    await expect(predict(network, examples, options)).rejects.toThrow(
      "predict: expected numbers, found NaN in the logits of example 0",
    );
    await expect(probabilities(network, examples, options)).rejects.toThrow(
      "probabilities: expected numbers, found NaN in the logits of example 0",
    );
    expect(tf.memory().numTensors).toBe(held);
    network.dispose();
  });

  test("numbers that cannot be read are an error of the call, and of nothing else", async () => {
    const network = trained();
    const held = tf.memory().numTensors;
    // Before it is waited for lies a batch, and other work: nobody may find it unhandled. (A spy would handle it.)
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on what it would have been called on
    const { data } = tf.Tensor.prototype;
    let reads = 0;
    tf.Tensor.prototype.data = function (this: tf.Tensor) {
      return ++reads === 2 ? Promise.reject(new RangeError("no memory")) : data.call(this);
    } as typeof data;
    try {
      await expect(probabilities(network, examples, { ...options, batchSize: 8 })).rejects.toThrow("no memory");
    } finally {
      tf.Tensor.prototype.data = data;
    }
    expect(tf.memory().numTensors).toBe(held);
    network.dispose();
  });

  test("a signal that ends it with the last batch ends it", async () => {
    const network = trained();
    const stop = new AbortController();
    const onProgress = (done: number): void => void (done === 30 && stop.abort(new Error("enough")));
    const stopped = predict(network, examples, { ...options, batchSize: 8, signal: stop.signal, onProgress });
    await expect(stopped).rejects.toThrow("enough");
    network.dispose();
  });

  test("no examples give no predictions", async () => {
    const network = trained();
    expect(await predict(network, examples.select([]), options)).toEqual(new Uint16Array(0));
    network.dispose();
  });

  test("wrong options and images are refused, and nothing is left on the device", async () => {
    const [network, grey] = [trained(), small({ classes: 10, channels: 1 })];
    const held = tf.memory().numTensors;
    const refuse = async (given: object, message: RegExp): Promise<void> => {
      await expect(predict(network, examples, given as PredictOptions)).rejects.toThrow(RangeError);
      await expect(predict(network, examples, given as PredictOptions)).rejects.toThrow(message);
    };
    await refuse({}, /predict: normalization must be an object \(got undefined\)/);
    await refuse({ ...options, batchSize: 0 }, /batchSize must be an integer from 1/);
    await refuse({ ...options, batch: 8 }, /there is no parameter "batch"/);
    await refuse({ ...options, signal: {} }, /signal must be an AbortSignal/);
    await refuse({ ...options, scale: 30 }, /there is no parameter "scale"/);
    await expect(probabilities(network, examples, { ...options, scale: 0 })).rejects.toThrow(/scale must be/);
    await expect(predict(grey, examples, options)).rejects.toThrow("small: expected images of 1 channels, found 3");
    expect(tf.memory().numTensors).toBe(held);
    [network, grey].forEach((one) => one.dispose());
  });
});
