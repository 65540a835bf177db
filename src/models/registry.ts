import { createHash } from "node:crypto";
import { requireBackend } from "../backend/required.js";
import { suggestion } from "../nearest.js";
import { check, count, numberWhere, oneOf, optional, seed, text, withDefaults, type Rule } from "../options.js";
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
 * are handed over with `variables.adopt`. Runs in a folder are told apart by the text of `build`: a changed one begins anew.
 *
 * @param name no name of the library's own; an earlier one of yours is replaced
 * @throws RangeError for a name that is taken
 */
export function define(name: string, build: BackboneMaker): Maker {
  check("models.define", { name, build }, { name: text, build: func });
  if (MODELS.has(name) && !DEFINITIONS.has(name))
    throw new RangeError(`models.define: "${name}" is a network of the library; choose another name`);
  DEFINITIONS.set(name, createHash("sha256").update(build.toString()).digest("hex"));
  return register(name, (variables, channels) => checked(name, build(variables, channels)));
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

function checked(name: string, { width, apply, takesGroups = false }: Backbone): Backbone {
  check(`models.define: what "${name}" makes`, { width, apply }, { width: count, apply: func });
  return {
    width,
    takesGroups,
    apply(images, ...rest) {
      const features = apply(images, ...rest);
      if (features.shape.join() === `${images.shape[0]},${width}`) return features;
      throw new RangeError(
        `${name}: expected features of [batch, width], [${images.shape[0]}, ${width}], found [${features.shape.join(", ")}]`,
      );
    },
  };
}
