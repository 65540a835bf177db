import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor1D } from "@tensorflow/tfjs-core";
import { DivergenceError } from "../eval/index.js";

/** Losses that are kept one by one before they become one tensor. */
const PATIENCE = 16;

/**
 * Mean loss of an epoch's images so far. Where the device computes aside (a GPU), losses are left there, and read only when
 * asked for: a step does not wait.
 */
export class RunningLoss {
  private aside: Tensor1D | undefined;
  private latest: Scalar[] = [];
  /** Images of each loss that is aside. */
  private readonly weights: number[] = [];

  constructor(
    private sum = 0,
    private images = 0,
  ) {}

  /** Takes over a loss, the mean of so many images. */
  add(loss: Scalar, images: number): void {
    this.images += images;
    if (["cpu", "simd"].includes(tf.getBackend())) {
      this.sum += loss.dataSync()[0]! * images;
      loss.dispose();
      return;
    }
    this.weights.push(images);
    this.latest.push(tf.keep(loss));
    if (this.latest.length >= PATIENCE) this.gather();
  }

  /** All that is aside, the oldest first. */
  private parts(): (Scalar | Tensor1D)[] {
    return [...(this.aside ? [this.aside] : []), ...this.latest];
  }

  private gather(): void {
    const parts = this.parts();
    this.aside = tf.keep(tf.tidy(() => tf.concat(parts.map((one) => one.as1D()))));
    tf.dispose(parts);
    this.latest = [];
  }

  /** Everything added so far, for a checkpoint. @throws DivergenceError */
  async save(): Promise<{ sum: number; images: number }> {
    const [parts, weights] = [this.parts(), this.weights.splice(0)];
    [this.aside, this.latest] = [undefined, []];
    try {
      // Where they lie, whatever device is in use now.
      const losses = (await Promise.all(parts.map((one) => one.data()))).flatMap((some) => [...some]);
      losses.forEach((loss, i) => (this.sum += loss * weights[i]!));
    } finally {
      tf.dispose(parts);
    }
    if (!Number.isFinite(this.sum))
      throw new DivergenceError(
        `The loss became ${this.sum}: the run diverged. A lower learning rate (schedule), a longer warm-up or images without NaN help`,
      );
    return { sum: this.sum, images: this.images };
  }

  /** Gives back what was not asked for. */
  dispose(): void {
    tf.dispose(this.parts());
    [this.aside, this.latest] = [undefined, []];
    this.weights.length = 0;
  }

  /** @throws DivergenceError */
  async mean(): Promise<number> {
    const { sum, images } = await this.save();
    return sum / Math.max(1, images);
  }
}
