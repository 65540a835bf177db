import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { theorem1, theorem2, theorem3 } from "../../../src/theory/index.js";
import { Moments, run, runAsync, shareError } from "../../../src/theory/simulation.js";
import type { AsyncSimulationOptions, SimulationOptions } from "../../../src/theory/simulation.js";

const mixture = { mu1: 1, mu2: -1, sigma: 1, p: 0.9, q: 0.7, nPlus: 50, nMinus: 60, delta: 0.3 };
const linear = { beta: 4, pMinus: 0.9, b: 1, d: 5 };
const training = { beta: 4, d: 10, pMinus: 0.9, nPlus: 5, nMinus: 9, delta: 0.3 };

type Options = SimulationOptions & AsyncSimulationOptions;

describe.each([
  {
    name: "theorem1",
    now: (options: Options) => theorem1.simulate({ ...mixture, ...options }) as unknown,
    later: (options: Options) => theorem1.simulateAsync({ ...mixture, ...options }) as Promise<unknown>,
  },
  {
    name: "theorem2",
    now: (options: Options) => theorem2.simulate({ ...linear, ...options }) as unknown,
    later: (options: Options) => theorem2.simulateAsync({ ...linear, ...options }) as Promise<unknown>,
  },
  {
    name: "theorem3",
    now: (options: Options) => theorem3.simulate({ ...training, ...options }) as unknown,
    later: (options: Options) => theorem3.simulateAsync({ ...training, ...options }) as Promise<unknown>,
  },
])("$name", ({ now, later }) => {
  test.each(["direct", "sufficient"] as const)("simulateAsync gives what simulate gives (%s)", async (sampler) => {
    const options = { trials: 2000, seed: 5, sampler };
    expect(await later(options)).toEqual(now(options));
  });

  test.each(["direct", "sufficient"] as const)(
    "simulateAsync lets timers run, and ends when aborted (%s)",
    async (sampler) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      // Without breathing the timer would not fire before the two thousand million trials are done.
      setTimeout(() => controller.abort(reason), 1);
      const options = { trials: 2_000_000_000, seed: 5, sampler, signal: controller.signal };
      await expect(later(options)).rejects.toBe(reason);
    },
  );

  test("a signal aborted beforehand ends it at once", async () => {
    await expect(later({ trials: 2_000_000_000, seed: 1, signal: AbortSignal.abort() })).rejects.toThrow();
  });

  test("progress ends at the total", async () => {
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number) => seen.push([done, total]);
    now({ trials: 20, seed: 1, onProgress });
    await later({ trials: 30, seed: 1, onProgress });
    expect(seen).toEqual([
      [20, 20],
      [30, 30],
    ]);
  });
});

describe("progress of a long simulation", () => {
  let now: number;

  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Thirty trials of 20 ms each, on a clock of whole milliseconds: sums of other numbers may fall short of 100. */
  function* slow() {
    for (let trial = 1; trial <= 30; trial++) {
      now += 20;
      yield trial;
    }
    return "done";
  }

  test.each([
    ["run", (options: SimulationOptions) => Promise.resolve(run(slow(), options))],
    ["runAsync", (options: SimulationOptions) => runAsync(slow(), options)],
  ])("%s reports every 100 ms, and the total once", async (_, start) => {
    const seen: number[] = [];
    const result = await start({ trials: 30, seed: 1, onProgress: (done) => seen.push(done) });
    expect(result).toBe("done");
    expect(seen).toEqual([5, 10, 15, 20, 25, 30]);
  });
});

test("running moments equal those of the whole sample, also far from zero", () => {
  const values = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16];
  const moments = new Moments();
  for (const value of values) moments.add(value);
  expect(moments.mean).toBe(1e9 + 10);
  expect(moments.variance).toBe(30);
  expect(moments.standardError).toBeCloseTo(Math.sqrt(30 / 4), 12);
  expect(new Moments().variance).toBe(0);
});

test("the error of a share: the usual one inside, never 0 at the ends", () => {
  expect(shareError(5000, 10_000)).toBeCloseTo(0.005, 8);
  expect(shareError(0, 100)).toBeCloseTo(Math.sqrt(0.5 / 101) / 10, 3);
  expect(shareError(100, 100)).toBeCloseTo(shareError(0, 100), 15);
});
