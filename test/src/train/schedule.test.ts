import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstFall, learningRate, resolveSchedule, type ScheduleSpec } from "../../../src/train/schedule.js";

const rate = (spec: ScheduleSpec, epochs: number, epoch: number, fraction = 0): number =>
  learningRate(resolveSchedule(spec, epochs), { epoch, fraction, epochs });
const rates = (spec: ScheduleSpec, epochs: number): number[] =>
  Array.from({ length: epochs }, (_, epoch) => rate(spec, epochs, epoch));
/** Rates at the beginning and at parts of every epoch, in order. */
const fine = (spec: ScheduleSpec, epochs: number, parts = 4): number[] =>
  Array.from({ length: epochs * parts }, (_, i) => rate(spec, epochs, Math.floor(i / parts), (i % parts) / parts));

/** But for rounding; a cosine near 0 loses digits. */
const close = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-15 + 1e-13 * Math.abs(expected));

function expectFalling(values: readonly number[]): void {
  values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(values[i]!));
}

describe("the paper's recipe", () => {
  test("200 epochs: 0.1 e / 5 up to the fifth, 0.1, 0.001 from 161 and 0.00001 from 181 on (counted from 1)", () => {
    rates("paper", 200).forEach((found, i) => {
      const e = i + 1;
      close(found, e <= 5 ? (0.1 * e) / 5 : e <= 160 ? 0.1 : e <= 180 ? 0.001 : 0.00001);
    });
  });

  test('"paper-2020": the second fall is never reached', () => {
    rates("paper-2020", 200).forEach((found, i) => close(found, i < 5 ? (0.1 * (i + 1)) / 5 : i < 160 ? 0.1 : 0.001));
  });

  test("nothing changes within an epoch", () => {
    for (const epoch of [0, 3, 159, 160, 199]) expect(rate("paper", 200, epoch, 0.99)).toBe(rate("paper", 200, epoch));
  });

  test("the rate falls first at 160, where deferred re-balancing begins; without falls at 80 %", () => {
    expect(firstFall(resolveSchedule("paper", 200), 200)).toBe(160);
    expect(firstFall(resolveSchedule("paper-2020", 200), 200)).toBe(160);
    expect(firstFall(resolveSchedule({ name: "steps", at: [7, 9] }, 10), 10)).toBe(7);
    expect(firstFall(resolveSchedule({ name: "steps", at: [] }, 10), 10)).toBe(8);
    expect(firstFall(resolveSchedule({ name: "steps", at: [160, 180] }, 100), 100)).toBe(80);
    expect(firstFall(resolveSchedule("cosine", 90), 90)).toBe(72);
  });

  test("of short runs, deferred re-balancing begins in the last epoch at the latest", () => {
    const begins = (spec: ScheduleSpec, epochs: number) => firstFall(resolveSchedule(spec, epochs), epochs);
    expect([1, 2, 3, 7].map((epochs) => begins("paper", epochs))).toEqual([0, 1, 2, 6]);
    expect([1, 2, 3, 7].map((epochs) => begins("cosine", epochs))).toEqual([0, 1, 2, 6]);
    expect([1, 2, 3, 7].map((epochs) => begins("paper-2020", epochs))).toEqual([0, 1, 2, 6]);
    // A fall that comes after the last epoch is none.
    expect(begins({ name: "steps", at: [160] }, 160)).toBe(128);
  });

  test("other numbers of epochs: falls at 80 and 90 %, warm-up a fortieth; above 0, and never up again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (epochs) => {
        const schedule = resolveSchedule("paper", epochs);
        if (schedule.name !== "steps") throw new Error("expected steps");
        expect(schedule.warmup).toBe(epochs / 40);
        for (const at of schedule.at) {
          expect(Math.min(Math.abs(at - 0.8 * epochs), Math.abs(at - 0.9 * epochs))).toBeLessThanOrEqual(0.5);
          expect(at).toBeLessThan(epochs);
        }
        if (epochs >= 10) expect(schedule.at).toHaveLength(2);
        const all = rates("paper", epochs);
        all.forEach((found) => expect(found).toBeGreaterThan(0));
        const warm = Math.ceil(epochs / 40);
        expectFalling(all.slice(Math.max(0, warm - 1)));
        expectFalling(all.slice(0, warm).reverse());
        expect(Math.max(...all)).toBeCloseTo(0.1, 14);
      }),
      { numRuns: 60 },
    );
  });
});

describe("steps", () => {
  test("own rate, falls and factor", () => {
    const spec: ScheduleSpec = { name: "steps", rate: 2, warmup: 0, at: [1, 3], factor: 0.5 };
    expect(rates(spec, 5)).toEqual([2, 1, 1, 0.5, 0.5]);
    expect(rates({ ...spec, at: [0] }, 2)).toEqual([1, 1]);
  });

  test("warm-up by step: linear over its epochs from 0, whole from then on", () => {
    const spec: ScheduleSpec = { name: "steps", rate: 1, warmup: 2, warmupBy: "step", at: [] };
    fine(spec, 4, 8).forEach((found, i) => close(found, Math.min(1, i / 16)));
  });

  test("warm-up by step: none, or one that is over within the first epoch", () => {
    const spec: ScheduleSpec = { name: "steps", rate: 1, warmupBy: "step", at: [] };
    expect(fine({ ...spec, warmup: 0 }, 1)).toEqual([1, 1, 1, 1]);
    expect(fine({ ...spec, warmup: 0.5 }, 2)).toEqual([0, 0.5, 1, 1, 1, 1, 1, 1]);
  });

  test("a warm-up that ends within an epoch never goes above the rate", () => {
    const spec: ScheduleSpec = { name: "steps", rate: 1, warmup: 2.5, at: [] };
    rates(spec, 4).forEach((found, i) => close(found, [0.4, 0.8, 1, 1][i]!));
    fine({ ...spec, warmupBy: "step" }, 4, 10).forEach((found, i) => close(found, Math.min(1, i / 25)));
  });
});

describe("cosine", () => {
  test("without choices: from 0.1, by epoch, without a warm-up", () => {
    expect(resolveSchedule("cosine", 90)).toEqual({
      ...{ name: "cosine", rate: 0.1, warmup: 0, by: "epoch", fallFirst: false },
    });
  });

  test("by epoch: epoch e (from 0) of T at rate (1 + cos(pi e / T)) / 2", () => {
    rates({ name: "cosine", rate: 0.2 }, 90).forEach((found, e) =>
      close(found, 0.1 * (1 + Math.cos((Math.PI * e) / 90))),
    );
    expect(rate("cosine", 90, 3, 0.9)).toBe(rate("cosine", 90, 3));
  });

  test("as the authors' ImageNet-LT code: it falls before each epoch, and the last has rate 0", () => {
    const all = rates({ name: "cosine", rate: 0.2, fallFirst: true }, 90);
    all.forEach((found, e) => close(found, 0.1 * (1 + Math.cos((Math.PI * (e + 1)) / 90))));
    expect(all.at(-1)).toBe(0);
    expect(all[0]).toBeLessThan(0.2);
  });

  test("by step: smooth from the rate to nearly 0", () => {
    const all = fine({ name: "cosine", rate: 1, by: "step" }, 10, 100);
    all.forEach((found, i) => close(found, (1 + Math.cos((Math.PI * i) / 1000)) / 2));
    expect(all.at(-1)).toBeGreaterThan(0);
  });

  test("with a warm-up: linear, then half a cosine over the rest", () => {
    const all = rates({ name: "cosine", rate: 1, warmup: 4 }, 20);
    all.forEach((found, e) => close(found, e < 4 ? (e + 1) / 4 : (1 + Math.cos((Math.PI * (e - 4)) / 16)) / 2));
    fine({ name: "cosine", rate: 1, warmup: 4, by: "step" }, 20, 10).forEach((found, i) =>
      close(found, i < 40 ? i / 40 : (1 + Math.cos((Math.PI * (i - 40)) / 160)) / 2),
    );
  });

  test("after the warm-up it never rises, nor falls below 0, whatever is chosen", () => {
    fc.assert(
      fc.property(
        fc.record({
          warmup: fc.double({ min: 0, max: 5, noNaN: true }),
          by: fc.constantFrom("epoch", "step"),
          fallFirst: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 40 }),
        (choice, epochs) => {
          const all = fine({ name: "cosine", ...choice }, epochs);
          all.forEach((found) => expect(found).toBeGreaterThanOrEqual(0));
          all.forEach((found) => expect(found).toBeLessThanOrEqual(0.1));
          expectFalling(all.slice(4 * Math.ceil(choice.warmup)));
        },
      ),
    );
  });
});

describe("what is not given, or wrong", () => {
  test("an option that is undefined takes its default", () => {
    const nothing = { rate: undefined, warmup: undefined, at: undefined, factor: undefined, warmupBy: undefined };
    expect(resolveSchedule({ name: "steps", ...nothing }, 200)).toEqual(resolveSchedule("paper", 200));
    expect(resolveSchedule({ name: "cosine", rate: undefined, fallFirst: undefined }, 9)).toEqual(
      resolveSchedule("cosine", 9),
    );
  });

  test.each([
    ["papr", /there is no "papr". Did you mean paper\?/],
    ["steps", /there is no "steps". Known: paper, paper-2020, cosine/],
    [{ name: "cosin" }, /there is no "cosin". Did you mean cosine\?/],
    [{ rate: 0.2 }, /there is no "undefined". Known: steps, cosine/],
    [{ name: "toString" }, /there is no "toString"/],
    [{ name: "steps", rate: 0 }, /rate must be a finite number > 0 \(got 0\)/],
    [{ name: "steps", rate: NaN }, /rate must be a finite number > 0 \(got NaN\)/],
    [{ name: "steps", warmup: -1 }, /warmup must be a number >= 0/],
    [{ name: "steps", at: [3, 3] }, /at must be an ascending array of epochs/],
    [{ name: "steps", at: [1.5] }, /at must be an ascending array of epochs/],
    [{ name: "steps", factor: Infinity }, /factor must be/],
    [{ name: "steps", warmupBy: "batch" }, /warmupBy must be "epoch" or "step" \(got "batch"\)/],
    [{ name: "steps", fallFirst: true }, /there is no parameter "fallFirst"/],
    [{ name: "cosine", at: [3] }, /there is no parameter "at"/],
    [{ name: "cosine", fallFirst: 1 }, /fallFirst must be true or false/],
  ])("%j is refused", (spec, message) => {
    expect(() => resolveSchedule(spec as ScheduleSpec, 10)).toThrow(RangeError);
    expect(() => resolveSchedule(spec as ScheduleSpec, 10)).toThrow(message);
  });

  test.each([0, -1, 1.5, NaN])("%d epochs are refused", (epochs) =>
    expect(() => resolveSchedule("paper", epochs)).toThrow(/epochs must be an integer from 1/),
  );
});

describe("what no schedule was resolved to, or is no moment of a run, is refused", () => {
  const steps = resolveSchedule("paper", 10);
  const cosine = resolveSchedule("cosine", 10);
  const moment = { epoch: 3, fraction: 0.5, epochs: 10 };

  test.each([
    "paper",
    undefined,
    null,
    { name: "cosine" },
    { name: "toString" },
    { name: "steps", rate: 0.1 },
    { ...steps, factor: undefined },
    { ...steps, at: 8 },
    { ...cosine, rate: NaN },
  ])("%j", (schedule) => {
    const expected = ": expected what resolveSchedule(spec, epochs) makes of a name or of options, found";
    for (const call of [() => learningRate(schedule as never, moment), () => firstFall(schedule as never, 10)]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(expected);
    }
    expect(() => learningRate(schedule as never, moment)).toThrow(
      `learningRate${expected} ${JSON.stringify(schedule)}`,
    );
  });

  test.each([
    [{ epoch: 3, fraction: 0.5 }, "epochs must be an integer from 1"],
    [{ ...moment, epoch: undefined }, "epoch must be a number >= 0"],
    [{ ...moment, fraction: 1.5 }, "fraction must be a number in [0, 1]"],
    [{ ...moment, fraction: NaN }, "fraction must be"],
    [{ ...moment, step: 3 }, 'there is no parameter "step"'],
    [undefined, "expected an object of epoch, fraction, epochs"],
  ])("%j", (given, message) => {
    for (const schedule of [steps, cosine])
      expect(() => learningRate(schedule, given as never)).toThrow(`learningRate: ${message}`);
  });

  test.each([undefined, 0, NaN, 2.5])("%j epochs", (epochs) =>
    expect(() => firstFall(steps, epochs as never)).toThrow("firstFall: epochs must be an integer from 1"),
  );

  test("one that was read from JSON is one", () => {
    for (const schedule of [steps, cosine]) {
      const read = JSON.parse(JSON.stringify(schedule)) as typeof schedule;
      for (let again = 0; again < 2; again++) expect(learningRate(read, moment)).toBe(learningRate(schedule, moment));
    }
  });
});
