import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../../src/backend/device.js";
import {
  Examples,
  imageNetAugmentation,
  mocoAugmentation,
  simclrAugmentation,
  stickers,
  views,
  type ViewAugmentation,
  type ViewsOptions,
} from "../../../../src/data/index.js";
import { makeView, randomView } from "../../../../src/data/views/view.js";
import { stream } from "../../../../src/random/index.js";

const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
const examples = Examples.of(stickers({ counts: 2 }));
const positions = Uint32Array.from([3, 0, 19, 3]);
const still = { scale: [1, 1], ratio: [1, 1], flip: 0, jitter: 0, greyscale: 0 } as const;

function made(options: Partial<ViewsOptions> = {}, which: ArrayLike<number> = positions): Float32Array {
  return tf.tidy(() => views(examples, which, { stream: stream(4), normalization, ...options }).dataSync<"float32">());
}

describe.each(["simd", "cpu"])("views on %s", (device) => {
  beforeAll(() => use(device));

  test("are those that the stream draws, one image after the other, normalized", () => {
    const found = made({ size: [40, 36], sigma: [0.5, 1] });
    expect(found.length).toBe(4 * 40 * 36 * 3);
    const random = stream(4);
    const result = { values: new Float32Array(40 * 36 * 3), shape: [40, 36, 3] as const };
    positions.forEach((position, i) => {
      const view = randomView(random, [32, 32], { ...mocoAugmentation, blur: 0.5, sigma: [0.5, 1] });
      makeView({ bytes: examples.image(position), shape: [32, 32, 3] }, view, result);
      const expected = result.values.map(
        (v, at) => (v - normalization.mean[at % 3]!) / normalization.deviation[at % 3]!,
      );
      const part = found.subarray(i * expected.length, (i + 1) * expected.length);
      expect(Math.max(...part.map((v, at) => Math.abs(v - expected[at]!)))).toBeLessThan(1e-6);
    });
  });

  test("with nothing left to chance are the images, normalized", () => {
    const found = made(still);
    positions.forEach((position, i) => {
      examples.image(position).forEach((byte, at) => {
        const expected = (byte / 255 - normalization.mean[at % 3]!) / normalization.deviation[at % 3]!;
        expect(Math.abs(found[i * 3072 + at]! - expected)).toBeLessThan(1e-6);
      });
    });
  });

  test("do not depend on what the device is", async () => {
    const here = made({ ...simclrAugmentation, blur: 1 });
    await use(device === "cpu" ? "simd" : "cpu");
    const there = made({ ...simclrAugmentation, blur: 1 });
    await use(device);
    expect(there).toEqual(here);
  });

  test("are new for each call, and the same from a stream at the same place", () => {
    const random = stream(9);
    const [one, two] = [made({ stream: random }), made({ stream: random })];
    expect(one).not.toEqual(two);
    const again = stream(9);
    expect([made({ stream: again }), made({ stream: again })]).toEqual([one, two]);
  });

  test("of several images are those of each alone, in a row from one stream", () => {
    const random = stream(4);
    const alone = Array.from(positions, (position) => [...made({ stream: random }, [position])]).flat();
    expect(made()).toEqual(Float32Array.from(alone));
  });

  test("keep no memory but the result", () => {
    const before = tf.memory().numTensors;
    views(examples, positions, { stream: stream(4), normalization }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("defaults", () => {
  beforeAll(() => use("simd"));

  test("are MoCo's, whether left out or undefined", () => {
    expect(made({ jitter: undefined, scale: undefined })).toEqual(made());
    expect(made(mocoAugmentation)).toEqual(made());
  });

  test("blur half of the views that are larger than 32 pixels, and no others", () => {
    expect(made({ blur: 0 })).toEqual(made());
    expect(made({ size: [33, 20], blur: 0.5 })).toEqual(made({ size: [33, 20] }));
    expect(made({ size: [33, 20], blur: 0 })).not.toEqual(made({ size: [33, 20] }));
  });

  test.each([
    ["mocoAugmentation", mocoAugmentation, [0.2, 1], [0.8, 0.4, 0.4, 0.4, 0.1, 0.2, undefined]],
    ["simclrAugmentation", simclrAugmentation, [0.08, 1], [0.8, 0.4, 0.4, 0.4, 0.1, 0.2, undefined]],
    ["imageNetAugmentation", imageNetAugmentation, [0.08, 1], [1, 0.4, 0.4, 0.4, 0, 0, 0]],
  ] as [string, ViewAugmentation, number[], unknown[]][])("%s: as published", (_, set, scale, numbers) => {
    const { jitter, brightness, contrast, saturation, hue, greyscale, blur } = set;
    expect([jitter, brightness, contrast, saturation, hue, greyscale, blur]).toEqual(numbers);
    expect([set.scale, set.ratio, set.flip]).toEqual([scale, [3 / 4, 4 / 3], 0.5]);
    expect(made(set)).toHaveLength(4 * 3072);
  });
});

describe("refused:", () => {
  beforeAll(() => use("simd"));

  test.each([
    ["unknown options", { colorJitter: 0.4 }, /no parameter "colorJitter"/],
    ["no stream", { stream: undefined }, /stream must be an object with uniform/],
    ["shares of the area above 1", { scale: [0.2, 1.1] }, /scale must be \[least, most\], shares in \(0, 1\]/],
    ["ranges the wrong way round", { sigma: [2, 0.1] }, /sigma must be/],
    ["ranges with NaN", { ratio: [NaN, 1] }, /ratio must be/],
    ["probabilities above 1", { greyscale: 1.5 }, /greyscale must be a number in \[0, 1\] \(got 1.5\)/],
    ["a hue of more than half a turn", { hue: 0.6 }, /hue must be a number in \[0, 0.5\]/],
    ["strengths below 0", { contrast: -1 }, /contrast must be/],
    ["sizes without pixels", { size: [0, 32] }, /size must be \[height, width\]/],
    [
      "a normalization of one channel",
      { normalization: { mean: [0.5], deviation: [0.5] } },
      /by 3 means and 3 deviations > 0/,
    ],
    ["a deviation of 0", { normalization: { mean: [0, 0, 0], deviation: [1, 0, 1] } }, /deviations > 0/],
  ])("%s", (_, options, message) => {
    expect(() => made(options as unknown as Partial<ViewsOptions>)).toThrow(RangeError);
    expect(() => made(options as unknown as Partial<ViewsOptions>)).toThrow(message);
  });

  test("no positions, and positions that there are not", () => {
    expect(() => made({}, [])).toThrow(/one or more positions, found none/);
    expect(() => made({}, [20])).toThrow(/examples 0 to 19, and no example 20/);
  });

  test("images with two channels", () => {
    const set = {
      name: "Two",
      bytes: new Uint8Array(8),
      shape: [1, 2, 2, 2] as const,
      labels: Uint16Array.of(0),
      classes: ["a"],
    };
    const options = { stream: stream(4), normalization: { mean: [0, 0], deviation: [1, 1] } };
    expect(() => views(Examples.of(set), [0], options)).toThrow(
      "views: expected an image with 1 or 3 channels, found 2",
    );
  });
});

test("grey images have views, too", async () => {
  await use("simd");
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => 4 * i);
  const set = { name: "Grey", bytes, shape: [1, 8, 8, 1] as const, labels: Uint16Array.of(0), classes: ["a"] };
  const tensor = views(Examples.of(set), [0, 0], {
    stream: stream(4),
    normalization: { mean: [0], deviation: [1] },
    blur: 1,
  });
  expect(tensor.shape).toEqual([2, 8, 8, 1]);
  expect([...tensor.dataSync()].every((value) => value >= 0 && value <= 1)).toBe(true);
  tensor.dispose();
});
