import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkImageSet, Examples, imageAt, normalizationOf, views, type ImageSet } from "../../../src/data/index.js";
import { stream } from "../../../src/random/index.js";

/** Images of 2 x 1 pixels, whose bytes say which image of which set they are. */
function numbered(set: number, count: number, classes = 3): ImageSet {
  const bytes = Uint8Array.from({ length: count * 6 }, (_, i) => (set * 100 + Math.floor(i / 6)) % 256);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % classes);
  const names = Array.from({ length: classes }, (_, c) => `class ${c}`);
  return { name: `set ${set}`, bytes, shape: [count, 2, 1, 3], labels, classes: names };
}

const choice = fc.record({ count: fc.integer({ min: 1, max: 20 }), picks: fc.array(fc.nat(1000), { maxLength: 30 }) });

test("examples are the images chosen, in order, with their labels, however sets are joined", () => {
  fc.assert(
    fc.property(fc.array(choice, { minLength: 1, maxLength: 4 }), (parts) => {
      const expected: [byte: number, label: number][] = [];
      const examples = parts
        .map(({ count, picks }, number) => {
          const set = numbered(number % 2, count);
          const indices = picks.map((pick) => pick % count);
          indices.forEach((i) => expected.push([set.bytes[i * 6]!, i % 3]));
          return Examples.of(set, indices);
        })
        .reduce((all, more) => all.concat(more));
      expect(examples.length).toBe(expected.length);
      expected.forEach(([byte, label], i) => {
        expect(examples.image(i)).toEqual(new Uint8Array(6).fill(byte));
        expect(examples.labels[i]).toBe(label);
      });
      expect(examples.counts()).toEqual([0, 1, 2].map((c) => expected.filter(([, label]) => label === c).length));
      const reversed = expected.map((_, i) => expected.length - 1 - i);
      const other = examples.select(reversed).relabel(reversed.map((i) => i % 2));
      reversed.forEach((from, at) => {
        expect(other.image(at)).toEqual(examples.image(from));
        expect(other.labels[at]).toBe(from % 2);
      });
    }),
  );
});

test("how pictures became images, and where they lie, is seen through examples", () => {
  const preprocessing = { fit: "stretch", orientation: "stored" } as const;
  const set = { ...numbered(0, 5), preprocessing, folder: "/pictures" };
  const [read, drawn] = [Examples.of(set, [1, 2]), Examples.of(numbered(1, 3))];
  for (const one of [read, read.select([0]), read.relabel([0, 0]), read.concat(drawn), drawn.concat(read)])
    expect([one.preprocessing, one.folders]).toEqual([preprocessing, ["/pictures"]]);
  expect([drawn.preprocessing, drawn.folders]).toEqual([{ fit: "cover", orientation: "exif" }, []]);
  expect(read.digest()).toBe(Examples.of(numbered(0, 5), [1, 2]).digest());
});

test("a digest tells sets apart by pixels, labels, order, size and number of classes, and not by where they come from", () => {
  const set = numbered(0, 4);
  const changed = { ...set, bytes: Uint8Array.from(set.bytes, (byte, i) => byte + Number(i === 23)) };
  const all = Examples.of(set);
  const others = [
    Examples.of(changed),
    all.relabel([0, 1, 2, 1]),
    all.select([1, 0, 2, 3]),
    all.select([0, 1, 2]),
    Examples.of({ ...set, shape: [4, 1, 2, 3] }),
    all.relabel(all.labels, [...set.classes, "more"]),
  ];
  const digests = [all, ...others].map((one) => one.digest());
  expect(new Set(digests).size).toBe(7);
  expect(
    all
      .select([0, 1])
      .concat(Examples.of(numbered(0, 9), [2, 3]).relabel([2, 0]))
      .digest(),
  ).toBe(digests[0]);
});

test("no image is copied", () => {
  const set = numbered(0, 5);
  const joined = Examples.of(set, [1]).concat(Examples.of(set, [4]));
  expect(joined.image(1).buffer).toBe(set.bytes.buffer);
});

test.each([5, {}, { dataId: {}, shape: [2] }, null])(
  "positions that are no array (%o) choose nothing, and are refused",
  (given) => {
    const all = Examples.of(numbered(0, 5));
    const none = given as never;
    const options = { stream: stream(0), normalization: normalizationOf(all) };
    expect(() => Examples.of(numbered(0, 5), none)).toThrow("Examples.of: indices must be an array (got ");
    expect(() => all.select(none)).toThrow("select: positions must be an array (got ");
    expect(() => all.relabel(none)).toThrow("relabel: labels must be an array (got ");
    expect(() => views(all, none, options)).toThrow("views: positions must be an array (got ");
  },
);

describe("what cannot be is refused", () => {
  const set = numbered(0, 5);
  const all = Examples.of(set);
  const cases: [name: string, call: () => unknown, message: string][] = [
    ["an index beyond", () => Examples.of(set, [0, 5]), '"set 0" has images 0 to 4, and no image 5'],
    ["a fraction", () => Examples.of(set, [0.5]), "no image 0.5"],
    ["too few labels", () => all.relabel([0]), "expected 5 labels, one an image, found 1"],
    ["a label beyond", () => all.relabel([0, 1, 2, 3, 0]), "expected whole numbers below 3 as labels, found 3"],
    ["labels that are no numbers", () => all.relabel([0n, 1n, 2n, 0n, 1n] as never), "below 3 as labels, found 0n"],
    [
      "two classes of one name",
      () => Examples.of({ ...set, classes: ["a", "b", "a"] }),
      "Examples.of: classes must be an array of 1 to 65536 different strings (got [ 'a', 'b', 'a' ])",
    ],
    [
      "names that are numbers",
      () => Examples.of({ ...set, classes: [0, 1, 2] as never }),
      "different strings (got [ 0",
    ],
    [
      "the same for other labels",
      () => all.relabel([0, 1, 0, 1, 0], ["a", "a"]),
      "relabel: classes must be an array of",
    ],
    ["other classes", () => all.concat(Examples.of(numbered(1, 2, 2))), "2 classes cannot follow 3"],
    [
      "classes in another order",
      () => all.concat(Examples.of({ ...set, classes: ["class 0", "class 2", "class 1"] })),
      'concat: expected class 1 to be "class 1", found "class 2"; Examples.relabel gives',
    ],
    [
      "another size",
      () => all.concat(Examples.of({ ...set, shape: [5, 1, 2, 3] })),
      "images of 1 x 2 x 3 cannot follow images of 2 x 1 x 3",
    ],
    ["an image beyond", () => all.image(-1), "there are examples 0 to 4, and no example -1"],
    ["an image of a set beyond", () => imageAt(set, 5), "index must be an integer from 0 to 4"],
    [
      "bytes that do not fit",
      () => checkImageSet({ ...set, bytes: new Uint8Array(29) }),
      "expected 30 bytes for [5, 2, 1, 3], found 29",
    ],
    ["labels that do not fit", () => checkImageSet({ ...set, labels: new Uint16Array(4) }), "expected 5 labels"],
    [
      "labels without a class",
      () => checkImageSet({ ...set, classes: ["a", "b"] }),
      "expected labels below 2, found 2 for image 2",
    ],
    [
      "a shape of three numbers",
      () => checkImageSet({ ...set, shape: [5, 2, 3] as never }),
      "a shape of four whole numbers",
    ],
    [
      "bytes that are no bytes",
      () => Examples.of({ ...set, bytes: new Float32Array(30) as never }),
      "must be a Uint8Array",
    ],
    ["labels in an array", () => Examples.of({ ...set, labels: [0, 1, 2, 0, 1] as never }), "must be a Uint16Array"],
    ["what is no set", () => Examples.of([1, 2] as never), "Examples.of: bytes must be a Uint8Array (got undefined)"],
    ["nothing at all", () => Examples.of(undefined as never), "Examples.of: expected an object of bytes, name, shape,"],
    [
      "a set to be joined",
      () => all.concat(set as never),
      "concat: examples must be data.Examples; data.Examples.of(set) makes them of a set (got {",
    ],
    [
      "a set to normalize by",
      () => normalizationOf(set as never),
      "normalizationOf: examples must be data.Examples; data.",
    ],
    [
      "a set that does not say how it was made",
      () => Examples.of({ ...set, preprocessing: { fit: "cover" } as never }),
      'Examples.of: preprocessing must be { fit: "cover" or "stretch", orientation: "exif" or "stored" }',
    ],
    ["nothing to normalize by", () => normalizationOf(all.select([])), "one or more examples"],
  ];
  for (const [name, call, message] of cases) test(name, () => expect(call).toThrow(message));
});

test("normalization: mean and deviation of each channel", () => {
  const set = { ...numbered(0, 2), bytes: Uint8Array.from([0, 255, 7, 255, 255, 7, 0, 0, 7, 255, 0, 7]) };
  const { mean, deviation } = normalizationOf(Examples.of(set));
  expect(mean).toEqual([0.5, 0.5, 7 / 255]);
  expect(deviation).toEqual([0.5, 0.5, 1]);
});

test.each([1, 3, 10])("normalization: a channel that never changes has deviation 1, of %d images", (count) => {
  const deviations = Array.from({ length: 256 }, (_, value) => {
    const set = { ...numbered(0, count), bytes: new Uint8Array(count * 6).fill(value) };
    return normalizationOf(Examples.of(set)).deviation;
  });
  expect(deviations.flat().filter((deviation) => deviation !== 1)).toEqual([]);
});

test("normalization: one byte that differs by one is a deviation", () => {
  const bytes = new Uint8Array(3 * 200_000).fill(200);
  bytes[3] = 201;
  const set = { ...numbered(0, 1), bytes, shape: [1, 500, 400, 3] as const };
  const { deviation } = normalizationOf(Examples.of(set));
  expect(deviation[0]! * 255).toBeCloseTo(Math.sqrt(1 / 200_000), 7);
  expect(deviation.slice(1)).toEqual([1, 1]);
});
