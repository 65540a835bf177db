import fc from "fast-check";
import { expect, test } from "vitest";
import { groups, paretoProfile } from "../../../src/tail/index.js";

test("is near ImageNet-LT: 115,846 images, 385, 479 and 136 classes", () => {
  const counts = paretoProfile({ classes: 1000, head: 1280, least: 5 });
  expect(counts.reduce((a, b) => a + b)).toBe(121_937);
  const { many, medium, few } = groups(counts);
  expect([many.length, medium.length, few.length]).toEqual([406, 458, 136]);
});

test("falls from head to least, the faster the smaller the power", () => {
  const size = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 500 }),
      size,
      size,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      (k, a, b, power) => {
        const [head, least] = [Math.max(a, b), Math.min(a, b)];
        const counts = paretoProfile({ classes: k, head, least, power });
        expect([counts.length, counts[0], counts.at(-1)]).toEqual([k, head, least]);
        counts.slice(1).forEach((n, i) => expect(n).toBeLessThanOrEqual(counts[i]!));
        const steeper = paretoProfile({ classes: k, head, least, power: power / 2 });
        steeper.forEach((n, i) => expect(n).toBeLessThanOrEqual(counts[i]!));
      },
    ),
  );
});

test("what cannot be is refused", () => {
  expect(() => paretoProfile({ classes: 1, head: 5, least: 5 })).toThrow("classes must be an integer >= 2");
  expect(() => paretoProfile({ classes: 3, head: 5, least: 6 })).toThrow("least must not be above head 5 (got 6)");
  expect(() => paretoProfile({ classes: 3, head: 5, least: 1, power: 0 })).toThrow("power must be a finite number > 0");
  expect(() => paretoProfile({ classes: 3, head: 5, tail: 1 } as never)).toThrow('no parameter "tail"');
});
