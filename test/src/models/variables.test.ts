import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { names, build, resnet20, resnet32, small, type Named, type Network } from "../../../src/models/index.js";

beforeAll(() => use("simd"));

const values = ({ variable }: Named): Float32Array => variable.dataSync<"float32">();
/** What tells apart the bits of a variable. */
const bits = (one: Named): string => createHash("sha256").update(values(one)).digest("hex");
const named = (network: Network, name: string): Named =>
  [...network.weights, ...network.statistics].find((one) => one.name === name)!;

/** Mean and mean square of numbers, in standard errors from what normal ones of this deviation have. */
function zScores(all: Float32Array, deviation: number): { mean: number; square: number; fourth: number } {
  const n = all.length;
  const sums = [0, 0, 0, 0, 0];
  for (const value of all) {
    const x = value / deviation;
    sums[1]! += x;
    sums[2]! += x * x;
    sums[4]! += x ** 4;
  }
  const moment = (p: number): number => sums[p]! / n;
  return {
    mean: moment(1) * Math.sqrt(n),
    square: (moment(2) - 1) * Math.sqrt(n / 2),
    fourth: (moment(4) - 3) * Math.sqrt(n / 96),
  };
}

describe("a new network", () => {
  test("convolutions and FC: normal, of variance 2 / fan in (within 5 standard errors, each of them)", () => {
    let [count, worst] = [0, 0];
    for (const network of [resnet32({ classes: 100, seed: 3 }), build("resnet10", { classes: 10, seed: 4 })]) {
      for (const one of network.weights.filter(({ name }) => /filter|matrix/.test(name))) {
        const fanIn = one.variable.shape.slice(0, -1).reduce((a, b) => a * b, 1);
        for (const z of Object.values(zScores(values(one), Math.sqrt(2 / fanIn)))) {
          expect(Math.abs(z), one.name).toBeLessThan(5);
          worst = Math.max(worst, Math.abs(z));
          count++;
        }
      }
      network.dispose();
    }
    console.log(`${count} moments, at most ${worst.toFixed(1)} standard errors off`);
    expect(count).toBe(3 * (32 + 13));
  });

  test("no two filters are alike", () => {
    const network = resnet32({ classes: 10 });
    const first = network.weights.filter(({ name }) => name.endsWith("filter")).map((one) => values(one)[0]!);
    const scaled = first.map((x, i) => x / Math.sqrt(2 / (9 * (i === 0 ? 3 : i <= 11 ? 16 : i <= 21 ? 32 : 64))));
    expect(new Set(scaled.map((x) => x.toFixed(4))).size).toBeGreaterThan(first.length - 2);
    network.dispose();
  });

  test("biases of FC: within 1 / 8, and all over it", () => {
    const network = resnet32({ classes: 1000, seed: 5 });
    const bias = values(named(network, "classifier/bias"));
    expect(Math.max(...bias)).toBeLessThanOrEqual(1 / 8);
    expect(Math.min(...bias)).toBeGreaterThanOrEqual(-1 / 8);
    expect(Math.max(...bias)).toBeGreaterThan(0.12);
    expect(Math.min(...bias)).toBeLessThan(-0.12);
    expect(Math.abs(bias.reduce((a, b) => a + b, 0) / 1000)).toBeLessThan((5 / 8) * Math.sqrt(1 / 3000));
    network.dispose();
  });

  test("a cosine head: columns of length 1, of uniform components, no bias", () => {
    const network = small({ classes: 500, head: "cosine", seed: 6 });
    const matrix = named(network, "classifier/matrix");
    expect(matrix.variable.shape).toEqual([64, 500]);
    expect(named(network, "classifier/bias")).toBeUndefined();
    const all = values(matrix);
    const largest: number[] = [];
    for (let c = 0; c < 500; c++) {
      const column = Array.from({ length: 64 }, (_, row) => all[row * 500 + c]!);
      expect(Math.hypot(...column)).toBeCloseTo(1, 6);
      largest.push(Math.max(...column.map(Math.abs)));
    }
    // Uniform ones of length 1 have none far from the others: sqrt(3 / 64) = 0.217; normal ones reach 0.33 on average.
    expect(Math.max(...largest)).toBeLessThan(0.27);
    expect(Math.abs(all.reduce((a, b) => a + b, 0))).toBeLessThan(5 * Math.sqrt(500));
    network.dispose();
  });

  test("batch normalization: gamma 1, beta 0, running mean 0 and variance 1", () => {
    const network = resnet20({ classes: 10 });
    const start = { gamma: 1, beta: 0, mean: 0, variance: 1 };
    for (const [kind, value] of Object.entries(start)) {
      const all = [...network.weights, ...network.statistics].filter(({ name }) => name.endsWith(`/${kind}`));
      expect(all).toHaveLength(19);
      for (const one of all) expect(new Set(values(one))).toEqual(new Set([value]));
    }
    expect(network.weights.every(({ variable }) => variable.trainable)).toBe(true);
    expect(network.statistics.some(({ variable }) => variable.trainable)).toBe(false);
    network.dispose();
  });
});

describe("seeds", () => {
  test("the same seed gives the same bits, another gives others, in every variable that is drawn", () => {
    const [one, same, other] = [7, 7, 8].map((seed) => resnet20({ classes: 10, seed })) as [Network, Network, Network];
    one.weights.forEach(({ name }, i) => {
      const [a, b, c] = [one, same, other].map((network) => bits(network.weights[i]!));
      expect(b).toBe(a);
      if (!/gamma|beta/.test(name)) expect(c).not.toBe(a);
    });
    [one, same, other].forEach((network) => network.dispose());
  });

  test("a variable depends on its name and shape alone: the backbone is the same under another head or number of classes", () => {
    const all = [
      resnet20({ classes: 10, seed: 7 }),
      resnet20({ classes: 100, seed: 7 }),
      resnet20({ classes: 10, head: "cosine", seed: 7 }),
    ];
    for (const { name } of all[0]!.weights.filter((each) => !each.name.startsWith("classifier/")))
      for (const network of all.slice(1)) expect(bits(named(network, name))).toBe(bits(named(all[0]!, name)));
    all.forEach((network) => network.dispose());
  });

  test("names are those of no other variable, in every kind of network", () => {
    for (const name of names.filter((each) => each !== "resnet50")) {
      const network = build(name, { classes: 2 });
      const all = [...network.weights, ...network.statistics].map((one) => one.name);
      expect(new Set(all).size).toBe(all.length);
      network.dispose();
    }
  });
});
