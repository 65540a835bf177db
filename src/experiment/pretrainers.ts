import { jigsaw, moco, rotation, simclr } from "../ssp/index.js";
import type { PretrainerName } from "./pretrainer-name.js";

/** Self-supervised pre-training by its name in a configuration. */
export const PRETRAINERS = { rotation, jigsaw, moco, simclr } satisfies Record<PretrainerName, unknown>;
