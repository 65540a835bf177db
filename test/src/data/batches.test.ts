import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchCount, batches, Examples, stickers, type Batch, type BatchesOptions } from "../../../src/data/index.js";
import { use } from "../../../src/backend/device.js";
import { stream } from "../../../src/random/index.js";

const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
const examples = Examples.of(stickers({ counts: 3 }));

interface Copy {
  images: Float32Array;
  shape: number[];
  labels: number[];
  positions: number[];
}

function copy({ images, labels, positions }: Batch): Copy {
  return {
    images: images.dataSync<"float32">(),
    shape: images.shape,
    labels: [...labels.dataSync()],
    positions: [...positions],
  };
}

const all = (options: Partial<BatchesOptions> = {}): Copy[] => [
  ...(function* () {
    for (const batch of batches(examples, { normalization, ...options })) yield copy(batch);
  })(),
];

/** A pixel's normalized value, 0 (black) outside the image. */
function pixel(position: number, row: number, column: number, channel: number): number {
  const inside = row >= 0 && row < 32 && column >= 0 && column < 32;
  const byte = inside ? examples.image(position)[(row * 32 + column) * 3 + channel]! : 0;
  return (byte / 255 - normalization.mean[channel]!) / normalization.deviation[channel]!;
}

test("batchCount: as many as there are sizes, one fewer where the last would be too small", () => {
  for (let images = 0; images <= 40; images++)
    for (let size = 1; size <= 9; size++)
      for (let least = 1; least <= 10; least++) {
        const rest = images % size;
        const joins = rest > 0 && rest < least && images > size;
        expect(batchCount(images, size, least)).toBe(Math.ceil(images / size) - (joins ? 1 : 0));
      }
});

test("half of the images are mirrored, and windows lie anywhere alike", async () => {
  await use("simd");
  // A ramp to the right, 9 pixels wide, tells where a window begins, and which way round.
  const ramp = Examples.of({
    ...{ name: "ramp", shape: [1, 9, 9, 1], classes: ["ramp"], labels: new Uint16Array(1) },
    bytes: Uint8Array.from({ length: 81 }, (_, i) => 10 + (i % 9) + 10 * Math.floor(i / 9)),
  });
  const count = 4000;
  const options = {
    normalization: { mean: [0], deviation: [1 / 255] },
    batchSize: count,
    positions: new Uint32Array(count),
  };
  let mirrored = 0;
  const [tops, lefts] = [new Array<number>(5).fill(0), new Array<number>(5).fill(0)];
  for (const { images } of batches(ramp, { ...options, augmentation: { stream: stream(3), pad: 2 } })) {
    const bytes = images.dataSync<"float32">();
    for (let at = 0; at < bytes.length; at += 81) {
      const [centre, right] = [Math.round(bytes[at + 40]!), Math.round(bytes[at + 41]!)];
      if (right < centre) mirrored++;
      tops[Math.floor((centre - 10) / 10) - 2]!++;
      lefts[((centre - 10) % 10) - 2]!++;
    }
  }
  // Five deviations.
  expect(Math.abs(mirrored / count - 0.5)).toBeLessThan(0.04);
  for (const often of [...tops, ...lefts]) expect(Math.abs(often / count - 0.2)).toBeLessThan(0.032);
});

describe.each(["simd", "cpu"])("batches on %s", (device) => {
  beforeAll(() => use(device));

  test("a last batch of too few joins the one before, wherever one begins", () => {
    const sizes = (options: Partial<BatchesOptions>) => all(options).map(({ positions }) => positions.length);
    expect(sizes({ batchSize: 9, leastBatch: 4 })).toEqual([9, 9, 12]);
    expect(sizes({ batchSize: 9, leastBatch: 3 })).toEqual([9, 9, 9, 3]);
    expect(sizes({ batchSize: 9, leastBatch: 4, first: 2 })).toEqual([12]);
    expect(sizes({ batchSize: 9, leastBatch: 4, first: 3 })).toEqual([]);
    expect(sizes({ batchSize: 64, leastBatch: 50 })).toEqual([30]);
    const joined = all({ batchSize: 9, leastBatch: 4 });
    expect(joined.flatMap(({ positions }) => positions)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test("without augmentation: every example, in order, normalized; the last batch is smaller", () => {
    const made = all({ batchSize: 8 });
    expect(made.map(({ shape }) => shape)).toEqual([8, 8, 8, 6].map((n) => [n, 32, 32, 3]));
    expect(made.flatMap(({ positions }) => positions)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const { images, labels, positions } of made)
      positions.forEach((position, i) => {
        expect(labels[i]).toBe(examples.labels[position]);
        for (const [row, column, channel] of [
          [0, 0, 0],
          [13, 7, 1],
          [31, 31, 2],
        ] as const)
          expect(images[((i * 32 + row) * 32 + column) * 3 + channel]).toBeCloseTo(
            pixel(position, row, column, channel),
            5,
          );
      });
  });

  test("augmented: a window of the padded image, mirrored or not, each as the stream chose", () => {
    // The recipe's batches and windows, without being asked.
    const positions = Uint32Array.from({ length: 130 }, (_, i) => (7 * i) % 30);
    const made = all({ positions, augmentation: { stream: stream(3) } });
    expect(made.map((batch) => batch.positions.length)).toEqual([128, 2]);
    const seen = new Set<string>();
    made.forEach((batch, number) => {
      const choices = stream(3).split(`batch ${number}`);
      batch.positions.forEach((position, i) => {
        const [top, left] = [choices.integer(9) - 4, choices.integer(9) - 4];
        const mirrored = choices.uniform() < 0.5;
        seen.add(`${top} ${left} ${mirrored}`);
        for (let at = i % 97; at < 3072; at += 97) {
          const [row, column, channel] = [Math.floor(at / 96), Math.floor(at / 3) % 32, at % 3];
          const from = mirrored ? 31 - column : column;
          expect(batch.images[i * 3072 + at]).toBeCloseTo(pixel(position, row + top, from + left, channel), 5);
        }
      });
    });
    expect(seen.size).toBeGreaterThan(50);
  });

  test("prefetch changes nothing in what comes", () => {
    const options = () => ({ batchSize: 4, augmentation: { stream: stream(1) } });
    expect(all({ ...options(), prefetch: 3 })).toEqual(all({ ...options(), prefetch: 0 }));
  });

  test("an epoch that goes on in its middle holds what was left of it", () => {
    const options = () => ({ batchSize: 8, augmentation: { stream: stream(1) } });
    expect(all({ ...options(), first: 2 })).toEqual(all(options()).slice(2));
    expect(all({ ...options(), first: 4 })).toEqual([]);
  });

  test("tensors are gone when the loop is left, also within tidy", () => {
    const before = tf.memory().numTensors;
    for (const _ of batches(examples, { normalization, batchSize: 4 }));
    for (const _ of batches(examples, { normalization, batchSize: 4, prefetch: 2 })) break;
    expect(tf.memory().numTensors).toBe(before);
    tf.tidy(() => {
      for (const { images } of batches(examples, { normalization, batchSize: 16 })) tf.sum(images).dataSync();
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a device that works aside", () => {
  /** A backend that TensorFlow.js takes for another device: the JavaScript one under another name. */
  const name = "elsewhere";
  beforeAll(async () => {
    tf.registerBackend(name, () => tf.findBackendFactory("cpu")());
    for (const kernel of tf.getKernelsForBackend("cpu")) tf.registerKernel({ ...kernel, backendName: name });
    await tf.setBackend(name);
  });
  afterAll(() => tf.removeBackend(name));

  test.each([0, 1, 3])("prefetch %i: so many batches wait, and no more", (prefetch) => {
    const before = tf.memory().numTensors;
    const held: number[] = [];
    for (const _ of batches(examples, { normalization, batchSize: 5, prefetch }))
      held.push((tf.memory().numTensors - before) / 2);
    expect(held).toEqual([0, 1, 2, 3, 4, 5].map((made) => Math.min(prefetch + 1, 6 - made)));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("what cannot be is refused", () => {
  const cases: [name: string, options: object, message: string][] = [
    ["no normalization", {}, "normalization must be an object"],
    ["a batch of nothing", { normalization, batchSize: 0 }, "batchSize must be an integer from 1"],
    ["a misspelt option", { normalization, batchsize: 8 }, 'no parameter "batchsize"'],
    [
      "a misspelt augmentation",
      { normalization, augmentation: { stream: stream(1), flip: true } },
      'no parameter "flip"',
    ],
    ["an example that is not there", { normalization, positions: Uint32Array.of(30) }, "no image 30"],
  ];
  for (const [name, options, message] of cases)
    test(name, () => expect(() => [...batches(examples, options as BatchesOptions)]).toThrow(message));
});
