import { describe, expect, test } from "vitest";
import { data, device, evaluation, models, random, rebalance, report, semi, tail, train } from "../../src/index.js";
import {
  check,
  checkArray,
  count,
  having,
  numberWhere,
  oneOf,
  optional,
  positive,
  text,
  withDefaults,
} from "../../src/options.js";

const rules = { d: count, delta: optional(positive), name: optional(text), by: optional(oneOf("a", "b")) };

test("checkArray takes arrays of all kinds, and says how a tensor is read", () => {
  for (const given of [[], [1], new Uint16Array(2), { length: 0 }])
    expect(() => checkArray("f", "labels", given as never)).not.toThrow();
  const tensor = { dataId: {}, shape: [2] };
  expect(() => checkArray("f", "labels", tensor as never)).toThrow(
    "f: labels must be an array (got a tensor; await tensor.data() reads it)",
  );
  for (const given of [undefined, null, 3, {}])
    expect(() => checkArray("f", "labels", given as never)).toThrow(/^f: labels must be an array \(got /);
  for (const call of [
    () => tail.countLabels(tensor as never, 2),
    () => tail.subset(tensor as never, { counts: [1], random: random.stream(0) }),
    () => rebalance.uniformSampler(tensor as never, { classes: 2 }),
    () => evaluation.confusionMatrix([0], tensor as never, { classes: 2 }),
  ])
    expect(call).toThrow("must be an array (got a tensor");
});

describe("check", () => {
  test("takes what the rules allow, and an optional parameter that is undefined", () => {
    for (const options of [{ d: 1 }, { d: 2 ** 31 - 1, delta: undefined }, { d: 5, delta: 0.1, name: "x", by: "b" }])
      expect(() => check("f", options, rules)).not.toThrow();
  });

  test.each([
    [
      { d: 1, dleta: 2 },
      'f: there is no parameter "dleta"; the parameters are d, delta, name, by. Did you mean delta?',
    ],
    [undefined, "f: expected an object of d, delta, name, by (got undefined)"],
    [3, "f: expected an object of d, delta, name, by (got 3)"],
    [{}, "f: d must be an integer from 1 to 2147483647 (got undefined)"],
    [{ d: 0.5 }, "(got 0.5)"],
    [{ d: NaN }, "(got NaN)"],
    [{ d: 10n }, "(got 10n)"],
    [{ d: "3" }, '(got "3")'],
    [{ d: 1, delta: null }, "delta must be a finite number > 0 (got null)"],
    [{ d: [20, 20, 10] }, "(got [ 20, 20, 10 ])"],
    [{ d: () => 3 }, "(got [Function: d])"],
    [{ d: 1, name: " " }, 'name must be a text (got " ")'],
    [{ d: 1, by: "c" }, 'by must be "a" or "b" (got "c")'],
  ])("%o: %s", (options, message) => {
    const call = (): void => check("f", options as object, rules);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  test("says in a line what was found, however large it is, or turned in itself", () => {
    const ring: { name: string; self?: object } = { name: "ring" };
    ring.self = ring;
    const large = new Uint8Array(2 ** 24);
    const found = [ring, large, { images: large }, Array(1e5).fill(7), "x".repeat(1e6), [[ring], [large]]];
    for (const value of found) {
      const error = refusal(() => check("f", { d: value }, rules));
      expect(error.message).toMatch(/^f: d must be an integer from 1 to 2147483647 \(got .+\)$/u);
      expect(error.message.length).toBeLessThan(400);
    }
  });
});

test("what an object inherits is refused: spread, it would be gone", async () => {
  const message = "f: delta must be the object's own, as in { delta: ... }; here its class or prototype has it";
  class Options {
    readonly d = 1;
    get delta(): number {
      return 0.5;
    }
  }
  for (const options of [new Options(), Object.create({ delta: 0.5 }, { d: { value: 1 } }) as object])
    expect(() => check("f", options, rules)).toThrow(message);
  expect(() => check("f", Object.assign(Object.create(null) as object, { d: 1, delta: 0.5 }), rules)).not.toThrow();

  class Sgd {
    readonly name = "sgd";
    get momentum(): number {
      return 0.1;
    }
  }
  expect(() => train.resolveOptimizer(new Sgd())).toThrow("optimizer: momentum must be the object's own");
  const images = data.Examples.of(data.stickers({ counts: 1 }));
  const given = Object.create(
    { model: "tiny", epochs: 1 },
    { data: { value: { train: images, test: images } } },
  ) as never;
  await expect(train.fit(given)).rejects.toThrow("fit: model must be the object's own");
});

test("what shows itself as a table is said in a line", () => {
  const set = data.Examples.of(data.stickers({ counts: 1 }));
  const rules = { n: numberWhere("a number", () => true) };
  expect(() => check("f", { n: set }, rules)).toThrow(/^f: n must be a number \(got \[Examples: .+\]\)$/);
  expect(() => check("f", { n: [1, [2]] }, rules)).toThrow("f: n must be a number (got [ 1, [Array] ])");
});

test("a data set where training takes two is told what to do", async () => {
  const set = data.stickers({ counts: 1 });
  const images = data.Examples.of(set);
  for (const one of [set, images])
    await expect(train.fit({ data: one as never })).rejects.toThrow(
      "data: expected { train, test }, both data.Examples, found one set of images; data.folder(path) reads a folder as two",
    );
  const unread = train.fit({ data: { train: set as never, test: images } });
  await expect(unread).rejects.toThrow(
    "train must be data.Examples of one image or more, as data.Examples.of(set) makes",
  );
});

test("a set where examples are taken is told what to do, in a line", async () => {
  await device.use("cpu");
  const set = data.stickers({ counts: 1 }) as never;
  const normalization = data.CIFAR_NORMALIZATION;
  const network = models.tiny({ classes: 10 });
  const calls: Readonly<Record<string, () => unknown>> = {
    predict: () => evaluation.predict(network, set, { normalization }),
    probabilities: () => evaluation.probabilities(network, set, { normalization }),
    features: () => evaluation.features(network, set, { normalization }),
    batches: () => [...data.batches(set, { normalization })],
    views: () => data.views(set, [0], { normalization, stream: random.stream(0, "views") }),
    normalizationOf: () => data.normalizationOf(set),
    concat: () => data.Examples.of(set).concat(set),
    pseudoLabel: () => semi.pseudoLabel(network, set, [], { normalization }),
    contactSheet: () => report.contactSheet(set),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error: unknown = await new Promise((done) => done(call())).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toBe(
      `${name}: examples must be data.Examples; data.Examples.of(set) makes them of a set (got [Images: 10 images of ` +
        `32 x 32 x 3 in 10 classes])`,
    );
  }
  network.dispose();
});

test("having: an object by its methods", () => {
  const rule = having("log", "error");
  expect([console, {}, null, "log"].map((value) => rule.accepts(value))).toEqual([true, false, false, false]);
});

test("withDefaults: what is undefined was not given", () => {
  expect(withDefaults({ a: 1, b: 2 }, { a: undefined, b: 3 })).toEqual({ a: 1, b: 3 });
});

function refusal(call: () => void): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a refusal");
}
