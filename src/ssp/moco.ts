import * as tf from "@tensorflow/tfjs-core";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import { mocoAugmentation, type ViewAugmentation } from "../data/index.js";
import { follow } from "../backend/fused/index.js";
import { unit, type Network } from "../models/index.js";
import { check, count, level, optional, positive, withDefaults } from "../options.js";
import { stream } from "../random/index.js";
import type { Moment, Step, Task } from "../train/task.js";
import { keyContrast } from "./contrast.js";
import { pretrainBy, pretrainRules, type Pretrained, type PretrainOptions, type PretrainTask } from "./pretrain.js";
import { Projection } from "./projection.js";
import { backboneOf, neighbourAccuracy, requireVoters, stepsOf, TwoViews } from "./two-views.js";

interface MocoChoices {
  /**
   * Keys in the queue; a multiple of the batch, best no more than there are images. Default 65,536 there; here 4,096, as is usual
   * for small images.
   */
  readonly queue?: number;
  /** Share of itself that the key encoder keeps at each step. Default 0.999; short runs want less, such as 0.99. */
  readonly momentum?: number;
  /** Default 0.2. */
  readonly temperature?: number;
  /** Length of what is contrasted. Default 128. */
  readonly dimension?: number;
  /**
   * Groups that batch normalization sees a batch in, keys in another order than queries, as several devices would: else
   * statistics give the pair away. Default 8.
   */
  readonly groups?: number;
}

export interface MocoOptions extends PretrainOptions, MocoChoices {
  /** Default `data.mocoAugmentation`. */
  readonly views?: ViewAugmentation;
}

/**
 * Pre-training by MoCo v2 (Chen et al. 2020), the paper's choice for ImageNet-LT and iNaturalist: a view of an image is to be
 * told from thousands of others by another view of it. Rate 0.015, half a cosine, weight decay 1e-4. The metric `neighbours` is
 * the accuracy of nearest neighbours on the test set, every 10 epochs.
 * @throws as `ssp.rotation`; RangeError for a queue or a batch that cannot be divided, test images of other classes
 */
export async function moco(options: MocoOptions): Promise<Pretrained> {
  const object = { range: "an object", accepts: (v: unknown) => typeof v === "object" && v !== null };
  check("moco", options, {
    ...pretrainRules,
    ...{
      queue: optional(count),
      momentum: optional(level),
      temperature: optional(positive),
      dimension: optional(count),
    },
    ...{ groups: optional(count), views: optional(object) },
  });
  const { queue = 4096, momentum = 0.999, temperature = 0.2, dimension = 128, groups = 8 } = options;
  const { batchSize = 128 } = options;
  if (queue % batchSize !== 0)
    throw new RangeError(`moco: queue must be a multiple of batchSize ${batchSize} (got ${queue})`);
  if (batchSize % groups !== 0)
    throw new RangeError(`moco: batchSize must be a multiple of groups ${groups} (got ${batchSize})`);
  const views = withDefaults<ViewAugmentation>(mocoAugmentation, options.views ?? {});
  const choices = { queue, momentum, temperature, dimension, groups, views };
  const schedule = { name: "cosine", rate: 0.015 } as const;
  const optimizer = { name: "sgd", weightDecay: 1e-4 } as const;
  const method = { name: "moco", choices, classes: 2, schedule, optimizer };
  return pretrainBy(method, withDefaults<MocoOptions>({ evaluateEvery: 10 }, options), (network, task) => {
    const made = mocoTask(network, task, choices);
    warnOfQueue(queue, task);
    return made;
  });
}

function warnOfQueue(queue: number, { train: { length }, batchSize }: PretrainTask): void {
  if (queue <= length) return;
  process.emitWarning(
    `moco: a queue of ${queue} keys for ${length} images holds older views of the image that is to be told from others; ` +
      `choose a queue of ${batchSize * Math.floor(length / batchSize)} or fewer`,
    "TrainingWarning",
  );
}

export function mocoTask(
  network: Network,
  task: PretrainTask,
  choices: Required<MocoChoices> & { views: ViewAugmentation },
): Task<AsyncIterable<Step>> {
  const { queue: length, momentum, temperature, dimension, groups, views: augmentation } = choices;
  const { batchSize, seed } = task;
  const steps = stepsOf(task);
  requireVoters(task);
  const views = new TwoViews(task, augmentation);
  const projection = new Projection("projection", network.width, dimension, seed);
  const key = { network: network.copy(), projection: projection.copy("key/projection") };
  const queue = tf.tidy(() => {
    const numbers = stream(seed, "queue").fillNormal(new Float32Array(length * dimension));
    return tf.variable(unit(tf.tensor2d(numbers, [length, dimension]), 1), false);
  }) as Variable & Tensor2D;
  const [ours, theirs] = [
    [...backboneOf(network), ...projection.weights],
    [...backboneOf(key.network), ...key.projection.weights],
  ];

  /** Another order of a batch, and the way back from it. */
  const orders = ({ epoch, step }: Moment): readonly [there: Tensor1D, back: Tensor1D] => {
    const order = stream(seed, "key order").split(`epoch ${epoch} step ${step}`);
    const there = order.shuffle(Int32Array.from({ length: batchSize }, (_, i) => i));
    const back = new Int32Array(batchSize);
    there.forEach((from, to) => (back[from] = to));
    return [tf.tensor1d(there, "int32"), tf.tensor1d(back, "int32")];
  };
  const keysOf = (images: Tensor4D, there: Tensor1D, back: Tensor1D): Tensor2D => {
    const mixed: Tensor4D = tf.gather(images, there);
    return tf.gather(key.projection.apply(key.network.featuresInGroups(mixed, groups, "batch")), back);
  };
  const pairs = theirs.map(({ variable }, i) => ({ average: variable, now: ours[i]!.variable }));
  const constants = ([, second, there, back]: readonly Tensor[]): Tensor[] => {
    follow(pairs, 1 - momentum);
    return [keysOf(second as Tensor4D, there as Tensor1D, back as Tensor1D)];
  };
  /** New keys take the places of the oldest. @param places of the queue's keys, those to come after it among them */
  const enqueue = ([keys]: readonly Tensor[], [, , , , places]: readonly Tensor[]): void =>
    tf.tidy(() => queue.assign(tf.gather(tf.concat<Tensor2D>([queue, keys as Tensor2D]), places as Tensor1D)));
  const placesAt = ({ epoch, step }: Moment): Tensor1D => {
    const at = ((epoch * steps + step) * batchSize) % length;
    const isNew = (i: number): boolean => i >= at && i < at + batchSize;
    return tf.tensor1d(
      Int32Array.from({ length }, (_, i) => (isNew(i) ? length + i - at : i)),
      "int32",
    );
  };

  return {
    weights: ours,
    carried: [
      ...network.statistics,
      ...backboneOf(key.network).map((one) => ({ ...one, name: `key/${one.name}` })),
      ...key.projection.weights,
      { name: "queue", variable: queue },
    ],
    stepsIn: () => steps,
    async *steps(moment): AsyncGenerator<Step, void> {
      for await (const { first, second, step } of views.from(moment)) {
        const now = { ...moment, step };
        const drawn = [...orders(now), placesAt(now)];
        try {
          yield {
            images: batchSize,
            inputs: [first, second, ...drawn],
            program: "moco",
            constants,
            loss([first], [keys]) {
              const queries = projection.apply(network.featuresInGroups(first as Tensor4D, groups, "train"));
              return keyContrast(queries, keys as Tensor2D, queue, temperature);
            },
            after: enqueue,
          };
        } finally {
          tf.dispose(drawn);
        }
      }
    },
    evaluate: (_epoch, ...rest) => neighbourAccuracy(network, task, ...rest),
    dispose() {
      views.close();
      projection.dispose();
      key.projection.dispose();
      key.network.dispose();
      queue.dispose();
    },
  };
}
