import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import * as fused from "../../../../src/backend/fused/index.js";
import { use } from "../../../../src/backend/device.js";
import { backend } from "../../../../src/backend/simd/index.js";
import { addShortcut, batchNorm, conv, differences, relu, type Array64 } from "./float64.js";

/** What is held against the compositions: another device than our own where LONGTAIL_DEVICE names one. */
const DEVICE = process.env["LONGTAIL_DEVICE"] || "simd";

beforeAll(async () => {
  await use(DEVICE);
});

let state = 7;
/** Numbers in [-1, 1) that are the same in every run. */
function numbers(shape: readonly number[], scale = 1): Array64 {
  const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.fround((state / 2 ** 31 - 1) * scale);
  });
  return { shape, values };
}
const tensor = <T extends Tensor>({ shape, values }: Array64): T =>
  tf.tensor(Float32Array.from(values), shape as number[], "float32") as unknown as T;

function distance(actual: Tensor | ArrayLike<number>, expected: Tensor | ArrayLike<number>): number {
  const [a, b] = [actual, expected].map((one) => ("dataSync" in one ? one.dataSync() : one));
  expect(a!.length).toBe(b!.length);
  let [difference, norm] = [0, 0];
  for (let i = 0; i < b!.length; i++) {
    difference += (a![i]! - b![i]!) ** 2;
    norm += b![i]! ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}

/** Relative L2 error of float32 through two convolutions and two batch norms; a ReLU at its edge may flip. */
const LIMIT = 2e-5;

/** [batch, size, channels, channels out, stride] */
const BLOCKS = [
  [2, 5, 4, 4, 1],
  [2, 6, 4, 8, 2],
  [2, 5, 4, 8, 2],
  [2, 3, 4, 8, 1],
] as const;

function blockInputs(batch: number, height: number, from: number, to: number, width = height): Array64[] {
  const shapes = [[batch, height, width, from], [3, 3, from, to], [to], [to], [3, 3, to, to], [to], [to]];
  return shapes.map((shape) => numbers(shape));
}

const NAMES = ["x", "filter1", "gamma1", "beta1", "filter2", "gamma2", "beta2"] as const;
const named = (tensors: readonly Tensor[]): fused.ResidualBlockInputs =>
  Object.fromEntries(NAMES.map((name, i) => [name, tensors[i]])) as unknown as fused.ResidualBlockInputs;

describe("a residual block", () => {
  test.each(BLOCKS)("has the gradient of finite differences in float64: %j", (batch, size, from, to, stride) => {
    const inputs = blockInputs(batch, size, from, to);
    const exact = (...given: Array64[]): Array64 => {
      const [x, filter1, gamma1, beta1, filter2, gamma2, beta2] = given as [Array64, ...Array64[]];
      const middle = relu(batchNorm(conv(x, filter1!, stride), gamma1!, beta1!));
      return relu(addShortcut(batchNorm(conv(middle, filter2!, 1), gamma2!, beta2!), x, stride));
    };
    const expected = exact(...inputs);
    const weights = numbers(expected.shape);
    const slopes = differences(exact, inputs, weights.values);
    tf.tidy(() => {
      const tensors = inputs.map((one) => tensor(one));
      const f = (...given: Tensor[]): Tensor => fused.residualBlock(named(given), { stride }).y;
      expect(distance(f(...tensors), expected.values)).toBeLessThan(LIMIT);
      const gradients = tf.grads(f)(tensors, tensor(weights));
      gradients.forEach((gradient, i) => expect(distance(gradient, slopes[i]!), NAMES[i]).toBeLessThan(LIMIT));
    });
  });

  test.each([...BLOCKS, [20, 16, 16, 16, 1], [17, 9, 16, 32, 2]] as const)(
    "is its composition, gradients and statistics too: %j",
    (batch, size, from, to, stride) => {
      tf.tidy(() => {
        const tensors = blockInputs(batch, size, from, to).map((one) => tensor(one));
        const [kernel, composed] = [fused.residualBlock, fused.residualBlockReference].map((op) => {
          const { y, statistics } = op(named(tensors), { stride });
          const of = (...given: Tensor[]): Tensor => op(named(given), { stride }).y;
          return { y, statistics, gradients: tf.grads(of)(tensors, tf.cos(tf.range(0, y.size).reshape(y.shape))) };
        });
        expect(distance(kernel!.y, composed!.y)).toBeLessThan(LIMIT);
        for (const i of [0, 1] as const)
          for (const name of ["mean", "variance"] as const)
            expect(distance(kernel!.statistics[i][name], composed!.statistics[i][name])).toBeLessThan(LIMIT);
        kernel!.gradients.forEach((one, i) =>
          expect(distance(one, composed!.gradients[i]!), NAMES[i]).toBeLessThan(LIMIT),
        );
      });
    },
  );

  test.each([
    [6, 6, 2],
    [4, 4, 3],
    [1, 8, 2],
  ])("evaluates with given statistics as it trains with the same: %d x %d by %d", (height, width, stride) => {
    tf.tidy(() => {
      const tensors = blockInputs(3, height, 4, 8, width).map((one) => tensor(one));
      const trained = fused.residualBlock(named(tensors), { stride });
      const { statistics } = trained;
      const given = fused.residualBlock(named(tensors), { stride, statistics });
      expect(distance(given.y, trained.y)).toBeLessThan(LIMIT);
    });
  });

  test("is composed where the kernel does not fit, and on backends without it", async () => {
    const tensors = (): Tensor[] => blockInputs(2, 4, 3, 5).map((one) => tensor(one));
    expect(fused.residualBlock(named(tensors())).y.shape).toEqual([2, 4, 4, 5]);
    await tf.setBackend("cpu");
    expect(fused.residualBlock(named(blockInputs(2, 4, 4, 8).map((one) => tensor(one)))).y.shape).toEqual([2, 4, 4, 8]);
    await tf.setBackend(DEVICE);
  });
});

describe("batch norm in groups", () => {
  const GROUPS = 3;
  const cut = (x: Tensor): Tensor4D[] => tf.split(x, GROUPS);
  /** Both ways of a function of images and weights: in groups, and group by group. */
  function bothWays(
    inputs: readonly Array64[],
    together: (given: Tensor[]) => { y: Tensor4D; statistics: readonly fused.Statistics[] },
    alone: (given: Tensor[]) => { y: Tensor4D; statistics: readonly fused.Statistics[] },
  ): void {
    tf.tidy(() => {
      const tensors = inputs.map((one) => tensor(one));
      const parts = ([x, ...weights]: Tensor[]) => cut(x!).map((part) => alone([part, ...weights]));
      const [ours, theirs] = [together(tensors), parts(tensors)];
      expect(distance(ours.y, tf.concat(theirs.map(({ y }) => y)))).toBeLessThan(LIMIT);
      ours.statistics.forEach((one, i) => {
        for (const name of ["mean", "variance"] as const)
          expect(distance(one[name], tf.stack(theirs.map(({ statistics }) => statistics[i]![name])))).toBeLessThan(
            LIMIT,
          );
      });
      const dy: Tensor = tf.cos(tf.range(0, ours.y.size).reshape(ours.y.shape));
      const gradients = tf.grads((...given: Tensor[]) => together(given).y)(tensors, dy);
      const expected = tf.grads((...given: Tensor[]) => tf.concat(parts(given).map(({ y }) => y)))(tensors, dy);
      gradients.forEach((one, i) => expect(distance(one, expected[i]!), `gradient ${i}`).toBeLessThan(LIMIT));
    });
  }

  test("a residual block is that of each group alone", () => {
    bothWays(
      blockInputs(6, 5, 4, 8),
      (given) => fused.residualBlock(named(given), { stride: 2, groups: GROUPS }),
      (given) => fused.residualBlock(named(given), { stride: 2 }),
    );
  });

  test("a convolution is that of each group alone", () => {
    const inputs = [[6, 5, 5, 3], [3, 3, 3, 8], [8], [8]].map((shape) => numbers(shape));
    const of = (groups: number) => (given: Tensor[]) => {
      const [x, filter, gamma, beta] = given as [Tensor4D, Tensor4D, Tensor1D, Tensor1D];
      const { y, statistics } = fused.convBatchNorm({ x, filter, gamma, beta }, { groups });
      return { y, statistics: [statistics] };
    };
    bothWays(inputs, of(GROUPS), of(1));
  });

  test("groups that do not divide the batch are refused", () => {
    tf.tidy(() => {
      const block = named(blockInputs(4, 5, 4, 8).map((one) => tensor(one)));
      for (const groups of [3, 0, 0.5, NaN])
        expect(() => fused.residualBlock(block, { groups })).toThrow(
          `residualBlock: expected groups that divide the batch of 4, found ${groups}`,
        );
    });
  });
});

describe("a convolution with batch norm", () => {
  test.each([
    [3, 3, 6, 3, 8, 1, true],
    [3, 2, 7, 4, 8, 2, true],
    [1, 2, 5, 6, 4, 1, false],
    [5, 2, 8, 3, 4, 2, true],
  ] as const)(
    "kernel %d, batch %d, size %d, %d -> %d, stride %d, relu %s",
    (side, batch, size, from, to, stride, active) => {
      const shapes = [[batch, size, size, from], [side, side, from, to], [to], [to]];
      const inputs = shapes.map((shape) => numbers(shape));
      const exact = (...[x, filter, gamma, beta]: Array64[]): Array64 => {
        const y = batchNorm(conv(x!, filter!, stride), gamma!, beta!);
        return active ? relu(y) : y;
      };
      const expected = exact(...inputs);
      const weights = numbers(expected.shape);
      const slopes = differences(exact, inputs, weights.values);
      tf.tidy(() => {
        const tensors = inputs.map((one) => tensor(one)) as [Tensor4D, Tensor4D, Tensor1D, Tensor1D];
        for (const op of [fused.convBatchNorm, fused.convBatchNormReference]) {
          const f = (...[x, filter, gamma, beta]: Tensor[]): Tensor =>
            op({ x, filter, gamma, beta } as never, { stride, relu: active }).y;
          expect(distance(f(...tensors), expected.values)).toBeLessThan(LIMIT);
          const gradients = tf.grads(f)(tensors, tensor(weights));
          gradients.forEach((gradient, i) => expect(distance(gradient, slopes[i]!)).toBeLessThan(LIMIT));
        }
      });
    },
  );

  test("without the input's gradient has the others", () => {
    tf.tidy(() => {
      const [x, filter, gamma, beta] = [[2, 6, 6, 3], [3, 3, 3, 4], [4], [4]].map((s) => tensor(numbers(s)));
      const of = (inputGradient: boolean): Tensor[] =>
        tf.grads((f, g, b) =>
          fused.convBatchNorm({ x, filter: f, gamma: g, beta: b } as never, { inputGradient }).y.square(),
        )([filter!, gamma!, beta!]);
      const [some, all] = [of(false), of(true)];
      some.forEach((gradient, i) => expect(distance(gradient, all[i]!)).toBe(0));
    });
  });
});

test("global average pooling and its gradient", () => {
  tf.tidy(() => {
    const x = tensor<Tensor4D>(numbers([3, 5, 4, 8]));
    expect(distance(fused.globalAveragePool(x), fused.globalAveragePoolReference(x))).toBeLessThan(1e-6);
    const dy = tensor(numbers([3, 8]));
    const gradient = tf.grad((given) => fused.globalAveragePool(given as Tensor4D))(x, dy);
    expect(distance(gradient, tf.mul(tf.ones([3, 5, 4, 8]), tf.div(tf.reshape(dy, [3, 1, 1, 8]), 20)))).toBeLessThan(
      1e-6,
    );
  });
});

describe("cross-entropy", () => {
  const classes = 7;
  const labels = [0, 3, 6, 2, 2, 5];
  const options = (): fused.CrossEntropyOptions[] => {
    const weights = tf.tensor1d([1, 2, 0.5, 3, 0.1, 1, 1]);
    const margins = tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5, 0, 0]);
    return [{}, { weights }, { margins, scale: 30 }, { weights, margins, scale: 5 }];
  };

  test.each([0, 1, 2, 3])("is its composition and the differences of float64 (options %d)", (which) => {
    tf.tidy(() => {
      const logits = numbers([labels.length, classes], 3);
      const given = options()[which]!;
      const [weights, margins] = [given.weights?.dataSync(), given.margins?.dataSync()];
      const { scale = 1 } = given;
      const exact = ({ values }: Array64): Array64 => {
        let [loss, share] = [0, 0];
        labels.forEach((label, row) => {
          const z = Array.from(values.subarray(row * classes, (row + 1) * classes), (value, c) =>
            c === label ? scale * (value - (margins?.[c] ?? 0)) : scale * value,
          );
          const highest = Math.max(...z);
          const log = Math.log(z.reduce((sum, value) => sum + Math.exp(value - highest), 0)) + highest;
          loss += (weights?.[label] ?? 1) * (log - z[label]!);
          share += weights?.[label] ?? 1;
        });
        return { shape: [], values: Float64Array.of(loss / share) };
      };
      const [slopes] = differences(exact, [logits], [1]);
      const truth = tf.tensor1d(labels, "int32");
      for (const op of [fused.crossEntropy, fused.crossEntropyReference]) {
        const { value, grad } = tf.valueAndGrad((z) => op(z as never, truth, given))(tensor(logits));
        expect(distance(value, exact(logits).values)).toBeLessThan(1e-6);
        expect(distance(grad, slopes!)).toBeLessThan(1e-5);
      }
    });
  });

  test("of a label outside the classes is NaN, not a wrong number", () => {
    tf.tidy(() => {
      for (const op of [fused.crossEntropy, fused.crossEntropyReference])
        for (const weights of [undefined, tf.tensor1d([1, 2, 3])])
          for (const label of [3, -1]) {
            const loss = op(tf.zeros([2, 3]), tf.tensor1d([0, label], "int32"), weights && { weights });
            expect(loss.dataSync()[0]).toBeNaN();
          }
    });
  });

  test("of one class is 0, with the gradient 0; another label is NaN", () => {
    tf.tidy(() => {
      for (const op of [fused.crossEntropy, fused.crossEntropyReference]) {
        const of = (label: number) =>
          tf.valueAndGrad((z) => op(z as never, tf.tensor1d([label, 0], "int32")))(tf.tensor2d([[3], [-1]]));
        const { value, grad } = of(0);
        expect([...value.dataSync(), ...grad.dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
        expect(of(1).value.dataSync()[0]).toBeNaN();
      }
    });
  });

  test("of huge logits is finite", () => {
    tf.tidy(() => {
      const loss = fused.crossEntropy(tf.tensor2d([[1e4, -1e4]]), tf.tensor1d([1], "int32"));
      expect(loss.dataSync()[0]).toBeCloseTo(2e4, 0);
    });
  });
});

describe("SGD", () => {
  test.each([
    [{ learningRate: 0.1 }],
    [{ learningRate: 0.1, momentum: 0.9, weightDecay: 2e-4 }],
    [{ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov: true }],
  ])("%j is its composition over five steps", (options) => {
    const make = (): tf.Variable[] => [[3, 3, 4, 5], [7], []].map((shape, i) => tf.variable(tf.fill(shape, i + 1)));
    const [ours, theirs] = [fused.sgd, fused.sgdReference].map((step) => {
      state = 3;
      const [parameters, velocities] = [make(), make()];
      for (let i = 0; i < 5; i++) {
        const gradients = parameters.map(({ shape }) => tensor(numbers(shape)));
        step(parameters, gradients, velocities, options);
        tf.dispose(gradients);
      }
      return [...parameters, ...velocities];
    });
    ours!.forEach((one, i) => expect(distance(one, theirs![i]!)).toBeLessThan(1e-6));
    tf.dispose([...ours!, ...theirs!]);
  });
});

test("SGD changes nothing but the variables: neither their clones nor others that they were assigned to", () => {
  const [one, other] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([0, 0]))];
  other.assign(one);
  const clone = tf.clone(one);
  const velocity = tf.variable(tf.zeros([2]));
  fused.sgd([other], [tf.tensor1d([1, 1])], [velocity], { learningRate: 1 });
  expect([...one.dataSync(), ...clone.dataSync()]).toEqual([1, 2, 1, 2]);
  expect([...other.dataSync()]).toEqual([0, 1]);
  tf.dispose([one, other, clone, velocity]);
});

test("in place, variables alone are changed after a change of device too", async () => {
  await use("cpu");
  const [weight, velocity, average] = [1, 2, 3].map((value) => tf.variable(tf.fill([2], value)));
  const all = [weight!, velocity!, average!];
  const clones = all.map((one) => tf.clone(one));
  await use(DEVICE);
  const ones = tf.ones([2]);
  fused.sgd([weight!], [ones], [velocity!], { learningRate: 1 });
  fused.follow([{ average: average!, now: ones }], 0.5);
  expect(all.map((one) => [...one.dataSync()])).toEqual([[0, 0], [1, 1], [2, 2]]); // prettier-ignore
  expect(clones.map((one) => [...one.dataSync()])).toEqual([[1, 1], [2, 2], [3, 3]]); // prettier-ignore
  tf.dispose([...all, ...clones, ones]);
});

test("moving averages are their composition (here to the bit), and change nothing but the variables", () => {
  state = 5;
  const shapes = [[16], [7], [], [3, 5000, 2]];
  const first = shapes.map((shape) => tensor(numbers(shape)));
  const [ours, theirs] = [fused.follow, fused.followReference].map((step, round) => {
    state = 6;
    const averages = first.map((one) => tf.variable(one));
    for (const share of [0.1, 0.001]) {
      const now = shapes.map((shape) => tensor(numbers(shape)));
      step(
        averages.map((average, i) => ({ average, now: now[i]!, ...(i % 2 === 1 && { factor: 1.3 }) })),
        share,
      );
      tf.dispose(now);
    }
    expect(first[0]!.dataSync(), `after ${round + 1}`).not.toEqual(averages[0]!.dataSync());
    return averages;
  });
  ours!.forEach((one, i) => expect(distance(one, theirs![i]!)).toBeLessThan(1e-6));
  if (DEVICE === "simd") for (const [i, one] of ours!.entries()) expect(one.dataSync()).toEqual(theirs![i]!.dataSync());
  tf.dispose([...first, ...ours!, ...theirs!]);
});

test("an average follows several numbers of its shape, one after the other", () => {
  state = 8;
  for (const shape of [[40_000], []]) {
    const [several, first] = [tensor(numbers([3, ...shape])), tensor(numbers(shape))];
    const [together, alone] = [tf.variable(first), tf.variable(first)];
    fused.follow([{ average: together, now: several, factor: 1.3 }], 0.1);
    for (const now of tf.unstack(several)) {
      fused.follow([{ average: alone, now, factor: 1.3 }], 0.1);
      now.dispose();
    }
    expect(distance(together, alone)).toBe(0);
    tf.dispose([several, first, together, alone]);
  }
});

test("an average follows nothing of another shape or type", () => {
  const average = tf.variable(tf.ones([2]));
  for (const [now, found] of [
    [tf.ones([3]), "float32 [3]"],
    [tf.ones([2, 3]), "float32 [2, 3]"],
    [tf.ones([1, 3, 2]), "float32 [1, 3, 2]"],
    [tf.ones([2], "int32"), "int32 [2]"],
  ] as const) {
    const wrong = () => fused.follow([{ average, now }], 0.1);
    expect(wrong).toThrow(`follow: expected float32 [2], as the average is, found ${found}`);
    now.dispose();
  }
  average.dispose();
});

/** Images one after the other. */
function imagesOf(bytes: Uint8Array, shape: readonly [number, number, number]): fused.ByteImages {
  const size = shape[0] * shape[1] * shape[2];
  return { length: bytes.length / size, shape, image: (i) => bytes.subarray(i * size, (i + 1) * size) };
}

test("an image that there is not cannot be augmented", () => {
  const options = { mean: [0], deviation: [1] };
  for (const image of [-1, 2, 0.5, NaN])
    expect(() =>
      fused.augment(imagesOf(new Uint8Array(8), [2, 2, 1]), [{ image, top: 0, left: 0, mirrored: false }], options),
    ).toThrow(`augment: there are images 0 to 1, and no image ${image}`);
});

test.each([
  ["too few", [0.5], [0.25]],
  ["too many", [0.5, 0.5, 0.5, 0.5], [1, 1, 1, 1]],
  ["a deviation of 0", [0.5, 0.5, 0.5], [0.2, 0, 0.2]],
  ["a negative one", [0.5, 0.5, 0.5], [0.2, 0.2, -0.2]],
  ["no number", [0.5, NaN, 0.5], [1, 1, 1]],
  ["none", undefined as never, undefined as never],
])("images cannot be normalized by %s", async (_, mean, deviation) => {
  const images = imagesOf(new Uint8Array(12), [2, 2, 3]);
  const placements = [{ image: 0, top: 0, left: 0, mirrored: false }];
  for (const device of [DEVICE, "cpu"]) {
    await tf.setBackend(device);
    expect(() => fused.augment(images, placements, { mean, deviation })).toThrow(
      new RangeError(
        "augment: expected a normalization by 3 means and 3 deviations > 0, one of each for each channel; " +
          `found the means [${String(mean)}] and the deviations [${String(deviation)}]`,
      ),
    );
  }
  await tf.setBackend(DEVICE);
});

test("augmentation, pixel by pixel: windows in, across and outside the image, mirrored or not, of any size", () => {
  const side = fc.integer({ min: 1, max: 19 });
  const corner = fc.integer({ min: -22, max: 22 });
  const image = fc.integer({ min: 0, max: 2 });
  const placements = fc.array(fc.record({ image, top: corner, left: corner, mirrored: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(side, side, side, side, fc.constantFrom(1, 3, 3, 3, 4), placements, (...drawn) => {
      const [height, width, outHeight, outWidth, channels, places] = drawn;
      const bytes = Uint8Array.from({ length: 3 * height * width * channels }, (_, i) => (i * 37) % 256);
      const images = imagesOf(bytes, [height, width, channels]);
      const options = {
        mean: [0.4, 0.5, 0.6, 0.1].slice(0, channels),
        deviation: [0.2, 0.3, 0.4, 0.5].slice(0, channels),
        size: [outHeight, outWidth] as const,
      };
      tf.tidy(() => {
        const ours = fused.augment(images, places, options);
        const theirs = reference(images, places, options);
        expect(ours.shape).toEqual([places.length, outHeight, outWidth, channels]);
        ours.dataSync().forEach((value, at) => expect(Math.abs(value - theirs[at]!)).toBeLessThan(1e-5));
      });
    }),
  );

  /** Pixel by pixel; the composition cannot cut windows that lie wholly outside. */
  function reference(
    images: fused.ByteImages,
    places: readonly fused.Placement[],
    options: Required<fused.AugmentOptions>,
  ): number[] {
    const [height, width, channels] = images.shape;
    const [outHeight, outWidth] = options.size;
    return places.flatMap(({ image, top, left, mirrored }) =>
      Array.from({ length: outHeight * outWidth * channels }, (_, at) => {
        const [row, x, c] = [
          Math.floor(at / (outWidth * channels)),
          Math.floor(at / channels) % outWidth,
          at % channels,
        ];
        const [y, column] = [top + row, left + (mirrored ? outWidth - 1 - x : x)];
        const isInside = y >= 0 && y < height && column >= 0 && column < width;
        const byte = isInside ? images.image(image)[(y * width + column) * channels + c]! : 0;
        return (byte / 255 - options.mean[c]!) / options.deviation[c]!;
      }),
    );
  }
});

test("the composition of augmentation: windows in and across the image", () => {
  const bytes = Uint8Array.from({ length: 4 * 6 * 5 * 3 }, (_, i) => (i * 37) % 256);
  const images = imagesOf(bytes, [6, 5, 3]);
  const placements = [
    { image: 2, top: -2, left: 1, mirrored: true },
    { image: 0, top: 0, left: 0, mirrored: false },
    { image: 1, top: 3, left: -3, mirrored: true },
    { image: 2, top: 5, left: 4, mirrored: false },
  ];
  const options = { mean: [0.4, 0.5, 0.6], deviation: [0.2, 0.3, 0.4] };
  tf.tidy(() => {
    for (const size of [undefined, [4, 4], [7, 8]] as const) {
      const all = { ...options, ...(size && { size }) };
      const [ours, theirs] = [fused.augment(images, placements, all), fused.augmentReference(images, placements, all)];
      expect(ours.shape).toEqual(theirs.shape);
      expect(distance(ours, theirs)).toBeLessThan(1e-6);
    }
  });
});

test("a thousand steps of training leave no memory behind", { timeout: 60_000 }, () => {
  const inputs = blockInputs(4, 6, 4, 4).map((one) => tensor(one));
  const parameters = inputs.slice(1).map((one) => tf.variable(one));
  const velocities = parameters.map(({ shape }) => tf.variable(tf.zeros(shape)));
  const labels = tf.tensor1d([0, 1, 2, 3], "int32");
  const step = (): void =>
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => {
        const { y } = fused.residualBlock(named([inputs[0]!, ...parameters]));
        return fused.crossEntropy(fused.globalAveragePool(y), labels);
      }, parameters);
      const gradients = parameters.map(({ name }) => grads[name]!);
      fused.sgd(parameters, gradients, velocities, { learningRate: 1e-3, momentum: 0.9 });
    });
  for (let i = 0; i < 10; i++) step();
  const { blocks, used, peak } = backend.memoryOfTensors;
  const tensors = tf.memory().numTensors;
  for (let i = 0; i < 1000; i++) step();
  expect(tf.memory().numTensors).toBe(tensors);
  if (DEVICE === "simd") expect(backend.memoryOfTensors).toMatchObject({ blocks, used, peak });
  tf.dispose([...inputs, ...parameters, ...velocities, labels]);
});
