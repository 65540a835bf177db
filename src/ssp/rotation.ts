import { check, oneOf, optional } from "../options.js";
import { recipeRules, type AugmentationChoice } from "../train/recipe.js";
import { pretextTask } from "./pretext.js";
import { pretrainBy, pretrainRules, type Pretrained, type PretrainOptions } from "./pretrain.js";
import { allOfEach, oneEach, rotate } from "./rotate.js";

export interface RotationOptions extends PretrainOptions {
  /**
   * "one": each image of a batch is turned by one of the four rotations, a quarter of them by each, as the authors' code does
   * (the default). "all": each image is shown in all four, as the method's own authors do (Gidaris et al. 2018); four times
   * the work.
   */
  readonly rotations?: "one" | "all";
  /** Default as in `train.fit`. */
  readonly augmentation?: AugmentationChoice | "none";
}

/**
 * Pre-training by telling by how many quarters an image was turned: the paper's choice for CIFAR-LT (section 4.2), with the
 * recipe of the CIFAR runs. The metric `rotation` is the accuracy of that on the test set.
 * @throws RangeError for an unknown option, a value out of range, images that are not square; else as `train.fit`
 */
export async function rotation(options: RotationOptions): Promise<Pretrained> {
  check("rotation", options, {
    ...pretrainRules,
    ...{ rotations: optional(oneOf("one", "all")), augmentation: recipeRules.augmentation },
  });
  const { rotations = "one", ...rest } = options;
  const method = {
    ...({ name: "rotation", choices: { rotations }, classes: 4, schedule: "paper", optimizer: "sgd" } as const),
    augmentation: options.augmentation,
  };
  return pretrainBy(method, rest, (network, task) => {
    const [height, width] = task.train.shape;
    if (height !== width)
      throw new RangeError(
        `rotation: expected square images, found ${height} x ${width}; a quarter turn would not fit`,
      );
    if (rotations === "all") return pretextTask(network, task, "rotation", (images) => allOfEach(images, 4, rotate));
    return pretextTask(network, task, "rotation", (images, cut) => oneEach(images, 4, rotate, cut), 4);
  });
}
