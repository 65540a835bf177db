/** Self-supervised pre-training by name, as trials and configurations say it. */
export const PRETRAINER_NAMES = ["rotation", "jigsaw", "moco", "simclr"] as const;

export type PretrainerName = (typeof PRETRAINER_NAMES)[number];
