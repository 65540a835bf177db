import { check } from "../options.js";
import { countsRule } from "../rebalance/effective-number.js";
import { described, isTensor } from "./batch.js";
import { LOSSES, type BatchLoss, type LossChoices, type LossFamily, type LossName } from "./registry.js";

/** A loss as the configuration of a run names it: `{ name: "focal", gamma: 2 }`. */
export type LossSpec = { [Name in LossName]: { readonly name: Name } & LossChoices[Name] }[LossName];

/** The same with all defaults filled in. */
export type ResolvedLossSpec = { [Name in LossName]: { readonly name: Name } & Required<LossChoices[Name]> }[LossName];

/** A loss that is ready for the batches of a run. It holds nothing on the device. */
export interface Loss {
  readonly name: LossName;
  /** The classifier whose outputs it takes. */
  readonly head: "linear" | "cosine";
  readonly spec: ResolvedLossSpec;
  /**
   * The loss of a batch, and by its gradient what a step of training follows.
   * @throws RangeError for a wrong type or shape, logits or weights of another number of classes than `counts` has
   */
  readonly loss: BatchLoss;
}

/**
 * A loss by its name alone or with choices: equal losses have equal specifications, as JSON too, with which runs can be told
 * apart by a hash.
 * @throws RangeError for an unknown name or choice, or a choice out of range
 */
export function resolveLoss(spec: LossSpec | LossName): ResolvedLossSpec {
  const { name, ...choices } = typeof spec === "string" ? { name: spec } : spec;
  if (!Object.hasOwn(LOSSES, name)) {
    const known = Object.keys(LOSSES).join(", ");
    throw new RangeError(`loss: expected the name of a loss, one of ${known}, found ${JSON.stringify(name)}`);
  }
  const { defaults, rules } = LOSSES[name] as LossFamily<object>;
  check(`loss "${name}"`, choices, rules);
  const given = choices as Record<string, unknown>;
  const all = Object.entries(defaults).map(([key, value]) => [key, given[key] ?? value] as const);
  return { name, ...Object.fromEntries(all) } as ResolvedLossSpec;
}

/**
 * A loss that is ready for batches of logits and labels, by its name alone or with choices.
 * @param options `counts`: images of each class as trained on (pseudo-labeled ones among them), in label order
 * @throws RangeError as `resolveLoss` does, or for counts out of range
 */
export function buildLoss(spec: LossSpec | LossName, options: { readonly counts: readonly number[] }): Loss {
  check("buildLoss", options, { counts: countsRule });
  const resolved = resolveLoss(spec);
  const { name, ...choices } = resolved;
  const { counts } = options;
  const family = LOSSES[name] as LossFamily<object>;
  const build = family.build(choices, counts);
  return {
    name,
    head: family.head,
    spec: resolved,
    loss(logits, labels, weights) {
      if (isTensor(logits) && logits.shape[1] !== counts.length) {
        throw new RangeError(
          `loss "${name}": expected logits of shape [batch, ${counts.length}], as many classes as there are counts, ` +
            `found ${described(logits)}`,
        );
      }
      return build(logits, labels, weights);
    },
  };
}
