import type { Stream } from "../../random/index.js";

/** Draws n standard normal points in R^d from a stream and calls `each` with the squared length of every one. */
export type DrawNorms = (random: Stream, n: number, each: (squaredNorm: number) => void) => void;

/** Points are drawn into a block that stays in the processor's cache. */
export function inBlocks(d: number): DrawNorms {
  const rows = Math.max(1, Math.floor(4096 / d));
  const block = new Float64Array(rows * d);
  return (random, n, each) => {
    for (let done = 0; done < n; done += rows) {
      const size = Math.min(rows, n - done) * d;
      random.fillNormal(size === block.length ? block : block.subarray(0, size));
      for (let at = 0; at < size; at += d) {
        let sum = 0;
        for (let i = at; i < at + d; i++) sum += block[i]! * block[i]!;
        each(sum);
      }
    }
  };
}
