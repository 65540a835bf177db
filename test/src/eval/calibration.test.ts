import { describe, expect, test } from "vitest";
import { calibration } from "../../../src/eval/index.js";
import { generator, reference } from "./reference.js";

/** The probabilities and labels of make_reference.py. */
function predicted(): { probabilities: Float32Array; labels: number[] } {
  const u = generator(3);
  const { classes, images } = reference.probabilities;
  const probabilities = new Float32Array(images * classes);
  const labels: number[] = [];
  for (let i = 0; i < images; i++) {
    const row = Array.from({ length: classes }, u).map((v) => v * v * v);
    const sum = row.reduce((a, b) => a + b);
    probabilities.set(row.map((v) => v / sum), i * classes); // prettier-ignore
    const likeliest = row.indexOf(Math.max(...row));
    const at = u();
    labels.push(at < 0.6 ? likeliest : Math.floor((classes * (at - 0.6)) / 0.4));
  }
  return { probabilities, labels };
}

describe("what NumPy and scikit-learn find", () => {
  const { probabilities, labels } = predicted();
  const known = reference.probabilities;
  const found = calibration(probabilities, labels, { classes: known.classes });

  test("expected and maximum calibration error, and the diagram", () => {
    expect(found.expectedError).toBeCloseTo(known.ece, 12);
    expect(found.maximumError).toBeCloseTo(known.mce, 12);
    expect(found.bins).toHaveLength(15);
    known.bins.forEach(([images, confidence, accuracy], at) => {
      const bin = found.bins[at]!;
      expect(bin).toMatchObject({ images, from: at / 15, to: (at + 1) / 15 });
      if (images === 0) expect([bin.confidence, bin.accuracy]).toEqual([null, null]);
      else {
        expect(bin.confidence).toBeCloseTo(confidence!, 12);
        expect(bin.accuracy).toBeCloseTo(accuracy!, 12);
      }
    });
  });

  test("negative log-likelihood and Brier score", () => {
    // scikit-learn wants rows that add up to 1 in double precision.
    expect(found.negativeLogLikelihood).toBeCloseTo(known.nll, 7);
    expect(found.brierScore).toBeCloseTo(known.brier, 12);
  });

  test("confidence and accuracy of each class", () => {
    known.perClass.forEach(([images, confidence, accuracy], c) => {
      expect(found.perClass[c]!.images).toBe(images);
      expect(found.perClass[c]!.confidence).toBeCloseTo(confidence, 12);
      expect(found.perClass[c]!.accuracy).toBeCloseTo(accuracy, 12);
    });
  });

  test("of groups, weighted by images", () => {
    const [a, b] = found.perClass;
    const { groups } = calibration(probabilities, labels, {
      classes: 4,
      groups: { many: [0, 1], medium: [], few: [3] },
    });
    const images = a!.images + b!.images;
    expect(groups!.many.images).toBe(images);
    expect(groups!.many.confidence).toBeCloseTo((a!.confidence! * a!.images + b!.confidence! * b!.images) / images, 12);
    expect(groups!.few).toEqual(found.perClass[3]);
    expect(groups!.medium).toEqual({ images: 0, confidence: null, accuracy: null });
  });
});

test.each([3, 5, 7, 10, 15, 20, 25, 100])(
  "of %i bins, a confidence at an edge is in the one that ends there",
  (bins) => {
    for (let end = Math.ceil(bins / 2); end <= bins; end++) {
      const found = calibration(Float32Array.of(end / bins, 1 - end / bins), [0], { classes: 2, bins });
      expect(found.bins.findIndex(({ images }) => images > 0)).toBe(end - 1);
    }
  },
);

test("votes of ten: what 60 % are too few for does not make up for what 70 % are too many for", () => {
  const surenesses = [...new Array<number>(100).fill(0.6), ...new Array<number>(100).fill(0.7)];
  const labels = surenesses.map((_, i) => (i % 100 < (i < 100 ? 50 : 80) ? 0 : 1));
  const rows = Float32Array.from(surenesses.flatMap((p) => [p, 1 - p]));
  // As the code of Guo et al. 2017 finds (_ECELoss of temperature_scaling).
  expect(calibration(rows, labels, { classes: 2, bins: 10 }).expectedError).toBeCloseTo(0.1, 6);
});

test("certain and right: all errors are 0; certain and wrong: all are largest", () => {
  const certain = Float32Array.of(1, 0, 0, 1);
  const right = calibration(certain, [0, 1], { classes: 2 });
  expect(right).toMatchObject({
    expectedError: 0,
    maximumError: 0,
    negativeLogLikelihood: 0,
    brierScore: 0,
    accuracy: 1,
  });
  const wrong = calibration(certain, [1, 0], { classes: 2 });
  expect(wrong).toMatchObject({ expectedError: 1, maximumError: 1, brierScore: 2, accuracy: 0, confidence: 1 });
  expect(wrong.negativeLogLikelihood).toBe(Infinity);
});

test("a confidence on an edge belongs to the bin below", () => {
  const { bins } = calibration(Float32Array.of(0.5, 0.5, 0.75, 0.25), [0, 0], { classes: 2, bins: 4 });
  expect(bins.map(({ images }) => images)).toEqual([0, 1, 1, 0]);
});

test("of classes that are as likely, the first is the one that an image is taken for", () => {
  const even = Float32Array.of(0.5, 0.5, 0, 0, 0.5, 0.5);
  expect(calibration(even, [0, 1], { classes: 3 })).toMatchObject({ accuracy: 1, confidence: 0.5 });
  expect(calibration(even, [1, 2], { classes: 3 })).toMatchObject({ accuracy: 0, confidence: 0.5 });
});

test("rounded to a little more than 1, a probability is 1, in the last bin", () => {
  const { confidence, bins } = calibration(Float32Array.of(1.0005, 0), [0], { classes: 2 });
  expect([confidence, bins.at(-1).images]).toEqual([1, 1]);
});

test("refuses what are no probabilities", () => {
  const classes = 2;
  expect(() => calibration(Float32Array.of(3, -2), [0], { classes })).toThrow(
    "found 3 for image 0, class 0; logits need",
  );
  expect(() => calibration(Float32Array.of(0.5, NaN), [0], { classes })).toThrow("found NaN for image 0, class 1");
  expect(() => calibration(Float32Array.of(0.5, 0.4), [0], { classes })).toThrow("add up to 1");
  expect(() => calibration(Float32Array.of(1, 0), [0, 1], { classes })).toThrow("expected 2 x 2 probabilities");
  expect(() => calibration(Float32Array.of(1, 0), [2], { classes })).toThrow("found 2 for image 0");
  expect(() => calibration(new Float32Array(), [], { classes })).toThrow("found none");
  expect(() => calibration(Float32Array.of(1, 0), [0], { classes, bins: 0 })).toThrow("bins must be");
});
