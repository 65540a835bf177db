import * as tf from "@tensorflow/tfjs-core";
import type { Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs-core";
import { unit, Variables, type Named } from "../models/index.js";
import { stream } from "../random/index.js";

/** The two layers between features and what is contrasted; thrown away after pre-training. */
export class Projection {
  readonly weights: readonly Named[];
  private readonly layers: readonly { readonly matrix: Variable & Tensor2D; readonly bias: Variable & Tensor1D }[];

  /** @param prefix of the variables' names @param width of the features @param dimension of the result */
  constructor(
    prefix: string,
    private readonly width: number,
    private readonly dimension: number,
    private readonly seed: number,
  ) {
    const variables = new Variables(stream(seed, "projection"));
    const layer = (name: string, from: number, to: number) => ({
      matrix: variables.uniform<Tensor2D>(`${prefix}/${name}/matrix`, [from, to], 1 / Math.sqrt(from)),
      bias: variables.uniform<Tensor1D>(`${prefix}/${name}/bias`, [to], 1 / Math.sqrt(from)),
    });
    this.layers = [layer("hidden", width, width), layer("out", width, dimension)];
    this.weights = variables.weights;
  }

  /** @returns [batch, dimension], of length 1 each */
  apply(features: Tensor2D): Tensor2D {
    const [hidden, out] = this.layers;
    const inner = tf.relu(tf.add(tf.matMul(features, hidden!.matrix), hidden!.bias));
    return unit(tf.add(tf.matMul(inner, out!.matrix), out!.bias), 1);
  }

  /** An equal one with variables of its own. */
  copy(prefix: string): Projection {
    const copy = new Projection(prefix, this.width, this.dimension, this.seed);
    copy.weights.forEach(({ variable }, i) => variable.assign(this.weights[i]!.variable));
    return copy;
  }

  dispose(): void {
    tf.dispose(this.weights.map(({ variable }) => variable));
  }
}
