import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { globalAveragePool } from "../../../src/backend/fused/index.js";
import { plan } from "../../../src/experiment/run.js";
import { SCALES } from "../../../src/experiment/scale.js";
import { cifar10LT, longTailed } from "../../../src/experiment/index.js";
import { build, ConvNorm, define, names, type BackboneMaker } from "../../../src/models/index.js";
import { meanTeacher } from "../../../src/semi/index.js";
import { moco, rotation } from "../../../src/ssp/index.js";
import { fit, loadClassifier } from "../../../src/train/index.js";

const plain: BackboneMaker = (variables, channels) => {
  const first = new ConvNorm(variables, "first", 3, channels, 8);
  const second = new ConvNorm(variables, "second", 3, 8, 16);
  return {
    width: 16,
    apply: (images, mode, inputGradient) =>
      globalAveragePool(second.apply(first.apply(images, mode, { stride: 2, inputGradient }), mode, { stride: 2 })),
  };
};
/** What TensorFlow.js has and we have not: a depthwise convolution, its own batch norm. */
const layers: BackboneMaker = (variables, channels) => {
  const start = (name: string) => tf.initializers.heNormal({ seed: variables.seed(name) });
  const model = tf.sequential({
    layers: [
      tf.layers.separableConv2d({
        ...{ filters: 16, kernelSize: 3, strides: 2, inputShape: [32, 32, channels] },
        ...{ depthwiseInitializer: start("depthwise"), pointwiseInitializer: start("pointwise") },
      }),
      tf.layers.batchNormalization(),
      tf.layers.globalAveragePooling2d({}),
    ],
  });
  variables.adopt("layers", model);
  return {
    width: 16,
    apply: (images, mode) => model.apply(images, { training: mode === "train" }) as tf.Tensor2D,
  };
};

beforeAll(() => use("simd"));

describe.each(Object.entries({ plain, layers }))("a network of one's own, %s", (model, maker) => {
  const folder = mkdtempSync(join(tmpdir(), "longtail-models-"));
  beforeAll(() => void define(model, maker));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is trained, goes on from its folder, is copied, saved and read like those of the library", async () => {
    const data = await longTailed({ name: "plain-stickers", head: 20, rho: 10, rhoU: 10 });
    const recipe = { data, model, loss: "ldam", rebalance: "drw", epochs: 3, batchSize: 32, progress: false } as const;
    const whole = await fit(recipe);
    const stop = new AbortController();
    const stopped = { folder, signal: stop.signal, onEvent: () => stop.abort(new Error("stopped")) };
    await expect(fit({ ...recipe, ...stopped })).rejects.toThrow("stopped");
    const resumed = await fit({ ...recipe, folder });
    const digest = await whole.network.digest();
    expect(await resumed.network.digest()).toBe(digest);
    expect(await build(model, { classes: 10, head: "cosine" }).digest()).not.toBe(digest);
    const copy = whole.network.copy();
    expect(await copy.digest()).toBe(digest);
    const file = `${folder}/saved.classifier`;
    await whole.classifier.save(file);
    expect(await (await loadClassifier(file)).network.digest()).toBe(digest);
  });

  test("begins with other numbers for another seed alone, wherever they are drawn", async () => {
    const begun = async (seed: number) => {
      const { weights } = build(model, { classes: 10, seed });
      return Promise.all(weights.map(({ variable }) => variable.data()));
    };
    const [one, again, other] = [await begun(1), await begun(1), await begun(2)];
    expect(again).toEqual(one);
    const drawn = one.flatMap((values, i) => (new Set(values).size > 1 ? [i] : []));
    expect(drawn).toHaveLength(4); // Of two layers, and the classifier with its bias.
    for (const i of drawn) expect(other[i]).not.toEqual(one[i]);
  });

  test("is pre-trained, and learns from unlabelled images", async () => {
    const data = await longTailed({ name: "plain-stickers", head: 20, rho: 10, rhoU: 10 });
    const recipe = { data, model, epochs: 1, batchSize: 32, progress: false };
    const { network } = await rotation(recipe);
    await moco({ ...recipe, queue: 64 });
    const { last } = await meanTeacher({ ...recipe, initial: network });
    expect(last.confusion.total).toBe(data.test.length);
  });
});

test("runs of a network that was changed are others", () => {
  const scale = { ...SCALES.quick, recipe: { ...SCALES.quick.recipe, model: "changing" } };
  const id = (): string => plan(cifar10LT({ rho: 100 }), { scale, seed: 0 }).id;
  define("changing", (variables, channels) => plain(variables, channels));
  const before = id();
  define("changing", (variables, channels) => plain(variables, channels));
  expect(id()).toBe(before);
  define("changing", (variables, channels) => layers(variables, channels));
  expect(id()).not.toBe(before);
  expect(names.filter((name) => name === "changing")).toHaveLength(1);
});

test("says what is wrong with a definition", async () => {
  expect(() => define("tiny", plain)).toThrow('"tiny" is a network of the library; choose another name');
  expect(() => define("none", undefined as unknown as BackboneMaker)).toThrow("build must be a function");
  define("broken", () => ({ width: 1.5, apply: () => tf.zeros([1, 1]) }));
  expect(() => build("broken", { classes: 2 })).toThrow('what "broken" makes: width must be an integer');
  expect(() => build("brokn", { classes: 2 })).toThrow("Did you mean broken? models.define adds one.");
  define("flat", () => ({ width: 8, apply: (images) => images as unknown as tf.Tensor2D }));
  const data = await longTailed({ name: "plain-stickers", head: 20, rho: 10 });
  await expect(fit({ data, model: "flat", epochs: 1, progress: false })).rejects.toThrow(
    "flat: expected features of [batch, width], [78, 8], found [78, 32, 32, 3]",
  );
  await expect(fit({ data, model: "flt", epochs: 1, progress: false })).rejects.toThrow(
    'or "flat", or a name that models.define adds (got "flt")',
  );
});

describe("refused is a network that would not be saved whole, or is not on its own:", () => {
  const pictures = (): tf.Tensor4D => tf.zeros([2, 8, 8, 3]);
  const convolution = (inputShape?: [null, null, number]): tf.Sequential => {
    const layer = tf.layers.conv2d({ filters: 8, kernelSize: 3, ...(inputShape && { inputShape }) });
    return tf.sequential({ layers: [layer, tf.layers.globalAveragePooling2d({})] });
  };

  test("layers that are not handed over, when it is made or first applied", () => {
    define("forgotten", (_, channels) => {
      const trunk = convolution([null, null, channels]);
      return { width: 8, apply: (images) => trunk.apply(images) as tf.Tensor2D };
    });
    expect(() => build("forgotten", { classes: 2 })).toThrow(
      /"forgotten" makes variables that are not handed over \(conv2d_\S+\/kernel, conv2d_\S+\/bias\)/,
    );
    define("late", (variables) => {
      let trunk: tf.Sequential | undefined;
      const weight = variables.constant("weight", 1, 1);
      const apply = (images: tf.Tensor4D): tf.Tensor2D =>
        (trunk ??= convolution([null, null, 3])).apply(images.mul(weight)) as tf.Tensor2D;
      return { width: 8, apply };
    });
    const late = build("late", { classes: 2 });
    expect(() => late.features(pictures())).toThrow('"late" makes variables that are not handed over');
  });

  test("layers of another network", () => {
    const trunk = convolution([null, null, 3]);
    define("shared", (variables) => {
      variables.adopt("trunk", trunk);
      return { width: 8, apply: (images) => trunk.apply(images) as tf.Tensor2D };
    });
    const first = build("shared", { classes: 2 });
    expect(first.features(pictures()).shape).toEqual([2, 8]);
    expect(() => first.copy()).toThrow(
      'the layers "trunk" are another network\'s already; make them anew within the function',
    );
    expect(first.features(pictures()).shape).toEqual([2, 8]);
  });

  test("two layers of one name", () => {
    const count = tf.memory().numTensors;
    define("twice", (variables) => {
      const [first, second] = [3, 8].map((inputs) => new ConvNorm(variables, "same", 3, inputs, 8)) as [
        ConvNorm,
        ConvNorm,
      ];
      return { width: 8, apply: (images, mode) => globalAveragePool(second.apply(first.apply(images, mode), mode)) };
    });
    expect(() => build("twice", { classes: 2 })).toThrow(
      'there is a "same/filter" already; give each layer a name of its own',
    );
    expect(tf.memory().numTensors).toBe(count);
  });

  test("a layer that has the classifier's name", () => {
    define("misnamed", (variables, channels) => {
      const only = new ConvNorm(variables, "classifier", 3, channels, 8);
      return { width: 8, apply: (images, mode) => globalAveragePool(only.apply(images, mode)) };
    });
    expect(() => build("misnamed", { classes: 2 })).toThrow('"classifier/filter" of "misnamed"');
  });
});
