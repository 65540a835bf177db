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

/**
 * What is needed of a TensorFlow.js namespace: pass `tf` itself. Its backend must be able to read synchronously.
 * Arguments are `never` because they are of TensorFlow.js's class Tensor, which is not imported here; any tensor that
 * the same namespace made will do.
 */
export interface TensorNamespace {
  tensor2d(values: Float32Array, shape: [number, number]): TensorHandle;
  square(x: never): TensorHandle;
  sum(x: never, axis: number): TensorHandle;
}

export interface TensorHandle {
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

/** As `inBlocks`, in blocks of a million numbers whose squares are summed by TensorFlow.js, in single precision. */
export function onTensors(tf: TensorNamespace, d: number): DrawNorms {
  const rows = Math.max(1, Math.floor(1048576 / d));
  const block = new Float32Array(rows * d);
  return (random, n, each) => {
    for (let done = 0; done < n; done += rows) {
      const count = Math.min(rows, n - done);
      const points = tf.tensor2d(random.fillNormal(block.slice(0, count * d)), [count, d]);
      const squares = tf.square(points as never);
      const sums = tf.sum(squares as never, 1);
      const norms = sums.dataSync();
      for (let i = 0; i < count; i++) each(norms[i]!);
      for (const tensor of [points, squares, sums]) tensor.dispose();
    }
  };
}
