import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Step } from "../../../src/train/task.js";

/** What the loop does of a step, one by one: what comes before the gradients is done here. To be used in a tidy. */
export function prepared(step: Step): { readonly loss: () => Scalar; readonly after: () => void } {
  const inputs: readonly Tensor[] = step.inputs ?? [];
  const constants = step.constants?.(inputs) ?? [];
  return { loss: () => step.loss(inputs, constants), after: () => step.after?.(constants, inputs) };
}
