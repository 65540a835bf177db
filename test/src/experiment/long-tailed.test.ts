import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type * as Data from "../../../src/data/index.js";
import { Examples, type ImageSet, type LoadOptions } from "../../../src/data/index.js";
import { longTailed, type LongTailedOptions } from "../../../src/experiment/index.js";
import { RandomState } from "../../../src/random/index.js";
import { PseudoLabels } from "../../../src/semi/index.js";
import { exponentialProfile, relevanceProfile, subset, unlabeledProfile } from "../../../src/tail/index.js";
import { digest, reference } from "../tail/reference.js";

/** Sets that `load` finds instead of files; others are read once. */
const placed = vi.hoisted(() => new Map<string, ImageSet>());
vi.mock("../../../src/data/index.js", async (original) => {
  const real = await original<typeof Data>();
  const read = new Map<string, Promise<ImageSet>>();
  const load = (name: string, options: LoadOptions = {}): Promise<ImageSet> => {
    const key = `${name} ${options.split ?? "train"}`;
    const set = placed.get(key);
    if (set) return Promise.resolve(set);
    if (!read.has(key) && real.has(name, options)) read.set(key, real.load(name, options));
    return read.get(key) ?? real.load(name, options);
  };
  return { ...real, load, has: (name: string) => placed.has(`${name} train`) || real.has(name) };
});

afterEach(() => {
  placed.clear();
  vi.unstubAllEnvs();
});

/** A set whose images hold nothing but their number. */
function place(name: string, split: "train" | "test", labels: ArrayLike<number>, classes = 10): void {
  const bytes = new Uint8Array(6 * labels.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < labels.length; i++) view.setUint32(6 * i, i);
  const names = Array.from({ length: classes }, (_, c) => `${name} ${c}`);
  const title = `${name}, ${split === "train" ? "training" : "test"}`;
  const set = { name: title, bytes, shape: [labels.length, 1, 2, 3] as const, labels: Uint16Array.from(labels) };
  placed.set(`${name} ${split}`, { ...set, classes: names });
}
/** Labels in disorder, so many of each class. */
const mixed = (each: number, classes = 10): number[] =>
  Array.from({ length: each * classes }, (_, i) => (i * 7919) % classes);
const numbersOf = (examples: Examples): Uint32Array =>
  Uint32Array.from({ length: examples.length }, (_, i) => Buffer.from(examples.image(i)).readUInt32BE());
const imagesOf = (...sets: Examples[]): string[] =>
  sets.flatMap((set) =>
    Array.from({ length: set.length }, (_, i) => createHash("md5").update(set.image(i)).digest("hex")),
  );

const few = { name: "stickers", head: 12, rho: 4, testImages: 2 } as const;

describe("stickers", () => {
  test("D_L has the profile, the test set is balanced, and there is no D_U unless it is asked for", async () => {
    const data = await longTailed(few);
    expect(data.name).toBe("Stickers, rho 4, head 12");
    expect(data.train.counts()).toEqual(exponentialProfile({ classes: 10, head: 12, rho: 4 }));
    expect(data.test.counts()).toEqual(new Array(10).fill(2));
    expect([data.unlabeled, data.normalization]).toEqual([undefined, undefined]);
    const step = await longTailed({ ...few, profile: "step" });
    expect(step.name).toBe("Stickers, step, rho 4, head 12");
    expect(step.train.counts()).toEqual([12, 12, 12, 12, 12, 3, 3, 3, 3, 3]);
  });

  test("by default 1000 to 10 images, as SVHN has them", async () => {
    const { name, train } = await longTailed({ name: "stickers", testImages: 1 });
    expect(name).toBe("Stickers, rho 100");
    expect(train.counts()).toEqual(reference.labeled["svhn-exp-100"]);
  });

  test.each([1, 2, 4, 8])("D_U@2x of rho_U %d; no image is twice in D_L, D_U and the test set", async (rhoU) => {
    const { name, train, test, unlabeled } = await longTailed({ ...few, rhoU, multiple: 2 });
    expect(name).toBe(`Stickers, rho 4, head 12, D_U@2x of rho_U ${rhoU}`);
    expect(unlabeled!.counts()).toEqual(unlabeledProfile({ labeled: train.counts(), rhoU, multiple: 2 }));
    expect(unlabeled!.classes).toEqual(train.classes);
    const all = imagesOf(train, unlabeled!, test);
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([0, 0.4, 0.9])("relevance %d: the rest shows other things, under a class of its own", async (relevance) => {
    const options = { ...few, rhoU: 4, multiple: 2, relevance };
    const { name, train, test, unlabeled } = await longTailed(options);
    expect(name).toBe(`Stickers, rho 4, head 12, D_U@2x of rho_U 4, relevance ${relevance} (rest: other stickers)`);
    const { relevant, irrelevant } = relevanceProfile({ labeled: train.counts(), rhoU: 4, multiple: 2, relevance });
    expect(unlabeled!.counts()).toEqual([...relevant, irrelevant]);
    expect(unlabeled!.classes).toEqual([...train.classes, "irrelevant"]);
    const all = imagesOf(train, unlabeled!, test);
    expect(new Set(all).size).toBe(all.length);
    // What they show is no class that was learned, so labels of them cannot be right.
    const labels = new Uint16Array(unlabeled!.length);
    const kept = Uint32Array.from(labels.keys());
    const pseudo = new PseudoLabels(unlabeled!, labels, new Float32Array(labels.length), kept, train.classes);
    expect(() => pseudo.quality()).toThrow(/expected images of the classes that were learned, .*truck, irrelevant/);
    expect(pseudo.examples.classes).toEqual(train.classes);
  });

  test("the seed chooses D_L and D_U, not the test set; the same seed, the same images", async () => {
    const options = { ...few, rhoU: 2, multiple: 1, relevance: 0.5 };
    const digests = async (seed?: number): Promise<string[]> => {
      const { train, unlabeled, test } = await longTailed({ ...options, ...(seed !== undefined && { seed }) });
      return [train.digest(), unlabeled!.digest(), test.digest()];
    };
    const [zero, first, again] = [await digests(), await digests(1), await digests(1)];
    expect(await digests(0)).toEqual(zero);
    expect(again).toEqual(first);
    expect(first.map((one, i) => one === zero[i])).toEqual([false, false, true]);
  });
});

describe("sets of this machine, by the numbers of their images", () => {
  test("CIFAR-100 has 100 classes and 500 images of the largest", async () => {
    place("cifar100", "train", mixed(500, 100), 100);
    place("cifar100", "test", mixed(3, 100), 100);
    const { name, train, test, normalization } = await longTailed({ name: "cifar100" });
    expect(name).toBe("cifar100, rho 100");
    expect(train.counts()).toEqual(reference.labeled["cifar100-exp-100"]);
    expect(test.length).toBe(300);
    expect(normalization?.mean).toEqual([0.4914, 0.4822, 0.4465]);
  });

  test("SVHN: 1 is the head and 0 the tail; D_U goes on in the extra set with the authors' generator", async () => {
    const [labels, extra] = [mixed(1100), mixed(6000)];
    place("svhn", "train", labels);
    place("svhn", "test", mixed(2));
    place("svhn-extra", "train", extra);
    const order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
    for (const rhoU of [1, 50, 100, 200]) {
      const { train, test, unlabeled, normalization } = await longTailed({ name: "svhn", rhoU });
      const [counts, theirs] = [reference.labeled["svhn-exp-100"]!, reference.unlabeled[`svhn-100-${rhoU}`]!];
      expect(order.map((label) => train.counts()[label])).toEqual(counts);
      expect(order.map((label) => unlabeled!.counts()[label])).toEqual(theirs);
      const random = new RandomState(0);
      expect(numbersOf(train)).toEqual(subset(labels, { counts, order, random }));
      expect(numbersOf(unlabeled!)).toEqual(subset(extra, { counts: theirs, order, random }));
      expect(test.length).toBe(20);
      expect(normalization).toEqual({ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
    }
  });

  test.each([10, 50, 100])("CIFAR-10, head 700, rho %d: what D_L leaves is enough for D_U@5x", async (rho) => {
    const labels = mixed(5000);
    place("cifar10", "train", labels);
    place("cifar10", "test", mixed(2));
    for (const rhoU of [1, rho / 2, rho, 2 * rho]) {
      const { train, unlabeled } = await longTailed({ name: "cifar10", head: 700, rho, rhoU });
      expect(unlabeled!.counts()).toEqual(unlabeledProfile({ labeled: train.counts(), rhoU }));
      const all = [...numbersOf(train), ...numbersOf(unlabeled!)];
      expect(new Set(all).size).toBe(all.length);
      expect(all.map((i) => labels[i])).toEqual([...train.labels, ...unlabeled!.labels]);
    }
  });

  test("whatever the seed, the authors' images; by draw seeded, others for each seed", async () => {
    place("cifar10", "train", mixed(80));
    place("cifar10", "test", mixed(2));
    const options = { name: "cifar10", head: 40, rho: 4, rhoU: 1, multiple: 1 } as const;
    const numbers = async (more: Partial<LongTailedOptions>): Promise<number[]> => {
      const { train, unlabeled } = await longTailed({ ...options, ...more });
      const all = [...numbersOf(train), ...numbersOf(unlabeled!)];
      expect(new Set(all).size).toBe(all.length);
      return all;
    };
    const authors = await numbers({});
    expect(await numbers({ seed: 5, draw: "authors" })).toEqual(authors);
    const [five, six] = [await numbers({ seed: 5, draw: "seeded" }), await numbers({ seed: 6, draw: "seeded" })];
    expect(await numbers({ seed: 5, draw: "seeded" })).toEqual(five);
    expect(new Set([authors, five, six].map(String)).size).toBe(3);
  });

  test("irrelevant images of CIFAR-10 are CIFAR-100's, other ones for each seed, and the name says so", async () => {
    place("cifar10", "train", mixed(300));
    place("cifar10", "test", mixed(2));
    place("cifar100", "train", mixed(5, 100), 100);
    const options = { name: "cifar10", head: 40, rho: 2, rhoU: 1, multiple: 1, relevance: 0.25 } as const;
    const { name, train, unlabeled } = await longTailed(options);
    expect(name).toBe("cifar10, rho 2, head 40, D_U@1x of rho_U 1, relevance 0.25 (rest: CIFAR-100)");
    const { relevant, irrelevant } = relevanceProfile({
      labeled: train.counts(),
      rhoU: 1,
      multiple: 1,
      relevance: 0.25,
    });
    expect(unlabeled!.counts()).toEqual([...relevant, irrelevant]);
    const others = numbersOf(unlabeled!).slice(-irrelevant);
    expect(new Set(others).size).toBe(irrelevant);
    expect(Math.max(...others)).toBeGreaterThan(250); // from all of it
    const otherwise = (await longTailed({ ...options, seed: 1 })).unlabeled!;
    expect(numbersOf(otherwise).slice(-irrelevant)).not.toEqual(others);
  });

  test("a profile that the set cannot fill: every class that lacks images", async () => {
    place("cifar10", "train", mixed(50));
    place("cifar10", "test", mixed(2));
    await expect(longTailed({ name: "cifar10", head: 60, rho: 1.3 })).rejects.toThrow(
      /too few images.*class 0 \(cifar10 0\): asked 60, found 50; class 1 .* asked 58.*Choose a smaller head or multiple/,
    );
    await expect(longTailed({ name: "cifar10", head: 50, rho: 2, rhoU: 2 })).rejects.toThrow(
      /class 0 \(cifar10 0\): asked \d+, found 0;/,
    );
  });
});

describe("what is not here is an error that says how to get it", () => {
  const empty = mkdtempSync(join(tmpdir(), "long-tailed-"));
  afterEach(() => rmSync(empty, { recursive: true, force: true }));
  test.each(["cifar10", "cifar100", "svhn"] as const)("%s", async (name) => {
    vi.stubEnv("LONGTAIL_DATASETS", empty);
    await expect(longTailed({ name })).rejects.toThrow(
      new RegExp(`"${name}" \\(train\\) is not on this machine.*To get it: npx longtail data get ${name}$`),
    );
  });
  test("the extra set of SVHN, which D_U comes from", async () => {
    vi.stubEnv("LONGTAIL_DATASETS", empty);
    place("svhn", "train", mixed(1000));
    place("svhn", "test", mixed(2));
    await expect(longTailed({ name: "svhn", rhoU: 1 })).rejects.toThrow(/To get it: npx longtail data get svhn-extra$/);
  });
});

test.each<[object, string]>([
  [{}, 'name must be "stickers" or "plain-stickers" or "cifar10"'],
  [{ name: "mnist" }, 'name must be "stickers" or "plain-stickers" or "cifar10"'],
  [{ ...few, rhou: 3 }, 'there is no parameter "rhou"'],
  [{ ...few, rhou: 3 }, "Did you mean rhoU?"],
  [{ ...few, rho: 0.5 }, "rho must be a finite number >= 1 (got 0.5)"],
  [{ ...few, rho: "100" }, 'rho must be a finite number >= 1 (got "100")'],
  [{ ...few, head: 12.5 }, "head must be an integer >= 1 (got 12.5)"],
  [{ ...few, rho: 50 }, "class 6 would have no image with head 12 and rho 50"],
  [{ ...few, profile: "linear" }, 'profile must be "exponential" or "step"'],
  [{ ...few, rhoU: NaN }, "rhoU must be a finite number >= 1 (got NaN)"],
  [{ ...few, rhoU: 2, relevance: 1.5 }, "relevance must be a number in [0, 1] (got 1.5)"],
  [{ ...few, rhoU: 2, multiple: 0 }, "multiple must be a finite number > 0 (got 0)"],
  [{ ...few, rhoU: 2, multiple: 0.01 }, "times multiple 0.01 times relevance 1 are too few for 10 classes"],
  [{ ...few, rhoU: 2, multiple: 0.005, relevance: 0 }, "Choose a larger multiple or head"],
  [{ ...few, rhoU: 2, multiple: 0.2, relevance: 0.5 }, "no image of the classes of D_L"],
  [{ ...few, multiple: 5 }, "multiple changes nothing without rhoU"],
  [{ ...few, relevance: 0.5 }, "relevance changes nothing without rhoU"],
  [{ ...few, draw: "authors" }, 'draw "authors" changes nothing with stickers'],
  [{ name: "svhn", testImages: 3 }, "testImages changes nothing with svhn: its whole test set is taken"],
  [{ ...few, seed: 0.5 }, "seed must be a safe integer (got 0.5)"],
])("%j is refused", async (options, message) => {
  const error: unknown = await longTailed(options as never).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(RangeError);
  expect((error as Error).message).toContain(message);
});

const datasets = process.env["LONGTAIL_DATASETS"];
describe("real labels and images", () => {
  test("CIFAR-10: the authors' images, with a name that says what they went through", async ({ skip }) => {
    if (datasets === undefined || !existsSync(join(datasets, "cifar10", "train.jpg32")))
      skip("needs LONGTAIL_DATASETS with CIFAR-10 in JPEG re-encoding");
    const { load } = await import("../../../src/data/index.js");
    const set = await load("cifar10");
    const { name, train, test } = await longTailed({ name: "cifar10" });
    expect(name).toBe("CIFAR-10 in JPEG re-encoding, rho 100");
    const counts = reference.labeled["cifar10-exp-100"]!;
    const chosen = subset(set.labels, { counts, random: new RandomState(0) });
    expect([...chosen.slice(0, 3)]).toEqual([4030, 38518, 48266]);
    expect(digest(chosen)).toBe(reference.authors["cifar10-exp-100"]);
    expect(train.digest()).toBe(Examples.of(set, chosen).digest());
    expect(test.counts()).toEqual(new Array(10).fill(1000));
    const small = await longTailed({ name: "cifar10", head: 700, rhoU: 200 });
    expect(small.name).toBe("CIFAR-10 in JPEG re-encoding, rho 100, head 700, D_U@5x of rho_U 200");
    expect(small.unlabeled!.counts()).toEqual(unlabeledProfile({ labeled: small.train.counts(), rhoU: 200 }));
    await expect(longTailed({ name: "cifar10", rhoU: 100 })).rejects.toThrow(
      "class 0 (airplane): asked 24999, found 0; class 1 (automobile): asked 14984, found 2003;",
    );
  });

  test("SVHN: the authors' images by the real labels", async ({ skip }) => {
    const file = join(datasets ?? "", "svhn", "train-labels.u8");
    if (datasets === undefined || !existsSync(file)) skip("needs LONGTAIL_DATASETS with the training labels of SVHN");
    place("svhn", "train", readFileSync(file));
    place("svhn", "test", mixed(2));
    const { train } = await longTailed({ name: "svhn" });
    expect(digest(numbersOf(train))).toBe(reference.authors["svhn-exp-100"]);
  });
});
