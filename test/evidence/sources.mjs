/** Where labeled, unlabeled, irrelevant and test images come from. */
import { data } from "longtail";

export const SOURCES = {
  async stickers(seed) {
    return {
      test: data.Examples.of(data.stickers({ counts: 300, split: "test" })),
      labeled: (counts) => data.Examples.of(data.stickers({ counts, seed })),
      unlabeled: (counts) => data.Examples.of(data.stickers({ counts, seed, split: "unlabeled" })),
      irrelevant: (count) => {
        const each = Array.from({ length: 10 }, (_, c) => Math.floor(count / 10) + (c < count % 10 ? 1 : 0));
        return data.Examples.of(data.stickers({ counts: each, seed, kind: "other", split: "unlabeled" }));
      },
    };
  },
};
