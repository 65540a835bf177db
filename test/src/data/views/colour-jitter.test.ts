import { describe, expect, test } from "vitest";
import { colourJitter, randomJitter } from "../../../../src/data/views/colour-jitter.js";
import { stream } from "../../../../src/random/index.js";
import { expectClose, floatImage } from "./reference.js";

describe("randomJitter", () => {
  const random = stream(5);
  const drawn = Array.from({ length: 6000 }, () =>
    randomJitter(random, { brightness: 0.4, contrast: 0.2, saturation: 1.5, hue: 0.1 }),
  );

  test("each of the 24 orders comes equally often", () => {
    const counts = new Map<string, number>();
    for (const { order } of drawn) counts.set(order.join(""), (counts.get(order.join("")) ?? 0) + 1);
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 250) ** 2 / 250, 0);
    // 23 degrees of freedom: passed once in a thousand times.
    expect(chiSquare).toBeLessThan(49.73);
  });

  test.each([
    ["brightness", 0, 0.6, 1.4],
    ["contrast", 1, 0.8, 1.2],
    ["saturation, whose factor does not go below 0,", 2, 0, 2.5],
    ["hue", 3, -0.1, 0.1],
  ] as const)("%s is uniform in its range", (_, which, least, most) => {
    const shares = drawn.map(({ amounts }) => (amounts[which] - least) / (most - least)).sort((a, b) => a - b);
    const distance = Math.max(...shares.map((v, i) => Math.max((i + 1) / 6000 - v, v - i / 6000)));
    // Kolmogorov: passed once in a thousand times.
    expect(distance).toBeLessThan(1.949 / Math.sqrt(6000));
  });

  test("strength 0 draws what changes nothing", () => {
    const none = randomJitter(random, { brightness: 0, contrast: 0, saturation: 0, hue: 0 });
    expect(none.amounts.map(Math.abs)).toEqual([1, 1, 1, 0]);
    const image = floatImage(3);
    expectClose(colourJitter(image, none).values, floatImage(3).values, 0);
  });
});

test("the order counts", () => {
  const amounts = [1.4, 0.6, 1.2, 0.1] as const;
  const one = colourJitter(floatImage(3), { order: Uint8Array.of(0, 1, 2, 3), amounts });
  const other = colourJitter(floatImage(3), { order: Uint8Array.of(1, 0, 2, 3), amounts });
  expect(Math.max(...one.values.map((v, i) => Math.abs(v - other.values[i]!)))).toBeGreaterThan(0.05);
});
