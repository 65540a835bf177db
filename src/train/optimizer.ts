import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import { sgd } from "../backend/fused/index.js";
import type { Named } from "../models/index.js";
import { check, flag, level, numberWhere, oneOf, optional, positive, withDefaults } from "../options.js";

/** Stochastic gradient descent with momentum, as PyTorch does it. */
export interface SgdSpec {
  readonly name: "sgd";
  /** Default 0.9. */
  readonly momentum?: number;
  /** Added to the gradient as weightDecay * weight, for every weight (biases and batch normalization too). Default 2e-4. */
  readonly weightDecay?: number;
  /** Default false. Only with momentum. */
  readonly nesterov?: boolean;
}

/** Adam (Kingma & Ba 2015), with weight decay coupled as in PyTorch's `Adam`. */
export interface AdamSpec {
  readonly name: "adam";
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly weightDecay?: number;
}

export type OptimizerSpec = "sgd" | "adam" | SgdSpec | AdamSpec;
export type ResolvedOptimizer = Required<SgdSpec> | Required<AdamSpec>;

const decay = optional(numberWhere("a finite number >= 0", (v) => v >= 0));
const rules = {
  sgd: { name: oneOf("sgd"), momentum: optional(level), weightDecay: decay, nesterov: optional(flag) },
  adam: {
    name: oneOf("adam"),
    beta1: optional(level),
    beta2: optional(level),
    epsilon: optional(positive),
    weightDecay: decay,
  },
};

/** An optimizer with all its defaults. @throws RangeError for an unknown name or option, or a value out of range */
export function resolveOptimizer(spec: OptimizerSpec): ResolvedOptimizer {
  const given = typeof spec === "string" ? ({ name: spec } as SgdSpec | AdamSpec) : spec;
  check("optimizer", { name: given.name }, { name: oneOf("sgd", "adam") });
  check("optimizer", given, rules[given.name]);
  if (given.name === "sgd" && given.nesterov && given.momentum === 0)
    throw new RangeError("optimizer: nesterov must go with momentum above 0 (got 0), without which it changes nothing");
  return given.name === "sgd"
    ? withDefaults<Required<SgdSpec>>({ momentum: 0.9, weightDecay: 2e-4, nesterov: false }, given)
    : withDefaults<Required<AdamSpec>>({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }, given);
}

/** Changes weights by their gradients. Its variables belong to a checkpoint. */
export interface Optimizer {
  readonly variables: readonly Named[];
  /** @param rate a tensor where the step is recorded to be replayed */
  step(gradients: readonly Tensor[], rate: number | Scalar): void;
}

/** What a weight's learning rate is multiplied by. */
export type RateFactor = (weight: Named) => number;

export function makeOptimizer(
  spec: ResolvedOptimizer,
  weights: readonly Named[],
  factor: RateFactor = () => 1,
): Optimizer {
  return spec.name === "sgd" ? makeSgd(spec, weights, factor) : makeAdam(spec, weights, factor);
}

/**
 * The gradient of each weight, of what `tf.variableGrads` found.
 * @throws Error where the loss was made without one of them
 */
export function gradientsOf(weights: readonly Named[], found: Readonly<Record<string, Tensor>>): Tensor[] {
  return weights.map(({ name, variable }) => {
    const gradient = found[variable.name];
    if (gradient) return gradient;
    throw new Error(
      `Training: expected a loss that is made with every weight, found one made without "${name}". A network that leaves a ` +
        "layer out multiplies what it makes by 0 instead; one that never uses a layer is defined without it",
    );
  });
}

function zeros(kind: string, weights: readonly Named[]): Named[] {
  return weights.map(({ name, variable }) => ({
    name: `${kind}/${name}`,
    variable: tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
  }));
}

const variablesOf = (named: readonly Named[]): Variable[] => named.map(({ variable }) => variable);

function makeSgd(
  { momentum, weightDecay, nesterov }: Required<SgdSpec>,
  weights: readonly Named[],
  factor: RateFactor,
): Optimizer {
  const variables = zeros("velocity", weights);
  const [parameters, velocities, factors] = [variablesOf(weights), variablesOf(variables), weights.map(factor)];
  return {
    variables,
    step(gradients, rate) {
      for (const one of new Set(factors)) {
        const of = <T>(all: readonly T[]): T[] => all.filter((_, i) => factors[i] === one);
        const learningRate = typeof rate === "number" ? one * rate : one === 1 ? rate : tf.mul<Scalar>(rate, one);
        const options = { learningRate, momentum, weightDecay, nesterov };
        sgd(of(parameters), of(gradients), of(velocities), options);
      }
    },
  };
}

function makeAdam(
  { beta1, beta2, epsilon, weightDecay }: Required<AdamSpec>,
  weights: readonly Named[],
  factor: RateFactor,
): Optimizer {
  const [first, second] = [zeros("first-moment", weights), zeros("second-moment", weights)];
  // Steps done, as a variable, so that a checkpoint has it.
  const steps = tf.tidy(() => tf.variable(tf.scalar(0), false));
  return {
    variables: [...first, ...second, { name: "adam/steps", variable: steps }],
    step(gradients, rate) {
      tf.tidy(() => {
        steps.assign(tf.add(steps, 1));
        // 1 - beta^t, with the digits that float32 loses where beta^t is close to 1.
        const [bias1, bias2] = [beta1, beta2].map((beta) => tf.neg(tf.expm1(tf.mul(steps, Math.log(beta)))));
        const root = tf.sqrt(bias2!);
        const size = tf.div(tf.mul(rate, root), bias1!);
        // PyTorch divides by sqrt(v / (1 - beta2^t)) + epsilon: the same with epsilon scaled.
        const small = tf.mul(epsilon, root);
        weights.forEach((weight, i) => {
          const { variable } = weight;
          const gradient = tf.add(gradients[i]!, tf.mul(variable, weightDecay));
          const [m, v] = [first[i]!.variable, second[i]!.variable];
          m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
          v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
          const change = tf.div(tf.mul(tf.mul(size, factor(weight)), m), tf.add(tf.sqrt(v), small));
          variable.assign(tf.sub(variable, change));
        });
      });
    },
  };
}
