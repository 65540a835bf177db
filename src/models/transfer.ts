import { Tabular, type Grid } from "../show/index.js";
import { CLASSIFIER } from "./head.js";
import type { Network } from "./network.js";
import type { Named } from "./variables.js";

/** What a transfer did with each variable, by name. Shows itself as a table. */
export class TransferReport extends Tabular {
  constructor(
    /** Values that the new network took over, running statistics among them. */
    readonly copied: readonly string[],
    /** Of the old network, not used: its classifier. */
    readonly dropped: readonly string[],
    /** Of the new network, as initialized. */
    readonly fresh: readonly string[],
    /** How many numbers were copied. */
    readonly parameters: number,
  ) {
    super();
  }

  protected override grid(): Grid {
    const row = (what: string, names: readonly string[]) => {
      const some = names.length > 4 ? `${names.slice(0, 2).join(", ")}, ..., ${names.at(-1)}` : names.join(", ");
      return { cells: [what, String(names.length), some || "none"] };
    };
    return {
      columns: [
        { head: "", numeric: false },
        { head: "variables", numeric: true },
        { head: "which", numeric: false },
      ],
      rows: [row("copied", this.copied), row("dropped", this.dropped), row("left fresh", this.fresh)],
    };
  }
}

/**
 * Copies everything but the classifier, running statistics of batch normalization too, as the authors do after self-supervised
 * pre-training (section 4.2). Nothing is frozen: all layers train on.
 * @param from a network that was trained for something else; @param to the network that goes on
 * @throws RangeError if a variable of the backbone is missing in one of them or has another shape; Error if one was disposed of
 */
export function transfer(from: Network, to: Network): TransferReport {
  for (const network of [from, to]) network.requireUndisposed();
  const isBackbone = ({ name }: Named): boolean => !name.startsWith(CLASSIFIER);
  const [theirs, ours] = [from, to].map(({ weights, statistics }) => [...weights, ...statistics]) as [Named[], Named[]];
  const found = new Map(theirs.filter(isBackbone).map(({ name, variable }) => [name, variable]));
  const wanted = ours.filter(isBackbone);
  for (const { name, variable } of wanted) {
    const shape = found.get(name)?.shape.join(" x ");
    if (shape !== variable.shape.join(" x "))
      throw new RangeError(
        `transfer: ${to.name} has "${name}" of ${variable.shape.join(" x ")}, and ${from.name} has ` +
          `${shape === undefined ? "none" : `one of ${shape}`}; expected two networks of the same kind`,
      );
  }
  if (found.size !== wanted.length)
    throw new RangeError(
      `transfer: ${from.name} has ${found.size} variables besides its classifier, ${to.name} ${wanted.length}`,
    );
  for (const { name, variable } of wanted) variable.assign(found.get(name)!);
  const names = (list: readonly Named[], keep: (one: Named) => boolean) => list.filter(keep).map(({ name }) => name);
  return new TransferReport(
    names(ours, isBackbone),
    names(theirs, (one) => !isBackbone(one)),
    names(ours, (one) => !isBackbone(one)),
    wanted.reduce((sum, { variable }) => sum + variable.size, 0),
  );
}
