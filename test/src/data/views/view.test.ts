import { expect, test } from "vitest";
import { mocoAugmentation } from "../../../../src/data/index.js";
import { makeView, randomView, type View } from "../../../../src/data/views/view.js";
import { stream } from "../../../../src/random/index.js";
import { bitmap, expectClose, numbers, reference } from "./reference.js";

test.each(reference.views)(
  "box $box, flipped $flipped, order $order, grey $grey, sigma $sigma: step after step",
  (one) => {
    const [left, top, right, bottom] = one.box as [number, number, number, number];
    const jitter = one.order && {
      order: Uint8Array.from(one.order),
      amounts: one.amounts as unknown as readonly [number, number, number, number],
    };
    const view: View = {
      box: { left, top, right, bottom },
      flipped: one.flipped,
      jitter: jitter ?? undefined,
      grey: one.grey,
      sigma: one.sigma ?? undefined,
    };
    const result = { values: new Float32Array(192), shape: [8, 8, 3] as const };
    makeView(bitmap(3), view, result);
    expectClose(result.values, numbers(one.values), 1e-6);
  },
);

const all = { ...mocoAugmentation, blur: 0.5 };
const draw = (augmentation: Parameters<typeof randomView>[2], count: number): View[] => {
  const random = stream(2);
  return Array.from({ length: count }, () => randomView(random, [32, 32], augmentation));
};

test("each thing happens as often as it should", () => {
  const views = draw({ ...all, blur: 0.3 }, 10_000);
  const often = (happens: (view: View) => boolean, share: number): void => {
    const deviation = Math.sqrt((share * (1 - share)) / views.length);
    expect(Math.abs(views.filter(happens).length / views.length - share)).toBeLessThan(3.3 * deviation);
  };
  often((v) => v.flipped, 0.5);
  often((v) => v.jitter !== undefined, 0.8);
  often((v) => v.grey, 0.2);
  often((v) => v.sigma !== undefined, 0.3);
  often((v) => v.sigma !== undefined && v.sigma < 1.05, 0.15);
  often((v) => v.flipped && v.grey, 0.1);
  expect(views.every(({ sigma = 1 }) => sigma >= 0.1 && sigma <= 2)).toBe(true);
});

test("what is switched off leaves the other choices as they are", () => {
  const views = draw(all, 50);
  const plain = draw({ ...all, jitter: 0, greyscale: 0, blur: 0 }, 50);
  expect(plain).toEqual(
    views.map(({ box, flipped }) => ({ box, flipped, jitter: undefined, grey: false, sigma: undefined })),
  );
});
