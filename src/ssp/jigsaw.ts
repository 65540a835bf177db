import type { Tensor4D } from "@tensorflow/tfjs-core";
import { check, numberWhere, optional, type Rule } from "../options.js";
import { recipeRules, type AugmentationChoice } from "../train/recipe.js";
import { pretextTask } from "./pretext.js";
import { pretrainBy, pretrainRules, type Pretrained, type PretrainOptions } from "./pretrain.js";
import { oneEach } from "./rotate.js";
import { shuffleTiles, tileOrders } from "./tiles.js";

export interface JigsawOptions extends PretrainOptions {
  /** Tiles on each side. Default 2; pixels that fill no tile are left away. */
  readonly grid?: 2 | 3;
  /** How many orders of the tiles there are to tell apart. Default all 24 of a 2 x 2 grid, 30 of a 3 x 3 one. */
  readonly orders?: number;
  /** Default as in `train.fit`. */
  readonly augmentation?: AugmentationChoice | "none";
}

const gridRule: Rule = { range: "2 or 3", accepts: (v) => v === 2 || v === 3 };

/**
 * Pre-training by telling in which order an image's tiles lie (after Noroozi & Favaro 2016). The settings of the paper's
 * appendix F.1 are not known: these are ours, whole images with shuffled tiles. The metric `jigsaw` is the accuracy of that.
 * @throws as `ssp.rotation`
 */
export async function jigsaw(options: JigsawOptions): Promise<Pretrained> {
  const { grid = 2, ...rest } = options;
  const most = grid === 2 ? 24 : 1000;
  const orders = numberWhere(`an integer from 2 to ${most}`, (v) => Number.isInteger(v) && v >= 2 && v <= most);
  check("jigsaw", options, {
    ...pretrainRules,
    ...{ grid: optional(gridRule), orders: optional(orders), augmentation: recipeRules.augmentation },
  });
  const chosen = tileOrders(grid, options.orders ?? (grid === 2 ? 24 : 30));
  const method = {
    ...({ name: "jigsaw", choices: { grid, orders: chosen.length }, classes: chosen.length } as const),
    ...({ schedule: "paper", optimizer: "sgd" } as const),
    augmentation: options.augmentation,
  };
  const shuffled = (images: Tensor4D, cut?: number) =>
    oneEach(images, chosen.length, (part, k) => shuffleTiles(part, chosen[k]!), cut);
  return pretrainBy(method, rest, (network, task) => pretextTask(network, task, "jigsaw", shuffled, chosen.length));
}
