import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Stream } from "../random/index.js";

/** A variable and what it is called in its network: "stage1/block0/conv1/filter". */
export interface Named<V extends Tensor = Tensor> {
  readonly name: string;
  readonly variable: Variable & V;
}

/** A model or layer of TensorFlow.js, as far as its variables go. Its own names count on from model to model. */
export interface Layers {
  readonly weights: readonly { read(): Tensor }[];
}

/** Those of layers that are a network's already: two networks that shared them would learn each other's lessons. */
const ADOPTED = new WeakSet<Variable>();

/** The variables of a network while it is built. Each draws from a stream of its own name, so that none depends on others. */
export class Variables {
  /** What gradients change, in the order of the network. */
  readonly weights: Named[] = [];
  /** Running means and variances of batch normalizations. */
  readonly statistics: Named[] = [];

  constructor(private readonly stream: Stream) {}

  /** Normal numbers around 0. */
  normal<V extends Tensor>(name: string, shape: readonly number[], deviation: number): Variable & V {
    const values = this.stream.split(name).fillNormal(new Float32Array(tf.util.sizeFromShape(shape as number[])));
    return this.add(
      this.weights,
      name,
      shape,
      values.map((x) => x * deviation),
    );
  }

  /** Uniform numbers between -bound and bound. */
  uniform<V extends Tensor>(name: string, shape: readonly number[], bound: number): Variable & V {
    const values = this.stream.split(name).fillUniform(new Float32Array(tf.util.sizeFromShape(shape as number[])));
    return this.add(
      this.weights,
      name,
      shape,
      values.map((x) => (2 * x - 1) * bound),
    );
  }

  /** Columns of a matrix, uniform in direction as the authors draw them: U(-1, 1), scaled to length 1. */
  unitColumns<V extends Tensor>(name: string, [rows, columns]: readonly [number, number]): Variable & V {
    const values = this.stream.split(name).fillUniform(new Float32Array(rows * columns));
    for (let c = 0; c < columns; c++) {
      let square = 0;
      for (let i = c; i < values.length; i += columns) square += (values[i] = 2 * values[i]! - 1) ** 2;
      for (let i = c; i < values.length; i += columns) values[i]! /= Math.sqrt(square);
    }
    return this.add(this.weights, name, [rows, columns], values);
  }

  constant<V extends Tensor>(name: string, length: number, value: number): Variable & V {
    return this.add(this.weights, name, [length], new Float32Array(length).fill(value));
  }

  statistic<V extends Tensor>(name: string, length: number, value: number): Variable & V {
    return this.add(this.statistics, name, [length], new Float32Array(length).fill(value), false);
  }

  /**
   * A whole number from 0 to 2^31 - 1 for an initializer of TensorFlow.js, by the network's seed and a name:
   * `tf.initializers.heNormal({ seed: variables.seed("first") })`.
   */
  seed(name: string): number {
    return this.stream.split(name).integer(2 ** 31);
  }

  /**
   * Takes over the variables of layers of TensorFlow.js: those that are trainable are learned, the others are kept and saved
   * beside them. They begin with the values that TensorFlow.js gave them, others in each run unless each initializer was given a
   * seed: `variables.seed(name)`. (Its dropout has other masks in each run; with a seed, one mask for all steps.)
   * @param model such as `tf.sequential(...)` or one that was read, made anew at every call of what builds the backbone
   * @throws RangeError where there is a variable of that name already, as for every variable, or the layers are a network's already
   */
  adopt(name: string, model: Layers): void {
    model.weights.forEach((weight, i) => {
      const variable = weight.read() as Variable;
      if (ADOPTED.has(variable))
        throw new RangeError(
          `models.Variables: the layers "${name}" are another network's already; make them anew within the function that ` +
            "models.define is given, which is called for each network",
        );
      ADOPTED.add(variable);
      this.put(variable.trainable ? this.weights : this.statistics, { name: `${name}/${i}`, variable });
    });
  }

  private add<V extends Tensor>(
    list: Named[],
    name: string,
    shape: readonly number[],
    values: Float32Array,
    trainable = true,
  ): Variable & V {
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape as number[]), trainable));
    this.put(list, { name, variable });
    return variable as Variable & V;
  }

  /** A file keeps values by name: of two variables with one, it would give both the values of the second. */
  private put(list: Named[], one: Named): void {
    list.push(one);
    if ([...this.weights, ...this.statistics].filter(({ name }) => name === one.name).length > 1)
      throw new RangeError(`models.Variables: there is a "${one.name}" already; give each layer a name of its own`);
  }
}
