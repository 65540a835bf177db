import type { Tensor1D, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import { convBatchNorm, follow, residualBlock, type Followed, type Statistics } from "../backend/fused/index.js";
import type { Variables } from "./variables.js";

/**
 * How batch normalization works: "train" by the batch's own statistics, which the running ones follow; "batch" by the
 * batch's own, and the running ones stay as they are; "eval" by the running ones.
 */
export type Mode = "train" | "batch" | "eval";

/** Share of the batch in the running statistics: PyTorch's default momentum. */
const FOLLOW = 0.1;

export interface ConvNormOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Whether a ReLU follows. Default true. */
  readonly relu?: boolean;
  /** Whether the gradient by what comes in is wanted: not of a first layer. Default true. */
  readonly inputGradient?: boolean;
  /** Groups of a batch that are normalized apart; divides it. Default 1. */
  readonly groups?: number;
}

/** A convolution without bias, with batch normalization. */
export class ConvNorm {
  readonly filter: Variable & Tensor4D;
  readonly gamma: Variable & Tensor1D;
  readonly beta: Variable & Tensor1D;
  readonly running: { readonly mean: Variable & Tensor1D; readonly variance: Variable & Tensor1D };

  /** Filters begin as He et al. (2015) have it: normal, of variance 2 / fan in. */
  constructor(variables: Variables, name: string, size: number, inputs: number, outputs: number) {
    this.filter = variables.normal(
      `${name}/filter`,
      [size, size, inputs, outputs],
      Math.sqrt(2 / (size * size * inputs)),
    );
    this.gamma = variables.constant(`${name}/gamma`, outputs, 1);
    this.beta = variables.constant(`${name}/beta`, outputs, 0);
    this.running = {
      mean: variables.statistic(`${name}/mean`, outputs, 0),
      variance: variables.statistic(`${name}/variance`, outputs, 1),
    };
  }

  apply(x: Tensor4D, mode: Mode, options: ConvNormOptions = {}): Tensor4D {
    const { filter, gamma, beta } = this;
    const given = mode === "eval" ? { statistics: this.running } : {};
    const { y, statistics } = convBatchNorm({ x, filter, gamma, beta }, { ...options, ...given });
    if (mode === "train") follow(this.followed(statistics, y), FOLLOW);
    return y;
  }

  /** The running statistics, and those of a batch, or of its groups, that they follow, the variance without bias. */
  followed({ mean, variance }: Statistics, { size }: Tensor4D): Followed[] {
    const count = size / mean.size;
    const { running } = this;
    return [
      { average: running.mean, now: mean },
      { average: running.variance, now: variance, factor: count / Math.max(1, count - 1) },
    ];
  }
}

/** The basic block with a shortcut of kind A, as one operation. */
export class ResidualBlock {
  private readonly first: ConvNorm;
  private readonly second: ConvNorm;

  constructor(
    variables: Variables,
    name: string,
    inputs: number,
    outputs: number,
    private readonly stride: number,
  ) {
    this.first = new ConvNorm(variables, `${name}/conv1`, 3, inputs, outputs);
    this.second = new ConvNorm(variables, `${name}/conv2`, 3, outputs, outputs);
  }

  /** @param groups of a batch that are normalized apart; divides it */
  apply(x: Tensor4D, mode: Mode, groups = 1): Tensor4D {
    const { first, second, stride } = this;
    const inputs = {
      x,
      ...{ filter1: first.filter, gamma1: first.gamma, beta1: first.beta },
      ...{ filter2: second.filter, gamma2: second.gamma, beta2: second.beta },
    };
    const given = mode === "eval" ? { statistics: [first.running, second.running] as const } : {};
    const { y, statistics } = residualBlock(inputs, { stride, groups, ...given });
    if (mode === "train") follow([...first.followed(statistics[0], y), ...second.followed(statistics[1], y)], FOLLOW);
    return y;
  }
}
