import { expect, test } from "vitest";
import { cifar10LT, drw, ldam, longer, plan, SCALES, unlabeled } from "../../../src/experiment/index.js";

const ldamDrw = cifar10LT({ rho: 100 }).with(ldam, drw);
const place = (scale: Parameters<typeof plan>[1]["scale"]) => ({ scale, seed: 0 });

test("takes as many times the epochs, with the rate falling at the same parts of them", () => {
  const scale = longer("quick", { times: 3 });
  expect(scale.name).toBe("quick, 3 times the epochs");
  const { options, data } = plan(ldamDrw, place(scale));
  expect(options).toMatchObject({ epochs: 90, batchSize: 32, schedule: { at: [63, 81] }, rebalance: { from: 63 } });
  expect(data).toEqual(plan(ldamDrw, place("quick")).data);
});

test.each(["quick", "standard", "paper"] as const)(
  "%s: six times the recipe with D_U is as much work as with D_U",
  (name) => {
    const with5x = plan(ldamDrw.with(unlabeled({ rhoU: 1 })), place(name));
    const alone = plan(ldamDrw, place(longer(name, { times: 6, recipe: "with D_U@5x" })));
    expect(alone.options["batchSize"]).toBe(with5x.options["batchSize"]);
    expect(alone.options["epochs"]).toBe(6 * (with5x.options["epochs"] as number));
    // As many images, but for the rounding of D_U's classes.
    expect(alone.work / with5x.work).toBeCloseTo(1, 3);
  },
);

test("refuses what it does not know", () => {
  expect(() => longer("quick", { times: 0 })).toThrow("longer: times must be");
  expect(() => longer("quick", { times: 2, recipe: "with D_U" as never })).toThrow('"without D_U" or "with D_U@5x"');
  expect(() => longer("quik" as never, { times: 2 })).toThrow("Did you mean quick?");
  expect(longer(SCALES.quick, { times: 2 }).recipe.epochs).toBe(60);
});
