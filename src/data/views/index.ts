/** Views of images: the augmentations of contrastive learning and of ImageNet-LT, one by one and all in one call. */
export { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./adjust.js";
export { imageNetAugmentation, mocoAugmentation, simclrAugmentation } from "./augmentation.js";
export type { ViewAugmentation } from "./augmentation.js";
export { resizedCrop } from "./resized-crop.js";
export type { FloatImage } from "./float-image.js";
export { gaussianBlur } from "./gaussian-blur.js";
export { greyscale } from "./greyscale.js";
export { horizontalFlip } from "./horizontal-flip.js";
export { views } from "./views.js";
export type { ViewsOptions } from "./views.js";
