import { resolveLoss, type LossSpec } from "./loss.js";
import { LOSSES, type LossFamily, type LossName } from "./registry.js";

/**
 * Factor of the logits in softmax: a loss on cosines brings its own.
 * @throws RangeError as `resolveLoss`
 */
export function softmaxScale(loss: LossSpec | LossName): number {
  const { name, ...choices } = resolveLoss(loss);
  return (LOSSES[name] as LossFamily<object>).softmaxScale(choices);
}
