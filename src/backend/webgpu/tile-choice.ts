import type { ConvolutionPlan, ConvolutionTile } from "./kernels/convolution-plan.js";
import type { FilterGradientPlan, FilterGradientTile } from "./kernels/filter-gradient.js";
import { usualFilterTile, usualTile, type Limits } from "./tiles.js";

/** Work that is to be cut, whose kind tells how. */
export type Work =
  | {
      readonly kind: "convolution";
      readonly plan: Omit<ConvolutionPlan, keyof ConvolutionTile>;
      readonly batch: number;
    }
  | {
      readonly kind: "filter gradient";
      readonly plan: Omit<FilterGradientPlan, keyof FilterGradientTile>;
      readonly batch: number;
    };

export type Tile = ConvolutionTile | FilterGradientTile;

/** What work has in common whose best cut is the same: the batch hardly matters. */
export const keyOf = ({ kind, plan }: Pick<Work, "kind" | "plan">): string => `${kind} ${JSON.stringify(plan)}`;

/** Chooses how work is cut: as measured on this GPU, else as usual; and remembers what was asked for. */
export class TileChoice {
  private readonly measured = new Map<string, Tile>();
  private readonly usual = new Map<string, Tile | undefined>();
  private readonly asked = new Map<string, Work>();

  constructor(readonly limits: Limits) {}

  /** @returns undefined where nothing fits the limits */
  convolution(plan: Omit<ConvolutionPlan, keyof ConvolutionTile>, batch: number): ConvolutionTile | undefined {
    const make = () => usualTile(plan, plan.epilogue, this.limits);
    return this.choose({ kind: "convolution", plan, batch }, make) as ConvolutionTile | undefined;
  }

  /** @returns undefined where nothing fits the limits */
  filterGradient(
    plan: Omit<FilterGradientPlan, keyof FilterGradientTile>,
    batch: number,
  ): FilterGradientTile | undefined {
    const make = () => usualFilterTile(plan, this.limits);
    return this.choose({ kind: "filter gradient", plan, batch }, make) as FilterGradientTile | undefined;
  }

  /** Work that was asked for and not measured yet. */
  get unmeasured(): readonly Work[] {
    return [...this.asked.values()];
  }

  /** From now on, work of this kind is cut so. */
  set(key: string, tile: Tile): void {
    this.measured.set(key, tile);
    this.asked.delete(key);
  }

  /** All that was measured. */
  get all(): ReadonlyMap<string, Tile> {
    return this.measured;
  }

  private choose(work: Work, make: () => Tile | undefined): Tile | undefined {
    const key = keyOf(work);
    const known = this.measured.get(key);
    if (known) return known;
    if (!this.usual.has(key)) this.usual.set(key, make());
    const tile = this.usual.get(key);
    // Evaluation has no sums that depend on the cut: what is usual is good enough, and gives the same bits.
    const isEvaluation = work.kind === "convolution" && work.plan.epilogue === "affine";
    if (tile && !isEvaluation) this.asked.set(key, work);
    return tile;
  }
}
