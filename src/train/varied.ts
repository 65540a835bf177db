import type { BatchesOptions } from "../data/index.js";
import type { Stream } from "../random/index.js";
import type { ResolvedRecipe } from "./recipe.js";

/** How the batches of an epoch vary their images. @param stream of all epochs */
export function varied(
  augmentation: ResolvedRecipe["augmentation"],
  stream: Stream,
  epoch: number,
): Pick<BatchesOptions, "augmentation"> {
  if (augmentation === "none") return {};
  return { augmentation: { stream: stream.split(`epoch ${epoch}`), ...augmentation } };
}
