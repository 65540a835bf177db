import * as tf from "@tensorflow/tfjs";
import * as fused from "longtail/backend/fused";
import { CompiledSteps } from "../../../dist/src/backend/compiled-steps.js";
import * as resnet32 from "../resnet32.mjs";

/** ResNet-32, a batch, and the step that trains it, as our training loop has it: what `compiled` may record and replay. */
export function recordable(count) {
  const net = resnet32.variables(fused);
  const { parameters, velocities, running } = net;
  const { images, labels } = resnet32.batch(0, count);
  const inputs = [images, tf.tidy(() => tf.cast(tf.argMax(labels, 1), "int32")), tf.scalar(0.01)];
  const step = ([x, y, learningRate]) =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => fused.crossEntropy(resnet32.model(net, x, true), y), parameters);
      const all = parameters.map(({ name }) => grads[name]);
      fused.sgd(parameters, all, velocities, { learningRate, momentum: 0.9, weightDecay: 2e-4 });
      return value;
    });
  const compiled = new CompiledSteps([
    ...parameters,
    ...velocities,
    ...running.flatMap(({ mean, variance }) => [mean, variance]),
  ]);
  return { inputs, step, compiled };
}
