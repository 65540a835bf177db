import { join } from "node:path";
import { folder as folderData, type FolderOptions } from "../data/index.js";
import { check, optional, text, type Rule } from "../options.js";
import { meanTeacher, selfTraining, vat, type SelfTrainingResult } from "../semi/index.js";
import { nearest, suggestion } from "../nearest.js";
import { fit, type FitOptions, type FitResult, type RunOptions, type TrainingData } from "../train/index.js";
import { longTailed, type LongTailedOptions } from "./long-tailed.js";
import type { PretrainerName } from "./pretrainer-name.js";
import { PRETRAINERS } from "./pretrainers.js";

/** A run as a JSON file says it: `npx longtail train --config run.json`. */
export interface RunConfig extends Readonly<Record<string, unknown>> {
  /** A long-tailed set by name and profile, or a folder of your own images. */
  readonly data: LongTailedOptions | ({ readonly folder: string } & FolderOptions);
  /** "fit" (default), "self-training", "mean-teacher", "vat": the other keys are that method's options. */
  readonly method?: "fit" | "self-training" | "mean-teacher" | "vat";
  /**
   * Self-supervised pre-training before it: `{ "method": "rotation", ... }` with that method's options. Data and model are the
   * training's; epochs, batchSize and seed too, unless it has its own. Default none.
   */
  readonly pretrain?: { readonly method: PretrainerName } & Readonly<Record<string, unknown>>;
}

type Method = (options: FitOptions) => Promise<FitResult | SelfTrainingResult>;
const METHODS: Readonly<Record<string, Method>> = {
  fit,
  "self-training": selfTraining,
  "mean-teacher": meanTeacher,
  vat,
};
const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null && !Array.isArray(v) };
/** What whoever starts a run says, beside its configuration. */
const BESIDE = ["folder", "signal", "progress", "onEvent"];

/**
 * Runs what a configuration says. In a folder, pre-training and training have folders of their own, and what was stopped goes
 * on.
 * @throws RangeError for an unknown method, option or value, before anything is trained; else as the method
 */
export async function runConfig(config: RunConfig, options: RunOptions = {}): Promise<FitResult | SelfTrainingResult> {
  const { data: described, method = "fit", pretrain, ...rest } = config;
  check("config", { data: described, method, pretrain }, { data: object, method: text, pretrain: optional(object) });
  refuse("config", rest, BESIDE, "it is said beside the configuration");
  const run = named("method", METHODS, method);
  const { method: way, ...choices } = pretrain ?? { method: undefined };
  const before = pretrain && named("pretrain.method", PRETRAINERS, way);
  refuse("config: pretrain", choices, [...BESIDE, "data", "model"], "it is the training's");
  const data = await dataOf(described, options.signal);
  const within = (name: string) => (options.folder === undefined ? {} : { folder: join(options.folder, name) });
  const common = { ...rest, data } as unknown as FitOptions;
  if (!before) return run({ ...common, ...options });
  await rehearse(run, common);
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

/** Finds what is wrong with a training before hours of pre-training: all of it up to the first step. */
async function rehearse(run: Method, options: FitOptions): Promise<void> {
  const curtain = new Error("Rehearsed");
  try {
    await run({ ...options, signal: AbortSignal.abort(curtain), progress: false });
  } catch (error) {
    if (error !== curtain) throw error;
  }
}

function refuse(where: string, given: object, keys: readonly string[], why: string): void {
  const found = Object.keys(given).find((key) => keys.includes(key));
  if (found !== undefined) throw new RangeError(`${where}: "${found}" has no place here, ${why}`);
}

function named<T>(what: string, all: Readonly<Record<string, T>>, name: unknown): T {
  const known = Object.keys(all);
  if (typeof name !== "string")
    throw new RangeError(`config: ${what} must be one of ${known.join(", ")} (got ${JSON.stringify(name)})`);
  if (Object.hasOwn(all, name)) return all[name]!;
  throw new RangeError(`config: there is no ${what} "${name}". ${suggestion(name, known)}`);
}

async function dataOf(described: RunConfig["data"], signal: AbortSignal | undefined): Promise<TrainingData> {
  if ("folder" in described) {
    const { folder, ...options } = described;
    return folderData(folder, { ...options, ...(signal && { signal }) });
  }
  if ("name" in described) return longTailed(described);
  const found = Object.keys(described);
  const match = found.map((key) => nearest(key, ["name", "folder"])).find((one) => one !== undefined);
  throw new RangeError(
    `config: data must have a "name" (a long-tailed set) or a "folder" (your own images), found ` +
      `${found.join(", ") || "neither"}${match === undefined ? "" : `. Did you mean ${match}?`}`,
  );
}
