import { cifar10Classes } from "./class-names.js";
import { checkImageSet, type ImageSet } from "../image-set.js";
import { readWhole } from "./open-file.js";
import { PickledImages } from "./pickled-images.js";

/**
 * Reads the 500,000 images of 80 Million Tiny Images that Carmon et al. (2019, "Unlabeled Data Improves Adversarial
 * Robustness") chose for their likeness to CIFAR-10 and labeled by a model, `ti_500K_pseudo_labeled.pickle`: a dict of
 * `data`, u1 [count, 32, 32, 3], and `extrapolated_targets`, whole numbers [count]. Classes are CIFAR-10's. The file's
 * 1.5 GB are in memory once: the images are a view of them.
 * @throws FileError where the file is truncated, corrupted or another
 */
export async function readTinyImages(file: string): Promise<ImageSet> {
  return parseTinyImages(await readWhole(file), file);
}

export function parseTinyImages(file: Uint8Array, name: string): ImageSet {
  const images = new PickledImages(file, name);
  const bytes = images.pixels("data", [32, 32, 3]);
  const count = bytes.length / (32 * 32 * 3);
  const labels = images.labels("extrapolated_targets", count, cifar10Classes.length);
  return checkImageSet({ name: "Tiny Images", bytes, shape: [count, 32, 32, 3], labels, classes: cifar10Classes });
}
