/** Where labeled, unlabeled, irrelevant and test images come from, by data set. */
import { data, random, tail } from "longtail";

/** So many of the other stickers, of all their classes. */
function otherStickers(count, seed) {
  const counts = Array.from({ length: 10 }, (_, c) => Math.floor(count / 10) + (c < count % 10 ? 1 : 0));
  return data.Examples.of(data.stickers({ counts, seed, kind: "other", split: "unlabeled" }));
}

export const SOURCES = {
  async stickers(seed) {
    return {
      test: data.Examples.of(data.stickers({ counts: 300, split: "test" })),
      labeled: (counts) => data.Examples.of(data.stickers({ counts, seed })),
      unlabeled: (counts) => data.Examples.of(data.stickers({ counts, seed, split: "unlabeled" })),
      irrelevant: (count) => otherStickers(count, seed),
    };
  },

  /**
   * CIFAR-10's own training images, also for D_U (Tiny Images are withdrawn): with a head of 700 what D_L leaves is enough.
   * Irrelevant images are stickers. Ours, not the paper's.
   */
  async cifar10(seed) {
    const [train, test] = [await data.load("cifar10"), await data.load("cifar10", { split: "test" })];
    let chosen;
    const draw = (counts, name, exclude) =>
      tail.subset(train.labels, {
        counts,
        random: random.stream(seed, name),
        classes: train.classes,
        ...(exclude && { exclude }),
      });
    return {
      test: data.Examples.of(test),
      labeled(counts) {
        const indices = draw(counts, "labeled");
        chosen ??= indices; // the long-tailed set is asked for first
        return data.Examples.of(train, indices);
      },
      unlabeled: (counts) => data.Examples.of(train, draw(counts, "unlabeled", chosen)),
      irrelevant: (count) => otherStickers(count, seed),
    };
  },
};
