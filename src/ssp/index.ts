/** Self-supervised pre-training (the paper's section 4): a network learns from images alone, then learns on from labels. */
export { rotation } from "./rotation.js";
export type { RotationOptions } from "./rotation.js";
export { jigsaw } from "./jigsaw.js";
export type { JigsawOptions } from "./jigsaw.js";
export { moco } from "./moco.js";
export type { MocoOptions } from "./moco.js";
export { simclr } from "./simclr.js";
export type { SimclrOptions } from "./simclr.js";
export { Pretrained } from "./pretrain.js";
export type { PretrainData, PretrainOptions } from "./pretrain.js";
export { transfer, TransferReport } from "../models/index.js";
