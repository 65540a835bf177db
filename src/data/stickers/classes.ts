import { bird, butterfly, cat, fish, rabbit, snail } from "./animals.js";
import type { Draw } from "./figure.js";
import { chair, cup, house, lamp, snowman, umbrella } from "./household.js";
import { flower, mushroom, tree } from "./plants.js";
import { balloon, boat, car, rocket, truck } from "./vehicles.js";

/**
 * The ten classes, head to tail. As in CIFAR-10, what looks alike is apart (cars and trucks, cats and rabbits, trees and
 * mushrooms), so that images of the tail are taken for those of the head; and the last classes are not the hardest.
 */
export const CLASSES: Readonly<Record<string, Draw>> = {
  bird,
  car,
  house,
  cat,
  fish,
  rabbit,
  tree,
  mushroom,
  boat,
  truck,
};

/** Ten other classes: irrelevant data of the relevance study. */
export const OTHER_CLASSES: Readonly<Record<string, Draw>> = {
  snail,
  butterfly,
  cup,
  lamp,
  flower,
  umbrella,
  rocket,
  balloon,
  chair,
  snowman,
};
