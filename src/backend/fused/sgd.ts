import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.js";
import { requireOperands } from "./operands.js";
import { makeOwn } from "./own.js";

export interface SgdOptions {
  /** A tensor where the step is captured and replayed, as its rate changes. */
  readonly learningRate: number | Scalar;
  /** Default 0. */
  readonly momentum?: number;
  /** Added to the gradient as weightDecay * parameter, for every parameter. Default 0. */
  readonly weightDecay?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/**
 * One step of stochastic gradient descent as PyTorch does it: v = momentum * v + (gradient + weightDecay * parameter),
 * parameter -= learningRate * v (with Nesterov: gradient + weightDecay * parameter + momentum * v in place of v). Changes
 * parameters and velocities in place.
 * @throws RangeError unless there are a gradient and a velocity for each parameter, all float32 and of its shape
 */
export function sgd(
  parameters: readonly Variable[],
  gradients: readonly Tensor[],
  velocities: readonly Variable[],
  { learningRate, momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions,
): void {
  const options = { learningRate, momentum, weightDecay, nesterov };
  if (gradients.length !== parameters.length || velocities.length !== parameters.length)
    throw new RangeError(
      `sgd: expected a gradient and a velocity for each of ${parameters.length} parameters, found ${gradients.length} and ` +
        `${velocities.length}`,
    );
  parameters.forEach((parameter, i) => {
    const [gradient, velocity] = [gradients[i]!, velocities[i]!];
    const { shape } = parameter;
    requireOperands("sgd", { parameter: [parameter, shape], gradient: [gradient, shape], velocity: [velocity, shape] });
  });
  if (!hasKernel("SgdMomentum")) return sgdReference(parameters, gradients, velocities, options);
  for (const variable of [...parameters, ...velocities]) makeOwn(variable);
  const named: Record<string, Tensor> = {};
  parameters.forEach((parameter, i) => {
    for (const [name, tensor] of Object.entries({ parameter, gradient: gradients[i]!, velocity: velocities[i]! }))
      named[`${name}${i}`] = tensor;
  });
  const attrs = { momentum, decay: weightDecay, nesterov };
  if (typeof learningRate === "number") runKernel("SgdMomentum", named, { ...attrs, rate: learningRate });
  else runKernel("SgdMomentum", { ...named, rate: learningRate }, attrs);
}

/** The same, composed of TensorFlow.js's operations. */
export function sgdReference(
  parameters: readonly Variable[],
  gradients: readonly Tensor[],
  velocities: readonly Variable[],
  { learningRate, momentum = 0, weightDecay = 0, nesterov = false }: SgdOptions,
): void {
  parameters.forEach((parameter, i) =>
    tf.tidy(() => {
      const velocity = velocities[i]!;
      const slope = tf.add(gradients[i]!, tf.mul(parameter, weightDecay));
      velocity.assign(tf.add(tf.mul(velocity, momentum), slope));
      const step = nesterov ? tf.add(slope, tf.mul(velocity, momentum)) : velocity;
      parameter.assign(tf.sub(parameter, tf.mul(step, learningRate)));
    }),
  );
}
