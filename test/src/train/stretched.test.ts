import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learningRate, resolveRecipe, stretched } from "../../../src/train/index.js";

describe("a stretched recipe", () => {
  const steps = { name: "steps", rate: 0.05, warmup: 1.5, warmupBy: "step", at: [21, 27], factor: 0.1 } as const;

  it("has its epochs, falls and warm-up later by the same factor, and all else as it was", () => {
    const recipe = {
      model: "tiny",
      epochs: 30,
      batchSize: 32,
      schedule: steps,
      loss: "ldam",
      rebalance: "drw",
    } as const;
    expect(stretched(recipe, 2)).toEqual({ ...recipe, epochs: 60, schedule: { ...steps, warmup: 3, at: [42, 54] } });
    // Deferred re-weighting moves with the first fall.
    expect(resolveRecipe(stretched(recipe, 2)).rebalance).toEqual(
      resolveRecipe({ ...recipe, epochs: 60, schedule: { ...steps, at: [42, 54] } }).rebalance,
    );
    expect(recipe.schedule.at).toEqual([21, 27]);
  });

  it("begins deferred re-balancing at the same part of it, also where a resolved recipe says when", () => {
    for (const name of ["drw", "drs"] as const) {
      const resolved = resolveRecipe({ rebalance: name }); // from epoch 160 of 200
      expect(resolved.rebalance.from).toBe(160);
      expect(stretched(resolved, 0.5)).toMatchObject({ epochs: 100, rebalance: { name, from: 80 } });
      expect(resolveRecipe(stretched(resolved, 0.5))).toEqual(resolveRecipe(stretched({ rebalance: name }, 0.5)));
    }
    expect(stretched({ epochs: 10, rebalance: { name: "drw", from: 9 } }, 0.2).rebalance).toEqual({
      name: "drw",
      from: 1,
    });
  });

  it("leaves a schedule that is a name, or has no times, to be resolved for the new length", () => {
    expect(stretched({ schedule: "paper" }, 2)).toEqual({ schedule: "paper", epochs: 400 });
    expect(stretched({}, 0.5)).toEqual({ epochs: 100 });
    expect(stretched({ epochs: 10, schedule: { name: "cosine", warmup: 1 } }, 3)).toEqual({
      epochs: 30,
      schedule: { name: "cosine", warmup: 3 },
    });
    expect(stretched({ epochs: 10, schedule: { name: "steps", rate: 0.1 } }, 3).schedule).toEqual({
      name: "steps",
      rate: 0.1,
    });
  });

  it("has the rate of the same part of the run, for whole factors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 5, max: 29 }), (factor, epoch) => {
        const recipe = { epochs: 30, schedule: steps };
        const [short, long] = [recipe, stretched(recipe, factor)].map((one) => resolveRecipe(one).schedule);
        const at = (schedule: typeof short, e: number, epochs: number): number =>
          learningRate(schedule!, { epoch: e, fraction: 0, epochs });
        expect(at(long, factor * epoch, 30 * factor)).toBe(at(short, epoch, 30));
      }),
    );
  });

  it("is never without an epoch, and needs a factor above 0", () => {
    expect(stretched({ epochs: 3 }, 0.01).epochs).toBe(1);
    for (const factor of [0, -1, NaN, Infinity]) expect(() => stretched({}, factor)).toThrow(RangeError);
    expect(() => stretched({ epoch: 3 } as object, 2)).toThrow(/epoch/);
  });
});
