import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunConfig } from "../experiment/index.js";
import type { Table } from "../report/table.js";
import type { SelfTrainingResult } from "../semi/index.js";
import { runId } from "../train/configuration.js";
import type { FitResult } from "../train/index.js";
import { text, UsageError, type Command } from "./command.js";
import { stopSignal } from "./stop.js";

/** More classes than this fill screens. */
const MOST_CLASSES = 20;

export const trainCommand: Command = {
  help: `Usage: longtail train --config FILE [options]

Trains what a configuration says, and shows how far it is. Ctrl-C stops after the step it is in; the same command goes on
from there. Exit code 130 if stopped. Prints how well it does, for up to ${MOST_CLASSES} classes each of them, and leaves the network in its
folder as network.classifier, which "longtail classify" uses.

Options:
      --config FILE     a JSON file, or - for standard input
      --folder DIR      where the run is kept (default: runs/ID, ID being a digest of the configuration)
      --seed N          in place of the configuration's
      --quiet           no progress bar

A configuration:
  {
    "data": { "name": "stickers", "rho": 100, "rhoU": 100 },
    "method": "self-training",
    "model": "small", "loss": "ldam", "rebalance": "drw",
    "epochs": 40, "batchSize": 64, "schedule": { "name": "steps", "rate": 0.05 }
  }
  data        a set by name (stickers, plain-stickers, cifar10, cifar100, svhn) and how many images of each class (profile,
              head, rho, rhoU, multiple, relevance; testImages of what is drawn), or your own images:
              { "folder": "my-images", "size": 32, "validation": 0.1, "unlabeled": "more-images" }
  method      fit (default); self-training (threshold, omega, rounds, baseRecipe, finalRecipe); mean-teacher (decay, weight,
              ramp); vat (epsilon, xi, weight, ramp): all but fit want unlabeled images, rhoU of a set by name, or unlabeled
  pretrain    { "method": "rotation" } (or jigsaw, moco, simclr): self-supervised first
  keep        last (default), or selected: the network after the epoch that is best on validation images
  the rest    model, loss, rebalance, schedule, optimizer, epochs, batchSize, augmentation, seed; by default the paper's
              recipe: ResNet-32, cross-entropy, 200 epochs

Examples:
  longtail train --config run.json
  echo '{"data": {"name": "stickers"}, "model": "small", "epochs": 5}' | longtail train --config -`,
  options: {
    config: { type: "string" },
    folder: { type: "string" },
    seed: { type: "string" },
    quiet: { type: "boolean" },
  },
  async run(values) {
    const config = withSeed(readConfig(text(values, "config")), text(values, "seed"));
    const folder = text(values, "folder") ?? `runs/${runId(config)}`;
    const { signal, release } = stopSignal();
    try {
      // Not before it is wanted, so that help and mistakes come at once.
      const [{ use }, { runConfig }] = await Promise.all([
        import("../backend/device.js"),
        import("../experiment/index.js"),
      ]);
      console.error(`${String(await use())}\nFolder         ${folder}\n`);
      signal.throwIfAborted();
      const result = await runConfig(config, { folder, signal, progress: values["quiet"] !== true });
      const recalls = await classRecalls(result);
      console.log([await summary(result), String(result), ...(recalls ? [String(recalls)] : [])].join("\n\n"));
      const { CLASSIFIER_FILE } = await import("../train/classifier.js");
      const file = join(folder, CLASSIFIER_FILE);
      await finalOf(result).classifier.save(file);
      console.error(`\nKept in ${folder}; its curves: tensorboard --logdir "${folder}"`);
      console.error(`To use it: longtail classify "${file}" PICTURES, or await train.loadClassifier("${file}")`);
      return 0;
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      console.error(`Stopped. Kept in ${folder}: the same command goes on from there`);
      return 130;
    } finally {
      release();
    }
  },
};

/** "Stickers, rho 100: small, ldam, drw" */
async function summary(result: FitResult | SelfTrainingResult): Promise<string> {
  const { title } = await import("../train/fit.js");
  const { data, recipe } = finalOf(result);
  return [...(data.name === undefined ? [] : [data.name]), title(recipe)].join(": ");
}

/** The network that comes out. */
function finalOf(result: FitResult | SelfTrainingResult): FitResult {
  return "final" in result ? result.final : result;
}

/** How well the network recognizes each class, which one accuracy of all does not say. */
async function classRecalls(result: FitResult | SelfTrainingResult): Promise<Table | undefined> {
  const { perClass } = finalOf(result).score.confusion;
  if (perClass.length > MOST_CLASSES) return undefined;
  const { table } = await import("../report/table.js");
  const learned = ("base" in result ? result.base : result).data.train.counts();
  return table(
    perClass.map(({ name, images, recall }, c) => ({
      class: name,
      "labeled images": learned[c],
      "test images": images,
      "recall, %": recall === null ? null : 100 * recall,
    })),
  );
}

function readConfig(file: string | undefined): RunConfig {
  if (file === undefined) throw new UsageError("Expected --config FILE, found none");
  let content: string;
  try {
    content = readFileSync(file === "-" ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new UsageError(`--config: cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    const config = JSON.parse(content) as unknown;
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as RunConfig;
  } catch (error) {
    throw new UsageError(`--config: ${file} is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`--config: expected an object in ${file}, found ${content.trim().slice(0, 40)}`);
}

function withSeed(config: RunConfig, seed: string | undefined): RunConfig {
  if (seed === undefined) return config;
  if (!/^-?\d+$/.test(seed)) throw new UsageError(`--seed: expected an integer, found "${seed}"`);
  return { ...config, seed: Number(seed) };
}
