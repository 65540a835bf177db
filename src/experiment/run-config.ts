import { join } from "node:path";
import { folder as folderData, type FolderOptions } from "../data/index.js";
import { check, optional, text, type Rule } from "../options.js";
import { meanTeacher, selfTraining, vat, type SelfTrainingResult } from "../semi/index.js";
import { jigsaw, moco, rotation, simclr, type Pretrained } from "../ssp/index.js";
import { suggestion } from "../nearest.js";
import { fit, type FitOptions, type FitResult, type RunOptions, type TrainingData } from "../train/index.js";
import { longTailed, type LongTailedOptions } from "./long-tailed.js";

/** A run as a JSON file says it: `npx longtail train --config run.json`. */
export interface RunConfig extends Readonly<Record<string, unknown>> {
  /** A long-tailed set by name and profile, or a folder of your own images. */
  readonly data: LongTailedOptions | ({ readonly folder: string } & FolderOptions);
  /** "fit" (default), "self-training", "mean-teacher", "vat": the other keys are that method's options. */
  readonly method?: string;
  /** Self-supervised pre-training before it: `{ "method": "rotation", ... }` with that method's options. Default none. */
  readonly pretrain?: { readonly method: string } & Readonly<Record<string, unknown>>;
}

const METHODS: Readonly<Record<string, (options: FitOptions) => Promise<FitResult | SelfTrainingResult>>> = {
  fit,
  "self-training": selfTraining,
  "mean-teacher": meanTeacher,
  vat,
};
type Pretrainer = (options: Parameters<typeof rotation>[0]) => Promise<Pretrained>;
const PRETRAINERS: Readonly<Record<string, Pretrainer>> = { rotation, jigsaw, moco, simclr };
const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null && !Array.isArray(v) };

/**
 * Runs what a configuration says. In a folder, pre-training and training have folders of their own, and what was stopped goes
 * on.
 * @throws RangeError for an unknown method, option or value; else as the method
 */
export async function runConfig(config: RunConfig, options: RunOptions = {}): Promise<FitResult | SelfTrainingResult> {
  const { data: described, method = "fit", pretrain, ...rest } = config;
  check("config", { data: described, method, pretrain }, { data: object, method: text, pretrain: optional(object) });
  const run = named("method", METHODS, method);
  const before = pretrain && named("pretrain.method", PRETRAINERS, pretrain.method);
  const data = await dataOf(described);
  const within = (name: string) => (options.folder === undefined ? {} : { folder: join(options.folder, name) });
  const { method: _, ...choices } = pretrain ?? { method: "" };
  const common = { ...rest, data } as unknown as FitOptions;
  if (!before) return run({ ...common, ...options });
  const first = await before({ ...pretrainable(rest), ...choices, data, ...options, ...within("pretrain") });
  try {
    return await run({ ...common, initial: first.network, ...options, ...within("train") });
  } finally {
    first.dispose();
  }
}

/** What pre-training takes over from the training unless it says otherwise. */
function pretrainable(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const keys = ["model", "epochs", "batchSize", "seed"];
  return Object.fromEntries(Object.entries(config).filter(([key]) => keys.includes(key)));
}

function named<T>(what: string, all: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(all, name)) return all[name]!;
  throw new RangeError(`config: there is no ${what} "${name}". ${suggestion(name, Object.keys(all))}`);
}

async function dataOf(described: RunConfig["data"]): Promise<TrainingData> {
  if (!("folder" in described)) return longTailed(described);
  const { folder, ...options } = described;
  return folderData(folder, options);
}
