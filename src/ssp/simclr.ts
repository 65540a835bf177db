import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { simclrAugmentation, type ViewAugmentation } from "../data/index.js";
import type { Network } from "../models/index.js";
import { check, count, optional, positive, withDefaults } from "../options.js";
import type { Step, Task } from "../train/task.js";
import { contrast } from "./contrast.js";
import { pretrainBy, pretrainRules, type Pretrained, type PretrainOptions, type PretrainTask } from "./pretrain.js";
import { Projection } from "./projection.js";
import { backboneOf, neighbourAccuracy, requireVoters, stepsOf, TwoViews } from "./two-views.js";

export interface SimclrOptions extends PretrainOptions {
  /** Default 0.5, as its authors have it for CIFAR-10. */
  readonly temperature?: number;
  /** Length of what is contrasted. Default 128. */
  readonly dimension?: number;
  /** Default `data.simclrAugmentation`. */
  readonly views?: ViewAugmentation;
}

/**
 * Pre-training by SimCLR-style contrast (Chen et al. 2020): of all views in a batch, the other view of the same image is to be
 * found. Momentum instead of its authors' LARS, rate 0.1, half a cosine; not in the paper. The metric `neighbours` is the
 * accuracy of nearest neighbours on the test set, every 10 epochs.
 * @throws as `ssp.rotation`; RangeError for test images of other classes
 */
export async function simclr(options: SimclrOptions): Promise<Pretrained> {
  const object = { range: "an object", accepts: (v: unknown) => typeof v === "object" && v !== null };
  check("simclr", options, {
    ...pretrainRules,
    ...{ temperature: optional(positive), dimension: optional(count), views: optional(object) },
  });
  const { temperature = 0.5, dimension = 128 } = options;
  if (options.batchSize === 1)
    throw new RangeError(
      "simclr: batchSize must be 2 or more: a view of one image has no others to be told from (got 1)",
    );
  const views = withDefaults<ViewAugmentation>(simclrAugmentation, options.views ?? {});
  const choices = { temperature, dimension, views };
  const schedule = { name: "cosine", rate: 0.1, by: "step" } as const;
  const optimizer = { name: "sgd", weightDecay: 1e-4 } as const;
  const method = { name: "simclr", choices, classes: 2, schedule, optimizer };
  return pretrainBy(method, withDefaults<SimclrOptions>({ evaluateEvery: 10 }, options), (network, task) =>
    simclrTask(network, task, choices),
  );
}

function simclrTask(
  network: Network,
  task: PretrainTask,
  { temperature, dimension, views }: { temperature: number; dimension: number; views: ViewAugmentation },
): Task<AsyncIterable<Step>> {
  const { batchSize, seed } = task;
  const steps = stepsOf(task);
  requireVoters(task);
  const pairs = new TwoViews(task, views);
  const projection = new Projection("projection", network.width, dimension, seed);
  return {
    weights: [...backboneOf(network), ...projection.weights],
    carried: network.statistics,
    stepsIn: () => steps,
    async *steps(moment): AsyncGenerator<Step, void> {
      for await (const { first, second } of pairs.from(moment)) {
        yield {
          images: batchSize,
          inputs: [first, second],
          program: "simclr",
          loss: (views) =>
            contrast(projection.apply(network.features(tf.concat(views as Tensor4D[]), "train")), temperature),
        };
      }
    },
    evaluate: (_epoch, ...rest) => neighbourAccuracy(network, task, ...rest),
    dispose() {
      pairs.close();
      projection.dispose();
    },
  };
}
