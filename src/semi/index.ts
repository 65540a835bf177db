/** Learning with unlabeled images: self-training (the paper's section 2.2), Mean Teacher and VAT (its appendix E.1). */
export { pseudoLabel, PseudoLabels } from "./pseudo-labels.js";
export type { PseudoLabelOptions } from "./pseudo-labels.js";
export { selfTraining, SelfTrainingResult } from "./self-training.js";
export type { SelfTrainingOptions, SelfTrainingRound } from "./self-training.js";
export { meanTeacher, vat } from "./consistency.js";
export type { MeanTeacherOptions, VatOptions } from "./consistency.js";
