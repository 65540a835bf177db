import type { ResolvedLossSpec } from "./loss.js";

/** Factor of the logits in softmax: a loss on cosines brings its own. */
export function softmaxScale(loss: ResolvedLossSpec): number {
  return loss.name === "ldam" ? loss.scale : 1;
}
