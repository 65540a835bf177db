import { ensure } from "../backend/device.js";
import { type Examples, normalizationOf, type Normalization } from "../data/index.js";
import { build, definition, modelName, type Network } from "../models/index.js";
import { check, count, optional, seed as seedRule, withDefaults, type Rule } from "../options.js";
import { formatNumber, Tabular, type Grid } from "../show/index.js";
import type { Configuration } from "../train/configuration.js";
import type { EpochRecord } from "../train/events.js";
import { resolveOptimizer, type OptimizerSpec } from "../train/optimizer.js";
import { resolveRecipe, type AugmentationChoice } from "../train/recipe.js";
import { run, runRules, type RunOptions } from "../train/run.js";
import { resolveSchedule, type ScheduleSpec } from "../train/schedule.js";
import type { AnyTask } from "../train/task.js";
import { dataRules, digests, refuseOneSet, refusePictures, type TrainingData } from "../train/training-data.js";

/** Images to learn from without their labels: the same long-tailed ones as later, in the paper. */
export interface PretrainData extends Omit<TrainingData, "test"> {
  /** Where progress is measured. Default: nowhere. */
  readonly test?: Examples;
}

/** What every way of self-supervised pre-training takes. Labels are not learned from. */
export interface PretrainOptions extends RunOptions {
  /** Images to learn from, such as `data.folder(path)` or `experiment.longTailed(options)` gives; labels are not learned from. */
  readonly data: PretrainData;
  /** Default "resnet32". */
  readonly model?: string;
  /** Default as of each method. */
  readonly schedule?: ScheduleSpec;
  /** Default as of each method. */
  readonly optimizer?: OptimizerSpec;
  /** Default 200. */
  readonly epochs?: number;
  /** Default 128; an epoch's last one to three images join the batch before. */
  readonly batchSize?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** What a method's task is made of. */
export interface PretrainTask {
  readonly train: Examples;
  readonly test: Examples | undefined;
  readonly normalization: Normalization;
  readonly batchSize: number;
  readonly epochs: number;
  readonly augmentation: Required<AugmentationChoice> | "none";
  readonly seed: number;
}

const object: Rule = { range: "an object", accepts: (v) => typeof v === "object" && v !== null };
const nameOrObject: Rule = {
  range: "a name, or an object with one",
  accepts: (v) => typeof v === "string" || object.accepts(v),
};
export const pretrainRules: Record<keyof PretrainOptions, Rule> = {
  data: object,
  model: modelName,
  schedule: optional(nameOrObject),
  optimizer: optional(nameOrObject),
  epochs: optional(count),
  batchSize: optional(count),
  seed: optional(seedRule),
  ...runRules,
};

/** A network that learned without labels: give it to `train.fit` as `initial`. */
export class Pretrained extends Tabular {
  constructor(
    readonly id: string,
    /** As it was after the last epoch. `train.fit` copies all of it but the classifier. */
    readonly network: Network,
    readonly configuration: Configuration,
    readonly records: readonly EpochRecord[],
  ) {
    super();
  }

  dispose(): void {
    this.network.dispose();
  }

  protected override grid(): Grid {
    const last = this.records.at(-1)!;
    const metrics = Object.entries(last.metrics);
    return {
      columns: ["epochs", "loss", ...metrics.map(([name]) => name)].map((head) => ({ head, numeric: true })),
      rows: [
        {
          cells: [String(last.epoch + 1), formatNumber(last.loss), ...metrics.map(([, value]) => formatNumber(value))],
        },
      ],
    };
  }
}

/** What a method says of itself. */
interface Method {
  readonly name: string;
  /** Of its own options, for the run's configuration. */
  readonly choices: Configuration;
  /** Classes of the network's classifier. */
  readonly classes: number;
  readonly schedule: ScheduleSpec;
  readonly optimizer: OptimizerSpec;
  readonly augmentation?: AugmentationChoice | "none" | undefined;
}

/** Trains a new network by a method's task. */
export async function pretrainBy(
  method: Method,
  options: PretrainOptions,
  make: (network: Network, task: PretrainTask) => AnyTask,
): Promise<Pretrained> {
  refuseOneSet(options.data);
  check(`${method.name}: data`, options.data, { ...dataRules, test: optional(dataRules.test) });
  const { data, folder, model = "resnet32", epochs = 200, batchSize = 128, seed = 0 } = options;
  if (folder !== undefined) refusePictures(folder, data);
  const schedule = resolveSchedule(options.schedule ?? method.schedule, epochs);
  const optimizer = resolveOptimizer(options.optimizer ?? method.optimizer);
  const { augmentation } = resolveRecipe({
    ...(method.augmentation !== undefined && { augmentation: method.augmentation }),
  });
  const normalization = data.normalization ?? normalizationOf(data.train);
  await ensure();
  const network = build(model, { classes: method.classes, channels: data.train.shape[2], seed });
  let task: AnyTask | undefined;
  try {
    const { train, test } = data;
    task = make(network, { train, test, normalization, batchSize, epochs, augmentation, seed });
    const configuration = {
      ...{ task: method.name, ...method.choices, model, epochs, batchSize, seed, schedule, optimizer, augmentation },
      ...{ normalization, ...definition(model) },
      ...(folder !== undefined && { data: digests(data) }),
    };
    const course = { epochs, schedule, optimizer };
    const labeled = withDefaults<RunOptions>({ label: `${model}, ${method.name}` }, options);
    const { id, records } = await run(task, configuration, course, labeled);
    return new Pretrained(id, network, configuration, records);
  } catch (error) {
    network.dispose();
    throw error;
  } finally {
    task?.dispose?.();
  }
}
