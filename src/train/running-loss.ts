import * as tf from "@tensorflow/tfjs-core";
import type { Scalar } from "@tensorflow/tfjs-core";
import { DivergenceError } from "../eval/index.js";

/**
 * Mean loss of an epoch's images so far. Where the device computes aside (a GPU), losses are added up there, and read only
 * when asked for: a step does not wait.
 */
export class RunningLoss {
  private aside: Scalar | undefined;

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
    const before = this.aside;
    this.aside = tf.keep(tf.tidy(() => tf.add<Scalar>(before ?? 0, tf.mul(loss, images))));
    tf.dispose([loss, ...(before ? [before] : [])]);
  }

  /** Everything added so far, for a checkpoint. @throws DivergenceError */
  async save(): Promise<{ sum: number; images: number }> {
    if (this.aside) {
      const aside = this.aside;
      this.aside = undefined;
      this.sum += (await aside.data())[0]!;
      aside.dispose();
    }
    if (!Number.isFinite(this.sum))
      throw new DivergenceError(
        `The loss became ${this.sum}: the run diverged. A lower learning rate (schedule), a longer warm-up or images without NaN help`,
      );
    return { sum: this.sum, images: this.images };
  }

  /** @throws DivergenceError */
  async mean(): Promise<number> {
    const { sum, images } = await this.save();
    return sum / Math.max(1, images);
  }
}
