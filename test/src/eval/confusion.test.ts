import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfusionMatrix, confusionMatrix, type SparseCounts } from "../../../src/eval/index.js";
import { groups } from "../../../src/tail/index.js";
import { generator, reference } from "./reference.js";

/** The labels and predictions of make_reference.py: class 3 is never predicted, 4 has no images, 5 neither. */
function predicted(): ConfusionMatrix {
  const u = generator(2);
  const [labels, predictions]: [number[], number[]] = [[], []];
  for (let i = 0; i < reference.predictions.images; i++) {
    const label = Math.floor(4 * u());
    labels.push(label);
    predictions.push(u() < 0.5 && label !== 3 ? label : [0, 1, 2, 4][Math.floor(4 * u())]!);
  }
  return confusionMatrix(labels, predictions, { classes: reference.predictions.classes });
}

describe("metrics are scikit-learn's", () => {
  const matrix = predicted();
  const known = reference.predictions;

  test("counts", () => expect(matrix.counts).toEqual(known.counts));

  test("accuracy, error, balanced accuracy, macro-F1", () => {
    expect(matrix.accuracy).toBeCloseTo(known.accuracy, 14);
    expect(matrix.error).toBeCloseTo(1 - known.accuracy, 14);
    expect(matrix.balancedAccuracy).toBeCloseTo(known.balanced, 14);
    expect(matrix.macroF1).toBeCloseTo(known.macroF1, 14);
  });

  test("recall, precision and F1 of each class; null where they are undefined", () => {
    for (const name of ["recall", "precision", "f1"] as const)
      matrix.perClass.forEach((metrics, c) => {
        const value = known[name][c]!;
        if (value === null) expect(metrics[name], `${name} of ${c}`).toBeNull();
        else expect(metrics[name], `${name} of ${c}`).toBeCloseTo(value, 14);
      });
    expect(matrix.perClass.map(({ images }) => images)).toEqual(known.support);
  });
});

const sets = fc.integer({ min: 1, max: 6 }).chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    pairs: fc.array(fc.tuple(fc.nat({ max: classes - 1 }), fc.nat({ max: classes - 1 })), {
      minLength: 1,
      maxLength: 60,
    }),
  }),
);

test("no metric is NaN, and all are shares, whatever the images", () => {
  fc.assert(
    fc.property(sets, ({ classes, pairs }) => {
      const labels = pairs.map(([label]) => label);
      const matrix = confusionMatrix(
        labels,
        Uint8Array.from(pairs, ([, to]) => to),
        { classes },
      );
      const right = pairs.filter(([label, to]) => label === to).length;
      expect(matrix.accuracy).toBe(right / pairs.length);
      const halves = groups(labels.slice(0, classes), { many: 2, few: 1 });
      const values = [
        ...[matrix.accuracy, matrix.error, matrix.balancedAccuracy, matrix.macroF1],
        ...matrix.perClass.flatMap(({ recall, precision, f1 }) => [recall, precision, f1]),
        ...Object.values(matrix.groupAccuracy(halves)).flatMap(({ recall, accuracy }) => [recall, accuracy]),
        ...matrix.confusions(100).map(({ share }) => share),
      ].filter((value) => value !== null);
      for (const value of values) expect(value >= 0 && value <= 1).toBe(true);
      expect(new ConfusionMatrix(JSON.parse(JSON.stringify(matrix)) as ConfusionMatrix)).toEqual(matrix);
    }),
  );
});

/** Airplane and car have many training images, deer has a medium number, ship few and truck few but no test images. */
const stored = {
  classes: ["airplane", "car", "deer", "ship", "truck"],
  counts: [
    [90, 5, 5, 0, 0],
    [2, 8, 0, 0, 0],
    [1, 0, 9, 0, 0],
    [21, 4, 0, 25, 0],
    [0, 0, 0, 0, 0],
  ],
};
const training = [5000, 4000, 50, 10, 5];

test("accuracy of groups: mean recall, and the share of right ones", () => {
  const matrix = new ConfusionMatrix(stored);
  expect(matrix.groupAccuracy(groups(training))).toEqual({
    many: { classes: 2, images: 110, recall: (0.9 + 0.8) / 2, accuracy: 98 / 110 },
    medium: { classes: 1, images: 10, recall: 0.9, accuracy: 0.9 },
    few: { classes: 2, images: 50, recall: 0.5, accuracy: 0.5 },
  });
  const empty = matrix.groupAccuracy({ many: [0, 1, 2, 3], medium: [], few: [4] } as const);
  expect(empty.medium).toEqual({ classes: 0, images: 0, recall: null, accuracy: null });
  expect(empty.few).toEqual({ classes: 1, images: 0, recall: null, accuracy: null });
});

test("on a balanced test set both accuracies of a group are one", () => {
  const matrix = new ConfusionMatrix({ classes: ["a", "b"], counts: [[8, 2], [4, 6]] }); // prettier-ignore
  expect(matrix.groupAccuracy({ many: [0, 1], medium: [], few: [] }).many).toMatchObject({
    recall: 0.7,
    accuracy: 0.7,
  });
});

describe("leakage", () => {
  const matrix = new ConfusionMatrix(stored);

  test("largest confusions come first, as shares of the true class", () => {
    expect(matrix.confusions(2)).toEqual([
      { actual: "ship", predicted: "airplane", share: 0.42, images: 21, from: 3, to: 0 },
      { actual: "car", predicted: "airplane", share: 0.2, images: 2, from: 1, to: 0 },
    ]);
    expect(matrix.confusions()).toHaveLength(6);
    expect(matrix.confusions(Infinity)).toHaveLength(6);
    for (const limit of [-1, 1.5, NaN])
      expect(() => matrix.confusions(limit)).toThrow(
        `confusions: limit must be an integer >= 0, or Infinity (got ${limit})`,
      );
  });

  test("by training images: the smaller half into the larger", () => {
    const { share, images, total, head, tail, confusions } = matrix.leakage(training);
    expect({ share, images, total, head, tail }).toEqual({
      share: 0.5,
      images: 25,
      total: 50,
      head: [0, 1],
      tail: [3, 4],
    });
    expect(confusions.map(({ from, to, share }) => [from, to, share])).toEqual([[3, 0, 0.42], [3, 1, 0.08]]); // prettier-ignore
    expect(matrix.leakage([5, 10, 50, 4000, 5000])).toMatchObject({ head: [3, 4], tail: [0, 1] });
  });

  test("by groups; null where the tail has no test images", () => {
    const { many, few } = groups(training);
    expect(matrix.leakage({ head: many, tail: few }).share).toBe(0.5);
    expect(matrix.leakage({ head: many, tail: [4] })).toMatchObject({
      share: null,
      images: 0,
      total: 0,
      confusions: [],
    });
  });

  test("what is no head and tail is refused", () => {
    expect(() => matrix.leakage([1, 2])).toThrow("expected the training images of each of 5 classes, found [1,2]");
    expect(() => matrix.leakage({ head: [0], tail: [0] })).toThrow("class 0 is in head and tail");
    expect(() => matrix.leakage({ head: [], tail: [0] })).toThrow("found 0 and 1");
    expect(() => matrix.leakage({ head: [5], tail: [0] })).toThrow("expected head to list classes from 0 to 4");
    for (const by of [{ many: [0], medium: [], few: [1] }, { head: [0] }, undefined, 3])
      expect(() => matrix.leakage(by as never)).toThrow(
        "leakage: by must be the training images of each class, or classes { head, tail }, such as { head: groups.many, tail: " +
          "groups.few } of tail.groups (got",
      );
    expect(() => matrix.leakage({ head: "0", tail: [1] } as never)).toThrow("leakage: head must be an array (got");
  });
});

test("shows counts and recall; many classes as their largest confusions", () => {
  const matrix = new ConfusionMatrix({ ...stored, classes: ["<i>", "car", "deer", "ship", "truck"] });
  expect(String(new ConfusionMatrix(stored)).split("\n")).toEqual([
    "5 classes, 170 images: accuracy 77.65 %, balanced accuracy 77.50 %",
    "true ↓ predicted →  airplane  car  deer  ship  truck  recall",
    "airplane                  90    5     5     0      0  90.0 %",
    "car                        2    8     0     0      0  80.0 %",
    "deer                       1    0     9     0      0  90.0 %",
    "ship                      21    4     0    25      0  50.0 %",
    "truck                      0    0     0     0      0       –",
  ]);
  const show = matrix[Symbol.for("Jupyter.display") as never] as () => Record<string, string>;
  const bundle = show.call(matrix);
  expect(bundle["text/plain"]).toBe(String(matrix));
  expect(bundle["text/html"]).toContain("&lt;i>");
  expect(bundle["text/html"]).not.toContain("<i>");
  expect(bundle["text/html"]!.match(/<td/g)).toHaveLength(30);
  expect(bundle["text/html"]!.match(/<th scope="(?:col|row)"/g)).toHaveLength(7 + 5);

  const labels = Array.from({ length: 100 }, (_, i) => i % 50);
  const large = String(confusionMatrix(labels, labels.map((c) => Math.max(0, c - 1)), { classes: 50 })); // prettier-ignore
  expect(large.split("\n")).toHaveLength(12);
  expect(large).toMatch(/\n1 → 0 +2 +100\.0 %\n/);
});

describe("of thousands of classes", () => {
  // A matrix of all their counts would have 100 million, and as many confusions.
  const [classes, images] = [10_000, 30_000];
  const labels = Array.from({ length: images }, (_, i) => i % classes);
  const predictions = labels.map((label, i) => (i < classes ? label : (label + 1) % classes));
  const matrix = confusionMatrix(labels, predictions, { classes });

  test("what follows from it takes no more than the images", () => {
    expect(matrix.accuracy).toBe(1 / 3);
    expect(matrix.perClass[0]).toMatchObject({ images: 3, predicted: 3, recall: 1 / 3, precision: 1 / 3 });
    expect(matrix.confusions(1)).toEqual([{ actual: "0", predicted: "1", share: 2 / 3, images: 2, from: 0, to: 1 }]);
    const [head, tail] = [[0, 2], [1, 4]] as const; // prettier-ignore
    expect(matrix.leakage({ head, tail })).toMatchObject({ images: 2, total: 6, confusions: [{ from: 1, to: 2 }] });
    expect(String(matrix).split("\n")[2]).toMatch(/^0 → 1 +2 +66\.7 %$/);
  });

  test("written without zeros, and read again", () => {
    const text = JSON.stringify(matrix.sparse());
    expect(text.length).toBeLessThan(20 * images);
    expect(new ConfusionMatrix(JSON.parse(text) as SparseCounts)).toEqual(matrix);
  });
});

test("without zeros it is the same matrix, and what is none is refused", () => {
  const rows: SparseCounts["rows"] = [
    { 0: 90, 1: 5, 2: 5 },
    { 0: 2, 1: 8 },
    { 0: 1, 2: 9 },
    { 0: 21, 1: 4, 3: 25 },
    {},
  ];
  const { classes } = stored;
  expect(new ConfusionMatrix(stored).sparse()).toEqual({ classes, rows });
  expect(new ConfusionMatrix({ classes, rows }).counts).toEqual(stored.counts);
  for (const row of [{ 5: 1 }, { "-1": 1 }, { 0: -1 }, { 0: 0.5 }, { x: 1 }, null, 3])
    expect(() => new ConfusionMatrix({ classes, rows: [row, ...rows.slice(1)] } as never)).toThrow(TypeError);
  expect(() => new ConfusionMatrix({ classes, rows: rows.slice(1) })).toThrow(TypeError);
  expect(() => new ConfusionMatrix({ classes: ["a"], rows: [{}] })).toThrow("one or more images");
});

describe("refuses", () => {
  const classes = 3;
  test("what are no labels or predictions", () => {
    expect(() => confusionMatrix([], [], { classes })).toThrow("expected labels of one or more images, found none");
    expect(() => confusionMatrix([0, 1], [0], { classes })).toThrow(
      "expected one prediction for each of 2 labels, found 1",
    );
    for (const wrong of [3, -1, 0.5, NaN])
      expect(() => confusionMatrix([0, 1], [0, wrong], { classes })).toThrow(
        `expected predictions from 0 to 2 (there are 3 classes), found ${wrong} for image 1`,
      );
    expect(() => confusionMatrix([0], [0], { classes: [] })).toThrow("classes must be the number of classes");
    expect(() => confusionMatrix([0], [0], { classes, names: [] } as never)).toThrow('no parameter "names"');
  });

  test("stored matrices that are none", () => {
    for (const counts of [
      [[1, 2]],
      [[1, 2], [3]],
      [
        [1, 2],
        [3, -1],
      ],
      [
        [1, 2],
        [3, 0.5],
      ],
      [
        [1, 2],
        [3, null],
      ],
    ])
      expect(() => new ConfusionMatrix({ classes: ["a", "b"], counts } as never)).toThrow(TypeError);
    expect(() => new ConfusionMatrix({ classes: ["a"], counts: [[0]] })).toThrow("one or more images");
  });

  test("groups of classes that there are not", () => {
    expect(() => new ConfusionMatrix(stored).groupAccuracy({ many: [0, 0], medium: [], few: [] })).toThrow(
      "found 0 in [0,0]",
    );
    expect(() => new ConfusionMatrix(stored).groupAccuracy({ many: [0], medium: [], few: [5] })).toThrow(
      "found 5 in [5]",
    );
    for (const groups of [[9, 3, 1], undefined, { many: [0], few: [1] }])
      expect(() => new ConfusionMatrix(stored).groupAccuracy(groups as never)).toThrow(
        "groupAccuracy: groups must be groups of classes { many, medium, few }, as tail.groups gives them (got",
      );
    expect(() => new ConfusionMatrix(stored).groupAccuracy({ many: [0], medium: 3, few: [] } as never)).toThrow(
      "groupAccuracy: medium must be an array (got 3)",
    );
  });
});
