import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import { requireBackend } from "../backend/required.js";
import { suggestion } from "../nearest.js";
import { check, count, numberWhere, oneOf, optional, seed, text, withDefaults, type Rule } from "../options.js";
import { CLASSIFIER } from "./head.js";
import { Network, type Backbone, type NetworkOptions } from "./network.js";
import type { Variables } from "./variables.js";

/** Makes a new network of one kind. */
export type Maker = (options: NetworkOptions) => Network;

/** Makes what a network looks at images with, out of variables that it asks for. @param channels of the images */
export type BackboneMaker = (variables: Variables, channels: number) => Backbone;

const MODELS = new Map<string, Maker>();
/** Of those that were added: what tells one of a name from another. */
const DEFINITIONS = new Map<string, string>();
const known: string[] = [];

/** Names that `build` knows. */
export const names: readonly string[] = known;

/** Of an option that names a model: one that is known when it is asked for. */
export const modelName: Rule = {
  optional: true,
  get range() {
    return `${oneOf(...names).range}, or a name that models.define adds`;
  },
  accepts: (v) => names.includes(v as string),
};

const options: Record<keyof NetworkOptions, Rule> = {
  classes: numberWhere("an integer of 2 or more", (v) => Number.isInteger(v) && v >= 2),
  head: optional(oneOf("linear", "cosine", "meta-embedding")),
  channels: optional(count),
  seed: optional(seed),
};

/** Adds a model that comes with the library. */
export function register(name: string, build: BackboneMaker): Maker {
  const make: Maker = (given) => {
    check(name, given, options);
    requireBackend(name);
    const all = withDefaults<Required<NetworkOptions>>({ head: "linear", channels: 3, seed: 0 }, given);
    return new Network(name, all, build);
  };
  if (!MODELS.has(name)) known.push(name);
  MODELS.set(name, make);
  return make;
}

const func: Rule = { range: "a function", accepts: (v) => typeof v === "function" };

/**
 * Adds a network of your own under a name that everything then takes for `model`, in this process: training, pre-training,
 * semi-supervised learning, scales of sweeps.
 *
 *     models.define("plain", (variables, channels) => {
 *       const first = new models.ConvNorm(variables, "first", 3, channels, 32);
 *       const second = new models.ConvNorm(variables, "second", 3, 32, 64);
 *       return {
 *         width: 64,
 *         apply: (images, mode) => globalAveragePool(second.apply(first.apply(images, mode), mode, { stride: 2 })),
 *       };
 *     });
 *
 * The classifier, linear or of cosines, is put behind it. `build` is called once a network; layers of TensorFlow.js
 * are handed over with `variables.adopt`, their initializers seeded by `variables.seed`. Runs in a folder are told apart by the
 * text of `build`: a changed one begins anew.
 *
 * On a GPU through WebGPU a step of training is recorded and replayed, without calling `apply`: from about the fourth on. What
 * `apply` decides by chance (`Math.random`, a stream of `random`) is seen, and decided anew at each step. What it decides by what
 * JavaScript remembers, such as a count of calls, is decided once for all; LONGTAIL_CAPTURE=0 has it called at each step.
 *
 * @param name no name of the library's own; an earlier one of yours is replaced
 * @throws RangeError for a name that is taken. A network is refused when it is made, or first applied, if two of its variables
 *   have one name, or some are not handed over: these would be neither learned nor saved
 */
export function define(name: string, build: BackboneMaker): Maker {
  check("models.define", { name, build }, { name: text, build: func });
  if (MODELS.has(name) && !DEFINITIONS.has(name))
    throw new RangeError(`models.define: "${name}" is a network of the library; choose another name`);
  DEFINITIONS.set(name, createHash("sha256").update(build.toString()).digest("hex"));
  return register(name, (variables, channels) => {
    const backbone = ownOnly(name, variables, () => build(variables, channels));
    const taken = [...variables.weights, ...variables.statistics].find((one) => one.name.startsWith(CLASSIFIER));
    if (taken)
      throw new RangeError(
        `models.define: "${taken.name}" of "${name}": names that begin with "${CLASSIFIER}" are those of the classifier that is ` +
          "put behind it; give the layer another name",
      );
    return checked(name, variables, backbone);
  });
}

/**
 * Does something that may make no variable but those of the network: others would not be learned, nor saved with it.
 * @throws Error where it does
 */
function ownOnly<T>(name: string, { weights, statistics }: Variables, make: () => T): T {
  const { registeredVariables } = tf.engine().state;
  const before = new Set(Object.values(registeredVariables));
  const made = make();
  for (const { variable } of [...weights, ...statistics]) before.add(variable);
  const strange = Object.values(registeredVariables).filter((one) => !before.has(one));
  if (strange.length === 0) return made;
  throw new Error(
    `models.define: "${name}" makes variables that are not handed over (${strange.map((one) => one.name).join(", ")}): they would ` +
      'be neither learned nor saved. variables.adopt("trunk", model) hands over those of layers of TensorFlow.js, the first of ' +
      "which has an inputShape",
  );
}

/** A new network by its name: `build("resnet32", { classes: 10, seed: 1 })`. @throws RangeError for an unknown one */
export function build(name: string, given: NetworkOptions): Network {
  const make = MODELS.get(name);
  if (!make) throw new RangeError(`There is no model "${name}". ${suggestion(name, names)} models.define adds one.`);
  return make(given);
}

/** What a run's configuration says of a model of one's own; nothing of the library's, whose names say all. */
export function definition(name: string): { readonly definition?: string } {
  const found = DEFINITIONS.get(name);
  return found === undefined ? {} : { definition: found };
}

function checked(name: string, variables: Variables, { width, apply, takesGroups = false }: Backbone): Backbone {
  check(`models.define: what "${name}" makes`, { width, apply }, { width: count, apply: func });
  let applied = false;
  return {
    width,
    takesGroups,
    apply(images, ...rest) {
      const features = applied ? apply(images, ...rest) : ownOnly(name, variables, () => apply(images, ...rest));
      applied = true;
      if (features.shape.join() === `${images.shape[0]},${width}`) return features;
      throw new RangeError(
        `${name}: expected features of [batch, width], [${images.shape[0]}, ${width}], found [${features.shape.join(", ")}]`,
      );
    },
  };
}
